package implicit

import (
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

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
	p.A = tape.TransposeIn(p.A, linear, dense, dual.Levels{}, dense.Of).Func
	return p
}

func (p linearSolve) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	return laneByLane(p, in, mapped)
}
