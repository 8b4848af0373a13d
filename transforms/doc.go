// Package transforms holds the verbs of Gradus. Each takes a function over arrays, or over
// structs, slices and maps of them, and returns a function, so that they compose in any order
// and to any depth:
//
//	Grad, ValueAndGrad, GradAux, ValueAndGradAux   the gradient of a scalar function, in reverse mode
//	VJP                                            pull a cotangent back, in reverse mode
//	JVP                                            push a tangent forward, in forward mode
//	Linearize                                      push many tangents forward at one point
//	Transpose                                      turn a linear function round
//	Vmap                                           map a function over a leading axis
//	JIT, Compile                                   compile a function
//	CustomJVP, CustomVJP                           give a function a derivative of one's own
//	Checkpoint, Residuals                          keep less for reverse mode, and see what it keeps
//	TapCotangent                                   see, clip or replace what reverse mode sends back
//	GradNamed                                      gradients by values inside of a function
//	Try, CheckFinite                               where NaN and infinities come from
//
// # Functions
//
// A function that a transform takes runs when it is traced, which may be more or less often than
// once a call, and so must not have side effects that matter: num.Tap is for those. It may capture any arrays. Those
// that are being traced by an outer transform keep their derivatives for that transform; for
// this one they are constants. A traced array must not be kept: used after the transform has
// returned, or on another goroutine, it is refused.
//
// Under Grad, VJP, JVP and Linearize of concrete arrays a function may branch and loop on values,
// as in if num.Less(x, y).Bool(): what is differentiated is what ran. JIT, Compile and Vmap trace
// once for all values and refuse; there num.Where chooses between arrays.
//
// # Trees
//
// Arguments and results are trees: arrays, or structs, slices, arrays, maps and pointers that hold
// them, exported or not. Strings, ints and bools in them are static: they shape what is traced, and
// are copied into results of the same type. A bare float64 is refused, since it would be a silent
// constant. Fields tagged grad:"-" are held constant; floats in them are static.
//
// Only f64 arrays have derivatives. Where a tangent, a cotangent or a gradient has the structure of
// a tree with integers, bools or constant fields in it, these hold zeros, and are ignored.
//
// # Errors
//
// A mistake, such as shapes that do not fit, panics with a *trace.Error that begins with the user's
// file and line. [trace.Try] turns it into an error; Compile returns it as one.
package transforms
