package num

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// fma is x*y + z with one rounding. No function of this package applies it, and no derivative is made of it:
// it is what a compiled program has in place of a product and a sum.
type fma struct{ pointwise }

func (fma) Name() string                                { return "fma" }
func (fma) Infer(in []trace.Type) ([]trace.Type, error) { return sameTypes(in, 3, trace.F64) }
func (fma) Linear(dep []bool) bool                      { return !(dep[0] && dep[1]) }

func (fma) JVP(in, _ []Array, t []Tangent) []Tangent {
	dy := AddTangents(ScaleTangent(in[1], t[0]), ScaleTangent(in[0], t[1]))
	return []Tangent{AddTangents(dy, t[2])}
}

func (fma) Transpose(t *trace.Transposition) []Tangent {
	cts := []Tangent{{}, {}, t.Ct[0]}
	if t.Linear[0] {
		cts[0] = ScaleTangent(t.In[1], t.Ct[0])
	}
	if t.Linear[1] {
		cts[1] = ScaleTangent(t.In[0], t.Ct[0])
	}
	return cts
}

func (p fma) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

func (fma) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	for i, x := range in[0].F64 {
		y.F64[i] = math.FMA(x, in[1].F64[i], in[2].F64[i])
	}
	return []trace.Buffer{y}
}

func (fma) Lower(b *loop.Builder, _ trace.DType, in []loop.Value) (loop.Value, bool) {
	return b.FMA(in[0], in[1], in[2]), true
}

// Contract makes x*y + z one equation, if z is not a product too: of a*b + c*d one product would be rounded and
// the other not, and where they cancel, something would be left. Squares do not cancel.
func (add) Contract(in []Array) (Array, bool) {
	for i, a := range in {
		if x, y, ok := factors(a); ok && (!productIn(in[1-i]) || exact(a) || trace.Same(x, y) && isSquare(in[1-i])) {
			return apply(fma{}, x, y, in[1-i]), true
		}
	}
	return Array{}, false
}

// Contract makes x*y - z and z - x*y one equation, as for sums.
func (sub) Contract(in []Array) (Array, bool) {
	if x, y, ok := factors(in[0]); ok && (!productIn(in[1]) || exact(in[0])) {
		return apply(fma{}, x, y, minus(in[1])), true
	}
	if x, y, ok := factors(in[1]); ok && (!productIn(in[0]) || exact(in[1])) {
		if _, known := trace.Splat(y); known {
			x, y = y, x
		}
		return apply(fma{}, minus(x), y, in[0]), true
	}
	return Array{}, false
}

// Contract rounds once where a part meets a product by a number, one of which has zeros round it: they take the factor as well.
func (p addSlice) Contract(in []Array) (Array, bool) {
	q, from, ok := trace.ProducerOf[pad](in[0])
	if !ok || slices.ContainsFunc(p.Step, func(n int) bool { return n != 1 }) {
		return Array{}, false
	}
	around := pad{Lo: p.Start, Hi: slices.Clone(p.Limit), Step: p.Step}
	for i, n := range in[0].Type().Shape {
		around.Hi[i] = n - p.Limit[i]
	}
	if x, c, ok := scaledBy(from[0]); ok && finite(c) && !productIn(in[1]) {
		x = apply(q, x)
		return apply(fma{}, x, filled(c, x), apply(around, in[1])), true
	}
	if x, c, ok := scaledBy(in[1]); ok && finite(c) && !productIn(from[0]) {
		x = apply(around, x)
		return apply(fma{}, x, filled(c, x), in[0]), true
	}
	return Array{}, false
}

func finite(c float64) bool { return !math.IsInf(c, 0) && !math.IsNaN(c) }

// minus returns -x, which is x's operand if x is a negative itself, and made before elements are repeated.
func minus(x Array) Array {
	if y, ok := negated(x); ok {
		return y
	}
	if p, from, ok := trace.ProducerOf[broadcast](x); ok {
		return apply(p, minus(from[0]))
	}
	if y, ok := (neg{}).Cheaper([]Array{x}, []bool{true}); ok {
		return y
	}
	return apply(neg{}, x)
}

// factors returns those of a, if it is an f64 product.
func factors(a Array) (x, y Array, ok bool) {
	if a.DType() != trace.F64 {
		return
	}
	p, in, made := trace.Producer(a)
	if !made {
		return
	}
	switch p.(type) {
	case mul:
		return in[0], in[1], true
	case unary[square]:
		return in[0], in[0], true
	}
	return
}

// isSquare reports whether a is a product of equal factors.
func isSquare(a Array) bool {
	x, y, ok := factors(a)
	return ok && trace.Same(x, y)
}

// productIn reports whether a is a product, whatever moves its elements or changes their signs.
func productIn(a Array) bool {
	for {
		p, in, made := trace.Producer(a)
		if !made {
			return false
		}
		switch p.(type) {
		case mul, unary[square]:
			return true
		case neg, trace.Mover:
			a = in[0]
		default:
			return false
		}
	}
}
