package implicit

import (
	"errors"
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

func init() { trace.Register(primitives...) }

// primitives are the prototypes of all primitives of this package.
var primitives = []trace.Primitive{linearSolve{}, opaque{}}

// linearSolve solves A x = b, or minimises b - A x for LeastSquares. Its operands are consts and b, in several
// arrays; A takes consts and x, in which it is linear, to arrays like x.
type linearSolve struct {
	A                       *trace.Func
	Consts                  int
	Symmetric, LeastSquares bool
	Tolerance               float64
	Products                int // at most; 0 stands for 100 and 10 for each unknown
	Restart                 int
}

// newLinearSolve returns the primitive for a func of consts and x.
func newLinearSolve(a *trace.Func, consts int, o options) linearSolve {
	return linearSolve{a, consts, o.symmetric, o.leastSquares, o.tolerance, o.products, o.restart}
}

func (linearSolve) Name() string { return "linear_solve" }

// Trips returns a number of products with A: it is what weighing modes multiplies by.
func (p linearSolve) Trips() int {
	n := 0
	for _, t := range p.A.Types(p.A.Outputs()) {
		n += t.Size()
	}
	return n
}

func (p linearSolve) Infer(in []trace.Type) ([]trace.Type, error) {
	inputs, out := p.A.Types(p.A.Inputs()), p.A.Types(p.A.Outputs())
	switch {
	case p.Consts < 0 || p.Consts >= len(in) || !slices.EqualFunc(in, inputs, trace.Type.Equal):
		return nil, errors.New("has a func that takes other operands")
	case !slices.EqualFunc(in[p.Consts:], out, trace.Type.Equal):
		return nil, errors.New("has a func whose results are not like x")
	case slices.ContainsFunc(out, func(t trace.Type) bool { return t.DType != trace.F64 || t.Stars() > 0 }):
		return nil, errors.New("needs f64 arrays as b")
	case !(p.Tolerance > 0) || p.Products < 0 || p.Restart < 1:
		return nil, errors.New("has a bad limit")
	}
	return out, nil
}

// Eval solves the system for b divided by its largest element, so that no square is out of range.
func (p linearSolve) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	var b []float64
	for _, x := range in[p.Consts:] {
		b = append(b, x.F64...)
	}
	largest := 0.0
	for _, v := range b {
		largest = max(largest, math.Abs(v)) // NaN if there is one
	}
	x, ok := make([]float64, len(b)), true
	if largest != 0 {
		for i := range b {
			b[i] /= largest
		}
		if x, ok = p.solve(in[:p.Consts], b, out); ok {
			for i := range x {
				x[i] *= largest
			}
		} else {
			x = slices.Repeat([]float64{math.NaN()}, len(b))
		}
	}
	return split(x, out)
}

func (p linearSolve) solve(consts []trace.Buffer, b []float64, types []trace.Type) ([]float64, bool) {
	norm := math.Sqrt(dot(b, b))
	if math.IsNaN(norm) {
		return nil, false
	}
	s := &system{b: b, limit: p.Tolerance * norm, products: p.Products}
	if s.products == 0 {
		s.products = 100 + 10*len(b)
	}
	s.times = product(p.A, consts, types)
	switch {
	case p.LeastSquares:
		return s.leastSquares(product(p.transposed().A, consts, types), p.Tolerance)
	case p.Symmetric:
		return s.conjugateGradients()
	}
	return s.gmres(min(p.Restart, len(b)))
}

// product returns what applies a func to a vector.
func product(a *trace.Func, consts []trace.Buffer, types []trace.Type) func(dst, x []float64) {
	consts = slices.Clone(consts)
	for i := range consts {
		consts[i] = consts[i].Shared() // each product reads them
	}
	return func(dst, x []float64) {
		for _, y := range a.EvalBuffers(slices.Concat(consts, split(x, types))) {
			dst = dst[copy(dst, y.F64):]
		}
	}
}

// split returns buffers of the given types that share the storage of x.
func split(x []float64, types []trace.Type) []trace.Buffer {
	parts := make([]trace.Buffer, len(types))
	for i, t := range types {
		n := t.Size()
		parts[i] = trace.Buffer{Type: t, F64: x[:n:n]}
		x = x[n:]
	}
	return parts
}
