package linalg

// Primitives is the table of primitives, for tests.
var Primitives = primitives
