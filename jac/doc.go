// Package jac gives whole Jacobians of functions from trees of arrays to an array.
//
// The Jacobian is a tree like the argument: each array in it has the shape of f's result followed
// by the shape of the array that it is the derivative by. Elements through which no path leads
// from an input to an output are exactly 0, also where other derivatives there are infinite. A product
// of matrices with directions takes elements of the other factor, so that infinite ones beside them do not matter.
//
// Forward mode (Fwd) runs f once and pushes a direction for each input; reverse mode (Rev) runs f
// once and pulls one for each output. Many directions go through in one pass, batched as by
// transforms.Vmap, and in as many passes as it takes to keep a pass within a fixed memory. Auto
// weighs the two, and Passes says what they cost.
package jac
