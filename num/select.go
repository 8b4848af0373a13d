package num

import (
	"errors"

	"github.com/gradus-ad/gradus/trace"
)

// selectP takes each element from its second operand where the first, a bool, is true, and from
// its third elsewhere. It is linear in the two, and the birthplace of masks.
type selectP struct{ pointwise }

func (selectP) Name() string { return "select" }

func (selectP) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 3 || in[0].DType != trace.Bool || !in[1].Equal(in[2]) || !in[1].With(trace.Bool).Equal(in[0]) {
		return nil, errors.New("needs a bool and two alternatives of one type and the same shape")
	}
	return in[1:2], nil
}

func (selectP) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewResult(out[0], in[1:]...)
	chooseElements(y.F64, in[0].Bool, in[1].F64, in[2].F64)
	chooseElements(y.I64, in[0].Bool, in[1].I64, in[2].I64)
	chooseElements(y.Bool, in[0].Bool, in[1].Bool, in[2].Bool)
	return []trace.Buffer{y}
}

// chooseElements sets the elements of y to those of a where p is true, and of b elsewhere.
func chooseElements[E any](y []E, p []bool, a, b []E) {
	copy(y, b)
	for i := range y {
		if p[i] {
			y[i] = a[i]
		}
	}
}

func (selectP) JVP(in, _ []Array, t []Tangent) []Tangent {
	p := in[0]
	switch {
	case t[2].Absent():
		return []Tangent{MaskTangent(p, t[1])}
	case t[1].Absent():
		return []Tangent{MaskTangent(not1(p), t[2])}
	}
	return []Tangent{JointTangent(selectP{}, in, 1, t)}
}

func (selectP) JointMask(in []Array) Array { return apply(selectP{}, in...) }

func (selectP) Linear(dep []bool) bool { return !dep[0] }

func (selectP) Transpose(t *trace.Transposition) []Tangent {
	cts := make([]Tangent, 3)
	if t.Linear[1] {
		cts[1] = MaskTangent(t.In[0], t.Ct[0])
	}
	if t.Linear[2] {
		cts[2] = MaskTangent(not1(t.In[0]), t.Ct[0])
	}
	return cts
}

// Batch knows conditions that are the same in all lanes, as masks of directions in another array are.
func (p selectP) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	if v, ok := trace.Splat(in[0]); ok {
		i := 2
		if v.(bool) {
			i = 1
		}
		return in[i : i+1], m[i : i+1]
	}
	return batchPointwise(p, in, m, n)
}

// Simplify merges selects and drops those whose condition is known.
func (selectP) Simplify(in []Array) (Array, bool) {
	p, a, b := in[0], in[1], in[2]
	if v, ok := trace.Splat(p); ok && p.Type().Equal(a.Type().With(trace.Bool)) {
		if v.(bool) {
			return a, true
		}
		return b, true
	}
	if q, x, y, ok := selected(a); ok {
		if sameArray(q, p) { // select(p, select(p, x, y), b)
			return apply(selectP{}, p, x, b), true
		}
		if sameArray(y, b) { // select(p, select(q, x, b), b)
			return apply(selectP{}, and2(p, q), x, b), true
		}
	}
	if q, _, y, ok := selected(b); ok && sameArray(q, p) {
		return apply(selectP{}, p, a, y), true
	}
	if x, ok := updated(p, a, b); ok {
		return x, true
	}
	if x, ok := under(p, a); ok { // select(p, f(select(p, x, y)), b), of which f(y) is not used
		return apply(selectP{}, p, x, b), true
	}
	return Array{}, false
}

// under returns what a pointwise function of arrays selected by p is where p is true. The pass needed sees farther, and later: this keeps
// derivatives short as they are traced.
func under(p, a Array) (Array, bool) {
	prim, in, ok := trace.Producer(a)
	if _, pointwise := prim.(trace.Pointwise); !ok || !pointwise {
		return Array{}, false
	}
	found := false
	for i, operand := range in {
		if q, x, _, ok := selected(operand); ok && sameArray(q, p) {
			in[i], found = x, true
		}
	}
	if !found {
		return Array{}, false
	}
	return apply(prim, in...), true
}

func selected(x Array) (p, a, b Array, ok bool) {
	if _, in, ok := trace.ProducerOf[selectP](x); ok {
		return in[0], in[1], in[2], true
	}
	return
}

// sameArray reports whether two arrays are the same variable or the same repeated constant.
func sameArray(a, b Array) bool { return trace.Same(a, b) }

// Where returns, element by element, a where c is true and b elsewhere; shapes broadcast. The side
// that is not taken contributes nothing to a derivative, whatever happens there.
func Where[A, B Operand](c Array, a A, b B) Array {
	if c.DType() != trace.Bool {
		panic(trace.Errorf("where", "the condition must be bool, not %v", c.Type()))
	}
	ops := []operand{operandOf(a), operandOf(b)}
	d := wider(ops[0].dtype(), ops[1].dtype())
	shape := broadcastShape("where", operand{array: c}, ops[0], ops[1])
	t := trace.Type{DType: d, Shape: shape}
	return apply(selectP{}, broadcastTo(c, shape), ops[0].as(t), ops[1].as(t))
}
