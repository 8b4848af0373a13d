// Package compile turns a func into a program: a list of steps over memory that is laid out in advance.
//
// Equations are gathered in groups, in one pass from the first to the last. Those on arrays of a
// few elements, or of which few are known to matter, become straight-line code on scalars, elementwise ones on larger arrays become
// loops, with the reductions of what they make, and loops of flow whose bodies are scalar code
// become loops too, in lanes of vectors if they do the same to a few elements. Other loops, branches
// and calls have programs of their own, which a step runs where its operands are
// and its results are wanted. What moves elements only is a view: it has no code, those who read it go through the
// memory behind it. So are unit vectors, of one line with a single 1. What puts arrays together, such as pads and
// sums of slices, is left pending until its elements are needed in memory. Then it is made in cells, each of them by one loop over what it consists of,
// straight in its place. Running sums and recurrences are loops that carry, gathers are fused with what
// reads them, and what changes a few elements does so in place if nobody reads the array any more.
// Loops of unknown length have two codes, one of them for steps in which nothing happens that is rare, such as norms that overflow.
// Loops that have a long axis in common, but other short ones beside it, become one along that axis if they read from each
// other. What is cheap is made again where another loop would have to store it. What a large product makes at many places, and
// is made of it there, is a program of its own for a strip of places at a time, which the second cache holds: this is found
// in the func, before there are groups. All else runs by its Eval rule. Loops run on a backend, amd64 or vm. A program that is a
// few of such steps has an entry in machine code, which runs them on the stack.
package compile
