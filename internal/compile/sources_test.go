package compile_test

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

var throughArrays = regexp.MustCompile(`loop over \d+ x \d+ elements, (\d+) arrays`)

// What loops read, of arguments, of constants and of what other steps have made, is in few arrays, forwards, backwards and repeated.
func TestSources(t *testing.T) {
	const n, terms = 100, 12
	f := func(x num.Array) num.Array {
		made := num.CumSum(x, 0) // steps of their own
		sums := num.CumSum(num.Flip(x, 0), 0)
		y := num.Zeros(n - terms)
		for k := range terms {
			at := func(x num.Array) num.Array { return num.Slice(x, k, n-terms+k) }
			y = num.Add(y, num.Mul(at(x), floats(uint64(k), n-terms), made.At(k)))
			y = num.Where(mask(uint64(k), n-terms), num.Sub(y, num.Flip(at(made), 0)), num.Mul(at(sums), y))
		}
		return y
	}
	x := floats(1, n)
	agree(t, one(f), x)
	fn := trace.Build([]trace.Type{x.Type()}, one(f))
	for _, on := range compile.Backends() {
		p := compile.Compile(fn, on)
		for _, m := range throughArrays.FindAllStringSubmatch(p.String(), -1) {
			if k, _ := strconv.Atoi(m[1]); k > 7 { // x, made in three ways, two kinds of constants, and the result
				t.Errorf("%s: a loop goes through %d arrays\n%v", on.Name, k, p)
			}
		}
	}
}

// One loop does what takes little, however many equations that is.
func TestFused(t *testing.T) {
	f := func(x num.Array) num.Array {
		y := x
		for k := range 300 {
			y = num.Sub(num.Mul(y, x), num.Full(float64(k), 100))
		}
		return y
	}
	x := num.Mul(0.5, num.Tanh(floats(1, 100)))
	agree(t, one(f), x)
	p := compile.Compile(trace.Build([]trace.Type{x.Type()}, one(f)), compile.Default())
	if n := p.Kinds()["loop"]; n != 1 {
		t.Errorf("%d loops\n%v", n, p)
	}
}
