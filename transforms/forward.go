package transforms

import (
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/trace"
)

// JVP is the pushforward: it returns f at primal and the derivative of f there in the direction of
// tangent, which has the structure, shapes and dtypes of primal. It costs a small constant times f.
// What tangent holds for integers, bools and fields tagged grad:"-" is ignored.
func JVP[In, Out any](f func(In) Out, primal, tangent In) (Out, Out) {
	t := record("jvp", f, primal, true)
	dx := t.tangents(tangent)
	args := t.args()
	duals := make([]dual.Dual, len(args))
	for i, active := range t.active() {
		duals[i] = dual.Const(args[i])
		if active {
			duals[i].Tangent = trace.DenseTangent(dx[0], true)
			dx = dx[1:]
		}
	}
	var ys, dys []trace.Array
	for _, d := range dual.Run(t.Func, duals, t.Known) {
		ys, dys = append(ys, d.Primal), append(dys, d.Values())
	}
	return t.output(ys), t.output(dys)
}

// Linearize returns f at primal and its derivative there as a linear function of tangents, which
// does not repeat the work of f: it runs the tape. It needs the memory of reverse mode.
func Linearize[In, Out any](f func(In) Out, primal In) (Out, func(tangent In) Out) {
	t := record("linearize", f, primal, true)
	outs, tp := t.tape(true)
	y := t.output(outs)
	t.release()
	return y, func(tangent In) Out {
		return t.output(tp.Push(t.tangents(tangent)))
	}
}
