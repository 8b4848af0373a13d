package implicit_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type pair struct{ A, B num.Array }

type counts struct {
	N num.Array
	F num.Array `grad:"-"`
}

var (
	vector = num.Vector(1, 2, 3)
	slope  = transforms.Grad[num.Array]
	jit    = transforms.JIT[num.Array, num.Array]
)

func first(p, _ num.Array) num.Array  { return p }
func second(_, x num.Array) num.Array { return x }

// mistakes each say, on the very line that must be blamed, what the error must say.
var mistakes = map[string]func(){
	// the condition
	"a residual of another shape": func() {
		root := implicit.Root(func(p, x num.Array) num.Array { return num.Sum(x) }, second)
		slope(func(p num.Array) num.Array {
			return num.Sum(root(p, vector)) // want `root: f's result and x differ: f64\[\] in the result, f64\[3\] in x$`
		})(two)
	},
	"a residual of another dtype": func() {
		root := implicit.Root(func(p, x num.Array) num.Array { return num.Less(x, p) }, second)
		slope(func(p num.Array) num.Array {
			return root(p, two) // want `root: f's result and x differ: bool\[\] in the result, f64\[\] in x$`
		})(two)
	},
	"a residual of another structure": func() {
		root := implicit.Root(func(p num.Array, x []num.Array) []num.Array { return x[:1] }, func(p num.Array, x []num.Array) []num.Array { return x })
		slope(func(p num.Array) num.Array {
			return root(p, []num.Array{two, two})[0] // want `root: f's result and x differ in structure: the result has length 1, not 2 as x$`
		})(two)
	},
	"one leaf of another shape": func() {
		root := implicit.Root(func(p num.Array, x pair) pair { return pair{x.A, p} }, func(p num.Array, x pair) pair { return x })
		slope(func(p num.Array) num.Array {
			return root(p, pair{two, vector}).A // want `root: f's result and x differ at pair.B: f64\[\] in the result, f64\[3\] in x$`
		})(two)
	},
	"a fixed point of another shape": func() {
		fixed := implicit.FixedPoint(func(p, x num.Array) num.Array { return num.Sum(x) }, second)
		slope(func(p num.Array) num.Array {
			return num.Sum(fixed(p, vector)) // want `fixed point: g's result and x differ: f64\[\] in the result, f64\[3\] in x$`
		})(two)
	},
	"an objective that is a vector": func() {
		minimum := implicit.Minimum(func(p, x num.Array) num.Array { return num.Square(x) }, second)
		slope(func(p num.Array) num.Array {
			return num.Sum(minimum(p, vector)) // want `minimum: needs an f64 scalar as the objective, not f64\[3\]: reduce it, as by num.Sum$`
		})(two)
	},
	"an objective that is an integer": func() {
		minimum := implicit.Minimum(func(p, x num.Array) num.Array { return num.Argmax(x) }, second)
		slope(func(p num.Array) num.Array {
			return num.Sum(minimum(p, vector)) // want `minimum: needs an f64 scalar as the objective, not i64\[\]: reduce it, as by num.Sum$`
		})(two)
	},
	"shapes that do not fit in the condition": func() {
		root := implicit.Root(func(p, x num.Array) num.Array {
			return num.Add(num.Zeros(2), x) // want `add: shapes do not broadcast: f64\[2\] x f64\[3\]$`
		}, second)
		slope(func(p num.Array) num.Array { return num.Sum(root(p, vector)) })(two)
	},

	// the guess and the answer
	"nothing that varies": func() {
		root := implicit.Root(func(p num.Array, x counts) counts { return x }, func(p num.Array, x counts) counts { return x })
		root(two, counts{num.ScalarInt(1), two}) // want `root: x0 holds no f64 arrays that vary, outside of fields tagged grad:"-"$`
	},
	"a number among the parameters": func() {
		root := implicit.Root(func(p struct{ Mass float64 }, x num.Array) num.Array { return x }, func(p struct{ Mass float64 }, x num.Array) num.Array { return x })
		root(struct{ Mass float64 }{1}, two) // want `root: .Mass is a float64: make it a num.Array, .*`
	},
	"an answer of another shape": func() {
		implicit.Root(second, first)(two, vector) // want `root: the solver's answer and x0 differ: f64\[\] in the answer, f64\[3\] in x0$`
	},
	"an answer of another shape, traced": func() {
		root := implicit.Minimum(func(p, x num.Array) num.Array { return num.Sum(x) }, first)
		jit(func(p num.Array) num.Array {
			return num.Sum(root(p, vector)) // want `minimum: the solver's answer and x0 differ: f64\[\] in the answer, f64\[3\] in x0$`
		})(two)
	},
	"an answer of another structure": func() {
		root := implicit.FixedPoint(func(p num.Array, x []num.Array) []num.Array { return x }, func(p num.Array, x []num.Array) []num.Array { return append(x, p) })
		root(two, []num.Array{two}) // want `fixed point: the solver's answer and x0 differ in structure: the answer has length 2, not 1 as x0$`
	},
	"a solver that reads values where there are none": func() {
		root := implicit.Root(square, func(p, x0 num.Array) num.Array {
			return num.Scalar(p.Float64()) // want `Float64: the value of a traced f64\[\] is not known here: .*`
		})
		jit(func(p num.Array) num.Array { return root(p, two) })(two)
	},

	// opaque solvers
	"an opaque answer of another shape": func() {
		implicit.Opaque(first)(two, vector) // want `opaque: the solver's answer and x0 differ: f64\[\] in the answer, f64\[3\] in x0$`
	},
	"an opaque answer of another shape, compiled": func() {
		root := implicit.Root(second, implicit.Opaque(first))
		jit(func(p num.Array) num.Array {
			return num.Sum(root(p, vector)) // want `opaque: the solver's answer and x0 differ: f64\[\] in the answer, f64\[3\] in x0$`
		})(two)
	},
	"an opaque answer of another structure, compiled": func() {
		solve := implicit.Opaque(func(p num.Array, x []num.Array) []num.Array { return append(x, p) })
		jit(func(p num.Array) num.Array {
			return solve(p, []num.Array{two})[0] // want `opaque: the solver's answer and x0 differ in structure: the answer has length 2, not 1 as x0$`
		})(two)
	},
	"the derivative of an opaque solver": func() {
		solve := implicit.Opaque(first)
		slope(func(p num.Array) num.Array {
			return solve(p, two) // want `opaque: an opaque solver has no derivative of its own: give it to Root, FixedPoint or Minimum$`
		})(two)
	},
	"an opaque solver that captures what is traced": func() {
		jit(func(p num.Array) num.Array {
			solve := implicit.Opaque(func(q, x0 num.Array) num.Array {
				return num.Scalar(p.Float64()) // want `Float64: an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
			})
			return implicit.Root(square, solve)(p, two)
		})(two)
	},

	// linear systems
	"a function that is not linear": func() {
		implicit.LinearSolve(func(x num.Array) num.Array {
			return num.Square(x) // want `linear solve: the function is not linear: square is not linear in what depends on the argument: operand 0$`
		}, vector)
	},
	"a function that is affine": func() {
		implicit.LinearSolve(func(x num.Array) num.Array {
			return num.Add(x, vector) // want `linear solve: the function is not linear: add is not linear: operand 1, f64\[3\], does not depend on the argument and is added to what does$`
		}, vector)
	},
	"a function that is constant": func() {
		implicit.LinearSolve(func(x num.Array) num.Array { return vector }, vector) // want `linear solve: the function is not linear: a result of f64\[3\] does not depend on the inputs$`
	},
	"a system with a result of another shape": func() {
		implicit.LinearSolve(func(x num.Array) num.Array { return num.Sum(x) }, vector) // want `linear solve: b and the result of the function differ: f64\[\] in the result, f64\[3\] in b$`
	},
	"a system with a result of another structure": func() {
		implicit.LinearSolve(func(x []num.Array) []num.Array { return x[1:] }, []num.Array{two, two}) // want `linear solve: b and the result of the function differ in structure: the result has length 1, not 2 as b$`
	},
	"a system of integers": func() {
		implicit.LinearSolve(func(x pair) pair { return x }, pair{two, num.ScalarInt(1)}) // want `linear solve: b pair.B is i64\[\], and all arrays must be f64$`
	},
	"a system without arrays": func() {
		implicit.LinearSolve(func(x []num.Array) []num.Array { return x }, nil) // want `linear solve: b, a \[\]trace.Array, holds no arrays$`
	},
	"a function that reads values": func() {
		implicit.LinearSolve(func(x num.Array) num.Array {
			return num.Mul(x, x.Float64()) // want `Float64: the value of a traced f64\[\] is not known here: .*`
		}, two)
	},

	// options
	"a tolerance of 0":   func() { implicit.Tolerance(0) },     // want `tolerance: must be between 0 and 1, not 0$`
	"no products":        func() { implicit.MaxIterations(0) }, // want `max iterations: must be positive, not 0$`
	"no products before": func() { implicit.Restart(-1) },      // want `restart: must be positive, not -1$`
	"a cutoff of 1": func() {
		implicit.Cutoff(1) // want `cutoff: must be from 0 up to 1, not 1$`
	},
	"a loop whose carry changes in a solver": func() {
		root := implicit.Root(square, func(p, x0 num.Array) num.Array {
			return flow.While(func(x num.Array) num.Array { return num.Less(x, p) }, func(x num.Array) num.Array { return num.Ones(2) }, x0) // want `while: the carries differ: f64\[2\] in what the body returns, f64\[\] in what it is given$`
		})
		slope(func(p num.Array) num.Array { return root(p, two) })(two)
	},
}

func TestErrors(t *testing.T) {
	for name, mistake := range mistakes {
		t.Run(name, func(t *testing.T) {
			blame.Check(t, "errors_test.go", trace.Try(mistake))
			if trace.Tracing() {
				t.Error("a func is still being recorded")
			}
		})
	}
	if n := blame.Wants(t, "errors_test.go"); n != len(mistakes) {
		t.Errorf("%d lines want an error, of %d mistakes", n, len(mistakes))
	}
}
