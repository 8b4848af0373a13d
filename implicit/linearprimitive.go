package implicit

import (
	"errors"
	"math"
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
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

func (p linearSolve) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

func (p linearSolve) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.push(in, t, dual.Run)
}

func (p linearSolve) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.push(in, t, dual.Split)
}

// runner is dual.Run or dual.Split.
type runner func(*trace.Func, []dual.Dual, dual.Known) []dual.Dual

// push: A dx = db - dA x. For least squares, see linalg.Lstsq, of which this is the same formula:
//
//	dx = g + A⁺ (db - dA x + A⁺ᵀ dAᵀ (b - A x) - A g), g = dAᵀ A⁺ᵀ x
func (p linearSolve) push(in []trace.Array, t []trace.Tangent, run runner) ([]trace.Array, []trace.Tangent) {
	x := trace.Apply(p, in...)
	consts, da, side := in[:p.Consts], t[:p.Consts], t[p.Consts:]
	if !dual.LevelsOf(da).Varies() {
		return x, p.solveTangents(consts, side)
	}
	still := make([]trace.Tangent, len(x))
	side = less(side, p.apply(run, consts, da, x, still))
	if !p.LeastSquares {
		return x, p.solveTangents(consts, side)
	}
	q := p.transposed()
	rest := slices.Clone(in[p.Consts:])
	for i, ax := range p.A.Inline(slices.Concat(consts, x)...) {
		rest[i] = num.Sub(rest[i], ax)
	}
	side = plus(side, q.solveTangents(consts, q.apply(run, consts, da, rest, still)))
	g := q.apply(run, consts, da, trace.Apply(q, slices.Concat(consts, x)...), still)
	side = less(side, p.apply(run, consts, make([]trace.Tangent, len(consts)), x, g))
	return x, plus(g, p.solveTangents(consts, side))
}

// apply returns the tangents of A x.
func (p linearSolve) apply(run runner, consts []trace.Array, da []trace.Tangent, x []trace.Array, dx []trace.Tangent) []trace.Tangent {
	var args []dual.Dual
	for i, c := range consts {
		args = append(args, dual.Dual{Primal: c, Tangent: da[i]})
	}
	for i, v := range x {
		args = append(args, dual.Dual{Primal: v, Tangent: dx[i]})
	}
	var dy []trace.Tangent
	for _, d := range run(p.A, args, nil) {
		dy = append(dy, d.Tangent)
	}
	return dy
}

func plus(a, b []trace.Tangent) []trace.Tangent {
	sum := make([]trace.Tangent, len(a))
	for i := range a {
		sum[i] = num.AddTangents(a[i], b[i])
	}
	return sum
}

func less(a, b []trace.Tangent) []trace.Tangent {
	negative := make([]trace.Tangent, len(b))
	for i := range b {
		negative[i] = num.NegTangent(b[i])
	}
	return plus(a, negative)
}

// solveTangents solves for tangents. Where nothing touches them, the result is 0.
func (p linearSolve) solveTangents(consts []trace.Array, t []trace.Tangent) []trace.Tangent {
	all := make([]trace.Tangent, len(t))
	if !dual.LevelsOf(t).Varies() {
		return all
	}
	b := call.PlainTangents(p.A.Types(p.A.Outputs()), t)
	for i, x := range trace.Apply(p, slices.Concat(consts, b)...) {
		all[i] = call.Through(t, x)
	}
	return all
}

func (p linearSolve) Linear(dep []bool) bool { return !slices.Contains(dep[:p.Consts], true) }

// Transpose solves with the transpose of A.
func (p linearSolve) Transpose(t *trace.Transposition) []trace.Tangent {
	return slices.Concat(make([]trace.Tangent, p.Consts), p.transposed().solveTangents(t.In[:p.Consts], t.Ct))
}

func (p linearSolve) transposed() linearSolve {
	if p.Symmetric {
		return p
	}
	n := len(p.A.Outputs())
	linear := slices.Concat(make([]bool, p.Consts), slices.Repeat([]bool{true}, n))
	dense := dual.Levels{Of: slices.Repeat([]dual.Level{dual.Dense}, n), Tracked: true}
	p.A = tape.TransposeIn(p.A, linear, dense, dense.Of).Func
	return p
}

func (p linearSolve) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	return laneByLane(p, in, mapped)
}

type none struct{}

// laneByLane is a Batch rule that applies the primitive to one lane after the other.
func laneByLane(p trace.Primitive, in []trace.Array, mapped []bool) ([]trace.Array, []bool) {
	var rows []trace.Array
	for i, x := range in {
		if mapped[i] {
			rows = append(rows, x)
		}
	}
	_, ys := flow.Scan(func(c none, lane []trace.Array) (none, []trace.Array) {
		args := slices.Clone(in)
		for i := range args {
			if mapped[i] {
				args[i], lane = lane[0], lane[1:]
			}
		}
		return c, trace.Apply(p, args...)
	}, none{}, rows)
	return ys, slices.Repeat([]bool{true}, len(ys))
}
