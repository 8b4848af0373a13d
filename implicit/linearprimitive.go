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

// linearSolve solves A x = b. Its operands are consts and b, in several arrays; A takes consts and x, in
// which it is linear, to arrays like x.
type linearSolve struct {
	A         *trace.Func
	Consts    int
	Symmetric bool
	Tolerance float64
	Products  int // at most; 0 stands for 100 and 10 for each unknown
	Restart   int
}

// newLinearSolve returns the primitive for a func of consts and x.
func newLinearSolve(a *trace.Func, consts int, o options) linearSolve {
	return linearSolve{a, consts, o.symmetric, o.tolerance, o.products, o.restart}
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
	s.times = func(dst, x []float64) {
		for _, y := range p.A.EvalBuffers(slices.Concat(consts, split(x, types))) {
			dst = dst[copy(dst, y.F64):]
		}
	}
	if p.Symmetric {
		return s.conjugateGradients()
	}
	return s.gmres(min(p.Restart, len(b)))
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

// Forward: A dx = db - dA x.
func (p linearSolve) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.push(in, t, dual.Run)
}

func (p linearSolve) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.push(in, t, dual.Split)
}

func (p linearSolve) push(in []trace.Array, t []trace.Tangent,
	run func(*trace.Func, []dual.Dual, dual.Known) []dual.Dual) ([]trace.Array, []trace.Tangent) {
	x := trace.Apply(p, in...)
	side := slices.Clone(t[p.Consts:])
	if dual.LevelsOf(t[:p.Consts]).Varies() {
		args := make([]dual.Dual, len(in))
		for i := range args {
			if i < p.Consts {
				args[i] = dual.Dual{Primal: in[i], Tangent: t[i]}
			} else {
				args[i] = dual.Const(x[i-p.Consts])
			}
		}
		for i, d := range run(p.A, args, nil) {
			side[i] = num.AddTangents(side[i], num.NegTangent(d.Tangent))
		}
	}
	return x, p.solveTangents(in[:p.Consts], side)
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
	if !p.Symmetric {
		linear := make([]bool, len(t.In))
		for i := range linear {
			linear[i] = i >= p.Consts
		}
		dense := dual.Levels{Of: slices.Repeat([]dual.Level{dual.Dense}, len(t.Ct)), Tracked: true}
		p.A = tape.TransposeIn(p.A, linear, dense, dense.Of).Func
	}
	return slices.Concat(make([]trace.Tangent, p.Consts), p.solveTangents(t.In[:p.Consts], t.Ct))
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
