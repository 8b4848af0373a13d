package transforms_test

import (
	"testing"

	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// The mistakes below each say, on the very line that must be blamed, what the error must say.

// misuses are mistakes in the use of operations. They are made on concrete arrays, and on traced
// ones: of makes arrays of a shape.
var misuses = map[string]func(of func(shape ...int) num.Array){
	// shapes that do not broadcast
	"add":       func(of maker) { num.Add(of(2), of(3)) },                   // want `add: shapes do not broadcast: f64\[2\] x f64\[3\]$`
	"add more":  func(of maker) { num.Add(of(2), 1.0, of(2, 1), of(3, 4)) }, // want `add: shapes do not broadcast: f64\[2\] x 1 x f64\[2,1\] x f64\[3,4\]$`
	"sub":       func(of maker) { num.Sub(of(2, 3), of(2)) },                // want `sub: shapes do not broadcast: f64\[2,3\] x f64\[2\]$`
	"atan2":     func(of maker) { num.Atan2(of(2), of(3)) },                 // want `atan2: shapes do not broadcast: f64\[2\] x f64\[3\]$`
	"pow":       func(of maker) { num.Pow(of(2), of(3)) },                   // want `pow: shapes do not broadcast: f64\[2\] x f64\[3\]$`
	"maximum":   func(of maker) { num.Maximum(of(2), of(3)) },               // want `maximum: shapes do not broadcast: f64\[2\] x f64\[3\]$`
	"clip":      func(of maker) { num.Clip(of(2), of(3), 1.0) },             // want `clip: shapes do not broadcast: f64\[2\] x f64\[3\] x 1$`
	"less":      func(of maker) { num.Less(of(2), of(3)) },                  // want `less: shapes do not broadcast: f64\[2\] x f64\[3\]$`
	"greater":   func(of maker) { num.Greater(of(2), of(3)) },               // want `greater: shapes do not broadcast: f64\[2\] x f64\[3\]$`
	"where":     func(of maker) { num.Where(isZero(of(4)), of(2), 0.0) },    // want `where: shapes do not broadcast: bool\[4\] x f64\[2\] x 0$`
	"broadcast": func(of maker) { num.BroadcastTo(of(2), 3) },               // want `broadcast: f64\[2\] does not broadcast to f64\[3\]$`
	"less rank": func(of maker) { num.BroadcastTo(of(2, 3), 3) },            // want `broadcast: f64\[2,3\] does not broadcast to f64\[3\]$`

	// dtypes
	"condition":    func(of maker) { num.Where(of(2), 1.0, 2.0) },          // want `where: the condition must be bool, not f64\[2\]$`
	"and":          func(of maker) { num.And(of(2), isZero(of(2))) },       // want `and: needs bools: f64\[2\] x bool\[2\]$`
	"not":          func(of maker) { num.Not(of(2)) },                      // want `not: needs bools: f64\[2\]$`
	"set float":    func(of maker) { num.Set(ints(of(2)), 0.5, zeroAt()) }, // want `set: i64\[2\] does not hold f64: change it with num.Convert$`
	"take float":   func(of maker) { num.Take(of(2), 0.5, 0) },             // want `take: needs an int or an i64 array as index, not a float64$`
	"index floats": func(of maker) { num.Index(of(2), of()) },              // want `index: indices must be i64, not f64\[\]$`

	// axes and ranks
	"sum axis":     func(of maker) { num.Sum(of(2, 3), 2) },          // want `sum: axis 2 of an array of 2 axes: f64\[2,3\]$`
	"mean axis":    func(of maker) { num.Mean(of(2, 3), -3) },        // want `mean: axis -3 of an array of 2 axes: f64\[2,3\]$`
	"amax axis":    func(of maker) { num.Amax(of(2), 1) },            // want `amax: axis 1 of an array of 1 axes: f64\[2\]$`
	"var axis":     func(of maker) { num.Var(of(2), 1) },             // want `var: axis 1 of an array of 1 axes: f64\[2\]$`
	"sum twice":    func(of maker) { num.Sum(of(2, 3), 1, -1) },      // want `sum: axis 1 is named twice: \[1 -1\]$`
	"softmax axis": func(of maker) { num.Softmax(of(2), 1) },         // want `softmax: axis 1 of an array of 1 axes: f64\[2\]$`
	"cumsum axis":  func(of maker) { num.CumSum(of(), 0) },           // want `cumsum: axis 0 of an array of 0 axes: f64\[\]$`
	"argmax axes":  func(of maker) { num.Argmax(of(2, 3), 0, 1) },    // want `argmax: takes one axis or none, not \[0 1\]$`
	"empty amax":   func(of maker) { num.Amax(of(0)) },               // want `amax: axis 0 has no elements to choose from: f64\[0\]$`
	"transpose":    func(of maker) { num.Transpose(of(2, 3), 0) },    // want `transpose: \[0\] does not permute 2 axes: f64\[2,3\]$`
	"perm twice":   func(of maker) { num.Transpose(of(2, 3), 1, 1) }, // want `transpose: axis 1 is named twice: \[1 1\]$`
	"squeeze":      func(of maker) { num.Squeeze(of(2, 1), 0) },      // want `squeeze: axis 0 has length 2, not 1: f64\[2,1\]$`
	"expand":       func(of maker) { num.ExpandDims(of(2), 3) },      // want `expanddims: axis 3 of a result of 2 axes: f64\[2\]$`
	"flip":         func(of maker) { num.Flip(of(2), 1) },            // want `flip: axis 1 of an array of 1 axes: f64\[2\]$`
	"sort axis":    func(of maker) { num.Sort(of(2), 1) },            // want `sort: axis 1 of an array of 1 axes: f64\[2\]$`

	// sizes
	"reshape":        func(of maker) { num.Reshape(of(2, 3), 4) },          // want `reshape: 6 elements do not fit the shape \[4\]: f64\[2,3\]$`
	"reshape open":   func(of maker) { num.Reshape(of(2, 3), 4, -1) },      // want `reshape: 6 elements do not fit the shape \[4 -1\]: f64\[2,3\]$`
	"reshape opens":  func(of maker) { num.Reshape(of(2, 3), -1, -1) },     // want `reshape: more than one length of \[-1 -1\] is negative, or one is below -1: f64\[2,3\]$`
	"new":            func(of maker) { num.New([]float64{1, 2, 3}, 2, 2) }, // want `new: 3 elements were given for f64\[2,2\], which has 4$`
	"zeros":          func(of maker) { num.Zeros(2, -1) },                  // want `zeros: a length is negative in shape \[2 -1\]$`
	"split":          func(of maker) { num.Split(of(5), 2, 0) },            // want `split: axis 0 of length 5 cannot be cut into 2 equal parts: f64\[5\]$`
	"concat":         func(of maker) { num.Concat(0, of(2, 3), of(2, 4)) }, // want `concat: shapes differ in more than axis 0: f64\[2,3\] x f64\[2,4\]$`
	"concat nothing": func(of maker) { num.Concat(0) },                     // want `concat: needs at least one array$`
	"stack":          func(of maker) { num.Stack(0, of(2), of(3)) },        // want `stack: shapes differ: f64\[2\] x f64\[3\]$`
	"pad":            func(of maker) { num.Pad(of(2), -1, 0) },             // want `pad: a width is negative: \[-1 0\]$`
	"topk":           func(of maker) { num.TopK(of(3), 4) },                // want `topk: cannot take 4 of the 3 elements along the last axis: f64\[3\]$`

	// indices
	"at":            func(of maker) { of(3).At(3) },                      // want `at: index 3 is out of range for axis 0 of length 3: f64\[3\]$`
	"at negative":   func(of maker) { of(3).At(-4) },                     // want `at: index -4 is out of range for axis 0 of length 3: f64\[3\]$`
	"at too many":   func(of maker) { of(3).At(0, 0) },                   // want `at: 2 indices for 1 axes: f64\[3\]$`
	"slice":         func(of maker) { num.Slice(of(3), 0, 4) },           // want `slice: bound 4 is out of range for axis 0 of length 3: f64\[3\]$`
	"slice back":    func(of maker) { num.Slice(of(3), 2, 1) },           // want `slice: 2:1 runs backwards on axis 0 of length 3: f64\[3\]$`
	"slice odd":     func(of maker) { num.Slice(of(3), 0, 1, 2) },        // want `slice: needs two numbers for each axis, not 3 in all: f64\[3\]$`
	"slice rank":    func(of maker) { num.Slice(of(3), 0, 1, 0, 1) },     // want `slice: pairs for 2 axes of an array of 1: f64\[3\]$`
	"stride":        func(of maker) { num.Stride(of(3), 0, 0) },          // want `stride: the step is 0$`
	"set":           func(of maker) { num.SetSlice(of(3), of(2), 0, 3) }, // want `setslice: f64\[2\] does not broadcast to the part to be set, f64\[3\]$`
	"take a scalar": func(of maker) { num.Take(of(), 0, 0) },             // want `take: axis 0 of an array of 0 axes: f64\[\]$`

	// contractions
	"matmul":          func(of maker) { num.MatMul(of(2, 3), of(4, 5)) },              // want `matmul: inner sizes 3 and 4 differ: f64\[2,3\] x f64\[4,5\]$`
	"matmul batch":    func(of maker) { num.MatMul(of(2, 3, 3), of(4, 3, 3)) },        // want `matmul: batch axes do not broadcast: f64\[2,3,3\] x f64\[4,3,3\]$`
	"matmul scalar":   func(of maker) { num.MatMul(of(), of(4)) },                     // want `matmul: a scalar has no axis to sum over: f64\[\] x f64\[4\]: multiply with num.Mul$`
	"dot":             func(of maker) { num.Dot(of(2), of(3)) },                       // want `dot: shapes differ: f64\[2\] x f64\[3\]$`
	"trace":           func(of maker) { num.Trace(of(2)) },                            // want `trace: needs a matrix: f64\[2\]$`
	"cross":           func(of maker) { num.Cross(of(2), of(2)) },                     // want `cross: needs vectors of 3 in the last axis: f64\[2\] x f64\[2\]$`
	"einsum terms":    func(of maker) { num.Einsum("ij,jk->ik", of(2, 2)) },           // want `einsum: "ij,jk->ik" has 2 terms for 1 operands$`
	"einsum rank":     func(of maker) { num.Einsum("ij->i", of(2)) },                  // want `einsum: term "ij" does not fit f64\[2\], an array of 1 axes$`
	"einsum length":   func(of maker) { num.Einsum("ij,jk->ik", of(2, 3), of(4, 5)) }, // want `einsum: index j has length 3 and 4: f64\[2,3\] x f64\[4,5\]$`
	"einsum output":   func(of maker) { num.Einsum("ij->k", of(2, 2)) },               // want `einsum: index k of the output of "ij->k" stands in no operand$`
	"einsum twice":    func(of maker) { num.Einsum("ij->ii", of(2, 2)) },              // want `einsum: index i stands twice in the output of "ij->ii"$`
	"einsum letter":   func(of maker) { num.Einsum("i1->i", of(2, 2)) },               // want `einsum: '1' in "i1->i" is not a letter, a comma, an ellipsis or ->$`
	"einsum dots":     func(of maker) { num.Einsum("i..->i", of(2, 2)) },              // want `einsum: dots in term "i\.\." of "i\.\.->i" that are not one ellipsis$`
	"einsum ellipsis": func(of maker) { num.Einsum("...i->i", of(2, 2)) },             // want `einsum: the output of "\.\.\.i->i" needs an ellipsis for the axes without letters$`
}

type maker = func(shape ...int) num.Array

func isZero(x num.Array) num.Array { return num.Equal(x, 0) }
func ints(x num.Array) num.Array   { return num.Convert(x, trace.I64) }
func zeroAt() num.Array            { return num.ScalarInt(0) }

func TestMisuses(t *testing.T) {
	for name, f := range misuses {
		t.Run(name+"/concrete", func(t *testing.T) {
			blamed(t, trace.Try(func() { f(num.Zeros) }))
		})
		t.Run(name+"/traced", func(t *testing.T) {
			_, err := trace.Of(func(x num.Array) num.Array {
				f(func(shape ...int) num.Array { return num.BroadcastTo(x, shape...) })
				return x
			}, num.Scalar(0))
			blamed(t, err)
		})
	}
}

// blamed demands that an error blames a line of this file, with the text that the line wants.
func blamed(t *testing.T, err error) {
	t.Helper()
	blame.Check(t, "errors_test.go", err)
}

type thing struct {
	X    num.Array
	V    []num.Array
	Name string
}

type massive struct {
	X    num.Array
	Body struct{ Mass float64 }
}

type callback struct {
	X num.Array
	F func()
}

func added(x num.Array) num.Array { return num.Sum(x) }

var (
	scalar = num.Scalar(1)
	vector = num.Vector(1, 2, 3)
	square = num.Zeros(3, 3)
)

// mistakes are those in the use of transforms, and of traced arrays.
var mistakes = map[string]func(){
	// results and arguments
	"grad of a vector": func() {
		transforms.Grad(num.Sin)(vector) // want `grad: needs a function with an f64 scalar as its result, not f64\[3\]: reduce it, as by num.Sum, or take the whole Jacobian with package jac$`
	},
	"value and grad of an integer": func() {
		transforms.ValueAndGrad(func(x num.Array) num.Array {
			return num.Argmax(x)
		})(vector) // want `value and grad: needs a function with an f64 scalar as its result, not i64\[\]: `
	},
	"grad with a float64": func() {
		transforms.Grad(func(m massive) num.Array { return m.X })(massive{X: scalar}) // want `grad: massive.Body.Mass is a float64: make it a num.Array, or tag its field grad:"-" to hold it constant$`
	},
	"grad with a func": func() {
		transforms.Grad(func(c callback) num.Array { return c.X })(callback{X: scalar}) // want `grad: callback.F is a func\(\), which cannot stand in a tree of arrays$`
	},
	"grad without arrays": func() {
		transforms.Grad(func([]num.Array) num.Array { return scalar })(nil) // want `grad: the argument, a \[\]trace.Array, holds no arrays$`
	},
	"grad of integers": func() {
		transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Sin(x)) })(num.Arange(3)) // want `grad: the argument holds no f64 arrays that vary, `
	},
	"result with a func": func() {
		transforms.Vmap(func(x num.Array) callback { return callback{X: x} })(vector) // want `vmap: callback.F is a func\(\), which cannot stand in a tree of arrays$`
	},
	"jit with a float64": func() {
		transforms.JIT(func(m massive) num.Array { return m.X })(massive{X: scalar}) // want `jit: massive.Body.Mass is a float64: `
	},
	"tangent of another shape": func() {
		transforms.JVP(num.Sin, vector, scalar) // want `jvp: the tangent is f64\[\], but what it belongs to is f64\[3\]$`
	},
	"tangent of another structure": func() {
		one, two := thing{X: scalar, V: []num.Array{scalar}}, thing{X: scalar, V: []num.Array{scalar, scalar}}
		transforms.JVP(func(s thing) num.Array { return s.X }, one, two) // want `jvp: the tangent differs in structure from what it belongs to: thing.V=2, not thing.V=1$`
	},
	"tangent with another name": func() {
		at, dx := thing{X: scalar, Name: "a"}, thing{X: scalar, Name: "b"}
		transforms.JVP(func(s thing) num.Array { return s.X }, at, dx) // want `jvp: the tangent differs in structure from what it belongs to: thing.Name="b", not thing.Name="a"$`
	},
	"tangent at a path": func() {
		transforms.JVP(func(s thing) num.Array { return s.X }, thing{X: vector}, thing{X: scalar}) // want `jvp: the tangent thing.X is f64\[\], but what it belongs to is f64\[3\]$`
	},
	"cotangent": func() {
		_, pull := transforms.VJP(num.Sin, vector)
		pull(scalar) // want `vjp: the cotangent is f64\[\], but what it belongs to is f64\[3\]$`
	},
	"cotangent of another dtype": func() {
		_, pull := transforms.VJP(num.Sin, vector)
		pull(num.Arange(3)) // want `vjp: the cotangent is i64\[3\], but what it belongs to is f64\[3\]$`
	},
	"tangent of linearize": func() {
		_, push := transforms.Linearize(num.Sin, vector)
		push(num.Vector(1, 2)) // want `linearize: the tangent is f64\[2\], but what it belongs to is f64\[3\]$`
	},
	"transpose of sin": func() {
		transforms.Transpose(func(x num.Array) num.Array {
			return num.Sin(x) // want `sin: is not linear in what depends on the argument: operand 0$`
		}, vector)
	},
	"transpose of a product": func() {
		transforms.Transpose(func(x num.Array) num.Array {
			return num.Mul(x, x) // want `mul: is not linear in what depends on the argument: operands 0, 1 taken together$`
		}, vector)
	},
	"vmap of a scalar": func() {
		transforms.Vmap(num.Sin)(scalar) // want `vmap: the argument is f64\[\], which has no axis to map$`
	},
	"vmap of different lengths": func() {
		transforms.Vmap(func(s thing) num.Array { return s.X })(thing{X: vector, V: []num.Array{vector, num.Vector(1)}}) // want `vmap: leading axes differ: the argument thing.X is f64\[3\], thing.V\[1\] is f64\[1\]$`
	},
	"jacobian of integers": func() {
		jac.Fwd(func(x num.Array) num.Array { return num.Argsort(x, 0) })(vector) // want `jac.Fwd: needs a function with an f64 array as its result, not i64\[3\]$`
	},

	// mistakes inside the function of a transform
	"inside grad": func() {
		transforms.Grad(func(x num.Array) num.Array {
			y := num.Sin(x)
			return num.Sum(num.MatMul(square, num.Concat(0, y, y))) // want `matmul: inner sizes 3 and 6 differ: f64\[3,3\] x f64\[6\]$`
		})(vector)
	},
	"inside vmap": func() {
		transforms.Vmap(func(x num.Array) num.Array {
			return num.Sum(x, 0) // want `sum: axis 0 of an array of 0 axes: f64\[\]$`
		})(vector)
	},
	"inside grad in vmap in jit": func() {
		inner := func(x num.Array) num.Array {
			return x.At(0, 0) // want `at: 2 indices for 1 axes: f64\[3\]$`
		}
		transforms.JIT(transforms.Vmap(transforms.Grad(inner)))(square)
	},
	"inside compile": func() {
		_, err := transforms.Compile(func(x num.Array) num.Array {
			return num.Reshape(x, 2) // want `reshape: 3 elements do not fit the shape \[2\]: f64\[3\]$`
		}, vector)
		if err != nil {
			panic(err)
		}
	},

	// values of traced arrays
	"bool in vmap": func() {
		transforms.Vmap(func(x num.Array) num.Array {
			if num.Less(x, 2).Bool() { // want `Bool: the value of a traced bool\[\] is not known here: this function is recorded once for all values \(by JIT, Vmap, Compile, trace.Of or a flow body\); choose with num.Where or flow.Cond$`
				return x
			}
			return num.Neg(x)
		})(vector)
	},
	"bool in jit": func() {
		transforms.JIT(func(x num.Array) num.Array {
			for num.Greater(num.Sum(x), 1).Bool() { // want `Bool: the value of a traced bool\[\] is not known here: `
				x = num.Mul(0.5, x)
			}
			return x
		})(vector)
	},
	"int in vmap in grad": func() {
		transforms.Grad(func(x num.Array) num.Array {
			return num.Sum(transforms.Vmap(func(y num.Array) num.Array {
				return num.Mul(num.Argmax(x).Int(), y) // want `Int: the value of a traced i64\[\] is not known here: `
			})(x))
		})(vector)
	},
	"float64 in grad": func() {
		transforms.Grad(func(x num.Array) num.Array {
			return num.Mul(x, num.Sin(x).Float64()) // want `Float64: a traced f64\[\] carries a derivative, which a plain number would drop: read it from num.StopGradient\(x\), or stay with arrays$`
		})(scalar)
	},
	"float64s in jit": func() {
		transforms.JIT(func(x num.Array) num.Array {
			return num.Vector(x.Float64s()...) // want `Float64s: the value of a traced f64\[3\] is not known here: `
		})(vector)
	},
	"stopped float64 in jit": func() {
		transforms.JIT(func(x num.Array) num.Array {
			return num.Mul(x, num.StopGradient(num.Sum(x)).Float64()) // want `Float64: the value of a traced f64\[\] is not known here: `
		})(vector)
	},
	"float64 of a vector": func() {
		vector.Float64() // want `Float64 needs an array of one element, not f64\[3\]$`
	},
	"bool of a float": func() {
		scalar.Bool() // want `Bool of an array of f64\[\]: use Float64, or num.Convert$`
	},
	"ints of floats": func() {
		vector.Ints() // want `Ints of an array of f64\[3\]: use Float64s, or num.Convert$`
	},

	// custom rules
	"rule of another shape": func() {
		f := transforms.CustomJVP(num.Sin, func(x, dx num.Array) (num.Array, num.Array) { return num.Sum(x), dx })
		transforms.JVP(f, vector, vector) // want `custom jvp: the result of the rule is f64\[\], but what it belongs to is f64\[3\]$`
	},
	"tangent of a rule": func() {
		f := transforms.CustomJVP(num.Sin, func(x, dx num.Array) (num.Array, num.Array) { return x, num.Sum(dx) })
		transforms.JVP(f, vector, vector) // want `custom jvp: the tangent that the rule gives is f64\[\], but what it belongs to is f64\[3\]$`
	},
	"rule that is not linear": func() {
		f := transforms.CustomJVP(num.Sin, func(x, dx num.Array) (num.Array, num.Array) {
			return x, num.Mul(x, dx, dx) // want `custom jvp: the rule is not linear in the tangent: mul is not linear in `
		})
		transforms.Grad(func(x num.Array) num.Array { return num.Sum(f(x)) })(vector)
	},
	"rule with a constant": func() {
		f := transforms.CustomJVP(num.Sin, func(x, dx num.Array) (num.Array, num.Array) {
			return x, num.Add(dx, x) // want `custom jvp: the rule is not linear in the tangent: add is not linear: `
		})
		transforms.JVP(f, vector, vector)
	},
	"rule with a result of the tangent": func() {
		f := transforms.CustomJVP(num.Sin, func(x, dx num.Array) (num.Array, num.Array) { return num.Add(x, dx), dx })
		transforms.JVP(f, vector, vector) // want `custom jvp: the rule gives a result, beside the tangent, that depends on the tangent$`
	},
	"fwd of another shape": func() {
		f := transforms.CustomVJP(num.Sin, func(x num.Array) (num.Array, num.Array) { return num.Sum(x), x },
			func(x, ct num.Array) num.Array { return ct })
		transforms.Vmap(f)(square) // want `custom vjp: the result of fwd is f64\[\], but what it belongs to is f64\[3\]$`
	},
	"bwd of another shape": func() {
		f := transforms.CustomVJP(added, func(x num.Array) (num.Array, num.Array) { return num.Sum(x), x },
			func(x, ct num.Array) num.Array { return ct })
		transforms.Grad(f)(vector) // want `custom vjp: the cotangent that bwd gives is f64\[\], but what it belongs to is f64\[3\]$`
	},
	"bwd that is not linear": func() {
		f := transforms.CustomVJP(num.Sin, func(x num.Array) (num.Array, num.Array) { return num.Sin(x), x },
			func(x, ct num.Array) num.Array {
				return num.Clip(ct, -1, 1) // want `custom vjp: forward mode needs a bwd that is linear in the cotangent: clip is not linear in .*: give a CustomJVP$`
			})
		transforms.JVP(f, vector, vector)
	},

	// arrays that outlive their trace
	"escaped": func() {
		var kept num.Array
		transforms.Grad(func(x num.Array) num.Array { kept = x; return x })(scalar)
		num.Sin(kept) // want `sin: an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
	},
	"escaped into another trace": func() {
		var kept num.Array
		transforms.Grad(func(x num.Array) num.Array { kept = num.Exp(x); return x })(scalar)
		transforms.Grad(func(x num.Array) num.Array {
			return num.Mul(x, kept) // want `mul: an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
		})(scalar)
	},
	"escaped into the trace outside": func() {
		transforms.Grad(func(x num.Array) num.Array {
			var kept num.Array
			transforms.Grad(func(y num.Array) num.Array { kept = num.Mul(x, y); return y })(x)
			return num.Add(x, kept) // want `add: an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
		})(scalar)
	},
	"escaped and read": func() {
		var kept num.Array
		transforms.Grad(func(x num.Array) num.Array { kept = num.Less(x, 0); return x })(scalar)
		kept.Bool() // want `Bool: an array of bool\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
	},
	"escaped as a result": func() {
		var kept num.Array
		transforms.JIT(func(x num.Array) num.Array { kept = x; return x })(scalar)
		transforms.Vmap(func(num.Array) num.Array { return kept })(vector) // want `an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
	},
	"pullback after its trace": func() {
		var pull func(num.Array) num.Array
		transforms.JIT(func(x num.Array) num.Array {
			var y num.Array
			y, pull = transforms.VJP(num.Sin, x)
			return y
		})(scalar)
		pull(num.Scalar(2)) // want `mul: an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
	},
	"another goroutine": func() {
		var err error
		transforms.Grad(func(x num.Array) num.Array {
			done := make(chan bool)
			go func() {
				err = trace.Try(func() {
					num.Sin(x) // want `sin: an array of f64\[\] is used on another goroutine than the one that traces it, begun at errors_test.go:\d+$`
				})
				close(done)
			}()
			<-done
			return x
		})(scalar)
		panic(err)
	},
}

func TestMistakes(t *testing.T) {
	for name, f := range mistakes {
		t.Run(name, func(t *testing.T) { blamed(t, trace.Try(f)) })
	}
}

// TestWants demands that every line that wants an error belongs to a case, and that there are enough.
func TestWants(t *testing.T) {
	wants := blame.Wants(t, "errors_test.go")
	if n := len(misuses) + len(mistakes); n != wants || n < 40 {
		t.Errorf("%d cases want %d errors", n, wants)
	}
}
