package call

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// CustomJVP is the call of Body, with a rule for its derivative in the operands at the positions
// Vary. Rule takes the first Inputs operands, a tangent for each of Vary, the other operands and the
// results; it gives a tangent for each result that is f64.
type CustomJVP struct {
	Body, Rule *trace.Func
	Inputs     int
	Vary       []int
}

func (CustomJVP) Name() string { return "custom_jvp" }

func (p CustomJVP) sides() sides { return sides{p.Body, p.Vary} }

func (p CustomJVP) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := p.sides().check(in); err != nil {
		return nil, err
	}
	if p.Inputs < 0 || p.Inputs > len(in) {
		return nil, errors.New("has too many inputs")
	}
	out := outputsOf(p.Body)
	want := slices.Concat(in[:p.Inputs], at(in, p.Vary), in[p.Inputs:], out)
	if !slices.EqualFunc(want, inputsOf(p.Rule), trace.Type.Equal) {
		return nil, fmt.Errorf("has a rule that takes %v", inputsOf(p.Rule))
	}
	if !slices.EqualFunc(floatsOf(out), outputsOf(p.Rule), trace.Type.Equal) {
		return nil, fmt.Errorf("has a rule that gives %v", outputsOf(p.Rule))
	}
	return out, nil
}

// Calls returns the func that is called.
func (p CustomJVP) Calls() *trace.Func { return p.Body }

// Inlined returns the same: the call is one for the sake of derivatives only.
func (p CustomJVP) Inlined() *trace.Func { return p.Body }

func (p CustomJVP) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	return p.Body.EvalBuffers(in)
}

func (p CustomJVP) Unroll(u *trace.Unrolling, in []*trace.Value, _ []trace.Type) []*trace.Value {
	return u.Call(p.Body, -1, in)
}

func (p CustomJVP) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

func (p CustomJVP) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.sides().push(in, t, func() ([]trace.Array, []trace.Tangent) { return p.rule(in, t, dual.Run) }, dual.Run)
}

func (p CustomJVP) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	return p.sides().push(in, t, func() ([]trace.Array, []trace.Tangent) { return p.rule(in, t, dual.Split) }, dual.Split)
}

// rule runs the rule: where the tangents are on a tape, so is what it makes of them. Tangents that do
// not touch everything are pushed through it as the derivative of what it makes of 0, which is the same
// since it is linear: so what they do not touch contributes nothing.
func (p CustomJVP) rule(in []trace.Array, t []trace.Tangent,
	run func(*trace.Func, []dual.Dual, dual.Known) []dual.Dual) ([]trace.Array, []trace.Tangent) {
	t = at(t, p.Vary)
	types := at(typesOf(in), p.Vary)
	ys := trace.Apply(p, in...)
	var dys []trace.Tangent
	if partly(t) {
		duals := slices.Concat(constants(in[:p.Inputs]), atZero(types, t), constants(in[p.Inputs:]), constants(ys))
		for _, d := range run(p.Rule, duals, nil) {
			dys = append(dys, d.Tangent)
		}
	} else {
		dx := PlainTangents(types, t)
		varies := p.varies()
		for i, dy := range p.Rule.Inline(slices.Concat(in[:p.Inputs], dx, in[p.Inputs:], ys)...) {
			if varies[i] {
				dys = append(dys, Through(t, dy))
			} else {
				dys = append(dys, trace.Tangent{})
			}
		}
	}
	return ys, spreadFloats(outputsOf(p.Body), dys)
}

// varies reports which results of the rule are made of tangents. Others are zeros, since the rule is linear.
func (p CustomJVP) varies() []bool {
	tangents := make([]bool, len(p.Rule.Inputs()))
	for i := range p.Vary {
		tangents[p.Inputs+i] = true
	}
	on := tape.DependsOn(p.Rule, tangents)
	varies := make([]bool, len(p.Rule.Outputs()))
	for i, v := range p.Rule.Outputs() {
		varies[i] = on[v]
	}
	return varies
}

func (p CustomJVP) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	q := p
	q.Body = allLanes(p.Body, mapped, n)
	q.Rule = allLanes(p.Rule, slices.Concat(mapped[:p.Inputs], at(mapped, p.Vary), mapped[p.Inputs:], allTrue(len(p.Body.Outputs()))), n)
	ys := trace.Apply(q, in...)
	return ys, allTrue(len(ys))
}

// NewCustomJVP returns the primitive for a rule that gives the results too, which it must do without the
// tangent. It returns an *Error if it does not, or if the tangents that the rule gives are not linear in
// those that it takes. What the rule makes of its results is made of the results of the
// primitive, so that their derivatives, in turn, are those of the rule.
func NewCustomJVP(body, rule *trace.Func, inputs int, vary []int) (CustomJVP, error) {
	n := len(body.Outputs())
	tangents := make([]bool, len(rule.Inputs()))
	for i := range vary {
		tangents[inputs+i] = true
	}
	p := CustomJVP{body, withResults(rule, n, tangents), inputs, vary}
	primal := trace.Build(inputsOf(rule), func(in []trace.Array) []trace.Array { return rule.Inline(in...)[:n] })
	linear := make([]bool, len(p.Rule.Inputs()))
	needed := primal.Needed()
	for i := range vary {
		linear[inputs+i] = true
		if needed[inputs+i] {
			return p, trace.Errorf("custom jvp", "the rule gives a result, beside the tangent, that depends on the tangent")
		}
	}
	return p, notLinear("custom jvp", "the rule is not linear in the tangent", "",
		tape.CheckLinear(tape.LinearFirst(p.Rule, linear)))
}

// notLinear says that a user's rule should have been linear, from what is said of one equation.
func notLinear(name, what, advice string, err error) error {
	e, ok := err.(*trace.Error)
	if !ok {
		return nil
	}
	if e.Primitive == "" {
		return trace.Errorf(name, "%s: %s%s", what, e.Msg, advice)
	}
	return &trace.Error{Pos: e.Pos, Primitive: name, Msg: fmt.Sprintf("%s: %s %s%s", what, e.Primitive, e.Msg, advice)}
}
