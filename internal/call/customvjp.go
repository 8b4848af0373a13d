package call

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// CustomVJP is the call of Body, with a rule for its derivative in the operands at the positions
// Vary. Fwd takes the operands and the results and gives residuals. Bwd takes the residuals, the
// operands from Inputs on and a cotangent for each f64 result; it gives a cotangent for each of
// Vary.
type CustomVJP struct {
	Body, Fwd, Bwd *trace.Func
	Inputs         int
	Vary           []int
}

// NewCustomVJP returns the primitive for a fwd that gives the results before the residuals, and a bwd
// whose last inputs are the captures. Residuals that are made of results are made of those of the
// primitive, so that their derivatives, in turn, are those of the rule.
func NewCustomVJP(body, fwd, bwd *trace.Func, inputs int, vary []int) CustomVJP {
	n := len(body.Outputs())
	captures := len(body.Inputs()) - inputs
	return CustomVJP{body, withResults(fwd, n, nil), moved(bwd, len(fwd.Outputs())-n, captures), inputs, vary}
}

// moved returns f with its last n inputs after the first k.
func moved(f *trace.Func, k, n int) *trace.Func {
	types := inputsOf(f)
	m := len(types) - n
	return trace.Build(slices.Concat(types[:k], types[m:], types[k:m]), func(in []trace.Array) []trace.Array {
		return f.Inline(slices.Concat(in[:k], in[k+n:], in[k:k+n])...)
	})
}

func (CustomVJP) Name() string { return "custom_vjp" }

func (p CustomVJP) sides() sides { return sides{p.Body, p.Vary} }

func (p CustomVJP) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := p.sides().check(in); err != nil {
		return nil, err
	}
	if p.Inputs < 0 || p.Inputs > len(in) {
		return nil, errors.New("has too many inputs")
	}
	out, fwd := outputsOf(p.Body), outputsOf(p.Fwd)
	if !slices.EqualFunc(slices.Concat(in, out), inputsOf(p.Fwd), trace.Type.Equal) {
		return nil, fmt.Errorf("has a fwd from %v to %v", inputsOf(p.Fwd), fwd)
	}
	want := slices.Concat(fwd, in[p.Inputs:], floatsOf(out))
	if !slices.EqualFunc(want, inputsOf(p.Bwd), trace.Type.Equal) || !slices.EqualFunc(at(in, p.Vary), outputsOf(p.Bwd), trace.Type.Equal) {
		return nil, fmt.Errorf("has a bwd from %v to %v", inputsOf(p.Bwd), outputsOf(p.Bwd))
	}
	return out, nil
}

// Calls returns the func that is called.
func (p CustomVJP) Calls() *trace.Func { return p.Body }

// Inlined returns the same: the call is one for the sake of derivatives only.
func (p CustomVJP) Inlined() *trace.Func { return p.Body }

func (p CustomVJP) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	return p.Body.EvalBuffers(in)
}

func (p CustomVJP) Unroll(u *trace.Unrolling, in []*trace.Value, _ []trace.Type) []*trace.Value {
	return u.Call(p.Body, -1, in)
}

func (p CustomVJP) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

// Forward pushes tangents through the transpose of bwd.
func (p CustomVJP) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	rule := func() ([]trace.Array, []trace.Tangent) {
		return p.rule(in, t, func(q transposed, residuals []trace.Array, t []trace.Tangent) []trace.Tangent {
			return derivative(q.expanded(), residuals, t)
		})
	}
	return p.sides().push(in, t, rule, dual.Run)
}

// Linearize leaves the transpose of bwd on the tape, as something that need not be known if the tape
// is run backwards.
func (p CustomVJP) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	rule := func() ([]trace.Array, []trace.Tangent) {
		return p.rule(in, t, func(q transposed, residuals []trace.Array, t []trace.Tangent) []trace.Tangent {
			dx := PlainTangents(at(typesOf(in), p.Vary), t)
			var dys []trace.Tangent
			for _, dy := range trace.Apply(q, slices.Concat(residuals, dx)...) {
				dys = append(dys, Through(t, dy))
			}
			return dys
		})
	}
	return p.sides().push(in, t, rule, dual.Split)
}

func (p CustomVJP) rule(in []trace.Array, t []trace.Tangent,
	push func(transposed, []trace.Array, []trace.Tangent) []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	ys := trace.Apply(p, in...)
	residuals := slices.Concat(p.Fwd.Inline(slices.Concat(in, ys)...), in[p.Inputs:])
	var dys []trace.Tangent
	if len(residuals) < len(p.Bwd.Inputs()) {
		dys = push(transposed{p.Bwd, len(residuals)}, residuals, at(t, p.Vary))
	}
	return ys, spreadFloats(outputsOf(p.Body), dys)
}

// Batch sums cotangents over the lanes for operands that are the same in each.
func (p CustomVJP) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	q := p
	q.Body = allLanes(p.Body, mapped, n)
	q.Fwd = allLanes(p.Fwd, slices.Concat(mapped, allTrue(len(p.Body.Outputs()))), n)
	captures := mapped[p.Inputs:]
	residuals := len(p.Fwd.Outputs())
	cts := len(p.Bwd.Inputs()) - residuals - len(captures)
	bwd := allLanes(p.Bwd, slices.Concat(allTrue(residuals), captures, allTrue(cts)), n)
	q.Bwd = trace.Build(inputsOf(bwd), func(args []trace.Array) []trace.Array {
		dx := bwd.Inline(args...)
		for i, k := range p.Vary {
			if !mapped[k] {
				dx[i] = num.Sum(dx[i], 0)
			}
		}
		return dx
	})
	ys := trace.Apply(q, in...)
	return ys, allTrue(len(ys))
}

