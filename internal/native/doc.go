// Package native applies functions to each element of large arrays in machine code. It is for the evaluator, which has no
// program to compile: the code of a function is made when it is first applied, and kept. What it computes are the bits that
// compiled programs compute.
package native
