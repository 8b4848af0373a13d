// Package loop is the compiler's IR: loops over consecutive elements whose bodies are straight-line
// scalar code over few instructions.
//
// Values have 64 bits: an f64, an i64, or a mask, which is all ones for true and zero for false. A loop
// names arrays, of which it is given where they start when it runs. Functions such as exp are
// not instructions: methods of Builder make them of others, so that every backend computes the same
// bits.
//
// What a loop does is defined by [Loop.Run], a plain interpreter. Package vm runs loops fast on every
// platform, package amd64 translates them to machine code, and both agree with Run to the bit, but for
// which NaN a NaN is.
package loop
