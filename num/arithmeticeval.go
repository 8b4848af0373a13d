package num

import (
	"github.com/gradus-ad/gradus/internal/native"
	"github.com/gradus-ad/gradus/trace"
)

// The evaluator of add, sub, mul and div. Each has a loop of its own, since to call a function for each element takes
// several times as long as what it does.

// repeating is embedded in them. An operand may be given by what it repeats.
type repeating struct{ pointwise }

func (repeating) TakesRepeated() {}

func (add) Scalar2(x, y float64) float64 { return x + y }
func (sub) Scalar2(x, y float64) float64 { return x - y }
func (mul) Scalar2(x, y float64) float64 { return x * y }
func (div) Scalar2(x, y float64) float64 { return x / y }

func (add) Forgets() (operands, results bool) { return true, true }
func (sub) Forgets() (operands, results bool) { return true, true }
func (neg) Forgets() (operands, results bool) { return true, true }
func (mul) Forgets() (operands, results bool) { return false, true }

// resultOf returns storage of type t for what is computed of each element, f64, of the operands at its place: that of one that is owned, if there
// is one.
func resultOf(t trace.Type, in ...trace.Buffer) trace.Buffer {
	if t.DType == trace.F64 && t.Stars() == 0 {
		n := t.Size()
		for _, x := range in {
			if x.Owned && len(x.F64) == n && n > 0 {
				return x.Reshaped(t)
			}
		}
	}
	return trace.NewResult(t, in...)
}

func addFloats(z, x, y []float64) {
	x, y = x[:len(z)], y[:len(z)]
	for i := range z {
		z[i] = x[i] + y[i]
	}
}

func subFloats(z, x, y []float64) {
	x, y = x[:len(z)], y[:len(z)]
	for i := range z {
		z[i] = x[i] - y[i]
	}
}

func mulFloats(z, x, y []float64) {
	x, y = x[:len(z)], y[:len(z)]
	for i := range z {
		z[i] = x[i] * y[i]
	}
}

func divFloats(z, x, y []float64) {
	x, y = x[:len(z)], y[:len(z)]
	for i := range z {
		z[i] = x[i] / y[i]
	}
}

// evalArithmetic applies p to all elements of two operands: for f64 it is what floats does, and ints for each i64.
func evalArithmetic(p native.Elementwise, in []trace.Buffer, t trace.Type, floats func(z, x, y []float64), ints func(x, y int64) int64) []trace.Buffer {
	z := resultOf(t, in...)
	if t.DType == trace.F64 {
		if len(z.F64) >= native.Least {
			if f := native.Of(p, 2); f != nil {
				floats = f.Apply2
			}
		}
		inTurn(z.F64, in[0].F64, in[1].F64, floats)
	}
	for k, x := range in[0].I64 {
		z.I64[k] = ints(x, in[1].I64[k])
	}
	return []trace.Buffer{z}
}

// fewRepeated is how many elements a loop should have at least.
const fewRepeated = 64

// inTurn applies f to x and y, one of which may be shorter than z and then goes on from its start.
func inTurn(z, x, y []float64, f func(z, x, y []float64)) {
	x, y = longer(x, len(z)), longer(y, len(z))
	for at := 0; at < len(z); {
		n := min(len(x), len(y), len(z)-at)
		f(z[at:at+n], from(x, at), from(y, at))
		at += n
	}
}

// longer returns what is repeated up to n elements, if it is short, several times.
func longer(x []float64, n int) []float64 {
	if len(x) >= n || len(x) >= fewRepeated || len(x) == 0 {
		return x
	}
	times := min(n, fewRepeated+len(x)) / len(x)
	long := make([]float64, 0, times*len(x))
	for range times {
		long = append(long, x...)
	}
	return long
}

// from returns what stands at place at of what is repeated: all of a short x, or the rest of one that is not.
func from(x []float64, at int) []float64 {
	if at < len(x) {
		return x[at:]
	}
	return x
}
