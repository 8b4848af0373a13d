// Package transforms holds the verbs of Gradus. Each takes a function over arrays, or over
// structs, slices and maps of them, and returns a function, so that they compose in any order
// and to any depth.
//
// A function that a transform takes must not have side effects that matter: it runs when it is
// traced, which may be more or less often than once a call.
package transforms