// transposed is the transpose of Bwd in its inputs from Fixed on: it takes the inputs before, and
// tangents where Bwd gives cotangents, to tangents where Bwd takes them. Its own transpose is Bwd
// itself, whatever that is; to run it, Bwd must be linear.
type transposed struct {
	Bwd   *trace.Func
	Fixed int
}

func (transposed) Name() string { return "transposed" }

func (p transposed) Infer(in []trace.Type) ([]trace.Type, error) {
	types := inputsOf(p.Bwd)
	if p.Fixed < 0 || p.Fixed >= len(types) {
		return nil, errors.New("has no cotangents")
	}
	if want := slices.Concat(types[:p.Fixed], outputsOf(p.Bwd)); !slices.EqualFunc(in, want, trace.Type.Equal) {
		return nil, fmt.Errorf("needs %v", want)
	}
	return types[p.Fixed:], nil
}

func (p transposed) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	return p.expanded().EvalBuffers(in)
}

func (p transposed) Unroll(u *trace.Unrolling, in []*trace.Value, _ []trace.Type) []*trace.Value {
	return u.Call(p.expanded(), -1, in)
}

// Inlined returns what a call comes to.
func (p transposed) Inlined() *trace.Func { return p.expanded() }

// expanded returns what the primitive does as a func.
func (p transposed) expanded() *trace.Func {
	return trace.Memo(p.Bwd, fmt.Sprint("transposed ", p.Fixed), func() *trace.Func {
		types := inputsOf(p.Bwd)
		linear := make([]bool, len(types))
		for i := range linear {
			linear[i] = i >= p.Fixed
		}
		g := tape.LinearFirst(p.Bwd, linear)
		if err := notLinear("custom vjp", "forward mode needs a bwd that is linear in the cotangent",
			": give a CustomJVP", tape.CheckLinear(g)); err != nil {
			panic(err)
		}
		return trace.Build(slices.Concat(types[:p.Fixed], outputsOf(p.Bwd)), func(in []trace.Array) []trace.Array {
			ct := make([]trace.Tangent, len(in)-p.Fixed)
			for i, x := range in[p.Fixed:] {
				ct[i] = trace.DenseTangent(x, true)
			}
			return tape.Pull(g, in[:p.Fixed], ct)
		})
	})
}

func (p transposed) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

func (p transposed) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.run(in, t, dual.Run)
}

func (p transposed) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.run(in, t, dual.Split)
}

func (p transposed) run(in []trace.Array, t []trace.Tangent,
	run func(*trace.Func, []dual.Dual, dual.Known) []dual.Dual) (out []trace.Array, dout []trace.Tangent) {
	duals := make([]dual.Dual, len(in))
	for i := range duals {
		duals[i] = dual.Dual{Primal: in[i], Tangent: t[i]}
	}
	for _, d := range run(p.expanded(), duals, nil) {
		out, dout = append(out, d.Primal), append(dout, d.Tangent)
	}
	return out, dout
}

// derivative returns what f, which is linear in the inputs after the fixed ones, makes of tangents of
// those. If they do not touch everything, f is derived, so that the rest contributes nothing.
func derivative(f *trace.Func, fixed []trace.Array, t []trace.Tangent) []trace.Tangent {
	types := inputsOf(f)[len(fixed):]
	var dout []trace.Tangent
	if !partly(t) {
		for _, dy := range f.Inline(slices.Concat(fixed, PlainTangents(types, t))...) {
			dout = append(dout, Through(t, dy))
		}
		return dout
	}
	duals := slices.Concat(constants(fixed), atZero(types, t))
	for i, x := range t {
		if v, _ := x.Parts(); f.HasEffects() && !x.Absent() { // effects see the tangents
			duals[len(fixed)+i].Primal = v
		}
	}
	for _, d := range dual.Run(f, duals, nil) {
		dout = append(dout, d.Tangent)
	}
	return dout
}

func (p transposed) Linear(dep []bool) bool { return !slices.Contains(dep[:p.Fixed], true) }

func (p transposed) Ignores(operand int) bool { return operand < p.Fixed && !tape.Uses(p.Bwd, operand) }

// Transpose runs bwd. Where some cotangents are missing or have masks and bwd is linear, it is derived:
// what they do not touch contributes nothing.
func (p transposed) Transpose(t *trace.Transposition) []trace.Tangent {
	all := make([]trace.Tangent, len(t.In))
	linear := make([]bool, len(p.Bwd.Inputs()))
	for i := range linear {
		linear[i] = i >= p.Fixed
	}
	if partly(t.Ct) && tape.LinearIn(p.Bwd, linear) {
		pulled := derivative(p.Bwd, t.In[:p.Fixed], t.Ct)
		copy(all[p.Fixed:], pulled)
		return all
	}
	ct := PlainTangents(inputsOf(p.Bwd)[p.Fixed:], t.Ct)
	for i, x := range p.Bwd.Inline(slices.Concat(t.In[:p.Fixed], ct)...) {
		all[p.Fixed+i] = Through(t.Ct, x)
	}
	return all
}

func (p transposed) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	return batch.Run(p.expanded(), in, mapped, n)
}
