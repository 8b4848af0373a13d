// Package flow is control flow that stays in the IR: conditionals and loops that are one equation
// each, with their bodies as funcs, however often they run.
//
// They can be differentiated in both modes to any order, batched and compiled. Bodies may use
// outer arrays, at any depth, and may use transforms and each other. What a body takes and gives are
// trees, as everywhere.
//
// Map and AssociativeScan are made of these and of arrays. A Go loop or if does as well where the
// number of steps is small and known, or under define-by-run; it is unrolled into the IR.
package flow
