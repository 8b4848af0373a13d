package loop_test

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

type (
	unary  = func(b *loop.Builder, x loop.Value) loop.Value
	binary = func(b *loop.Builder, x, y loop.Value) loop.Value
)

// eval2 runs a loop of f over two arrays, and returns its results and how many instructions it has, short of
// constants, loads and stores.
func eval2(f binary, xs, ys []float64) (zs []float64, instructions int) {
	b := loop.NewBuilder()
	x, y, z := b.Array(loop.F64, 1), b.Array(loop.F64, 1), b.Array(loop.F64, 1)
	b.Store(z, 0, f(b, b.Load(x, 0), b.Load(y, 0)))
	if err := b.Check(); err != nil {
		panic(err)
	}
	for _, i := range b.Body {
		if i.Op != loop.Const && i.Op != loop.Load {
			instructions++
		}
	}
	zs = make([]float64, len(xs))
	at := func(v []float64) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(v)) }
	b.Run([]unsafe.Pointer{at(xs), at(ys), at(zs)}, len(xs), nil)
	return zs, instructions
}

func lift(f unary) binary {
	return func(b *loop.Builder, x, _ loop.Value) loop.Value { return f(b, x) }
}

// ulps returns the distance of y from want in units in the last place of want, and 0 for results that
// overflow or underflow as they should.
func ulps(y float64, want scaled) float64 {
	if want.hi == 0 {
		return math.Abs(y) / 0x1p-1074
	}
	if math.IsInf(want.hi, 0) && y == want.hi {
		return 0
	}
	e := math.Ilogb(want.hi) + want.e
	if e > 1023 || e == 1023 && math.Ldexp(want.hi, want.e-1023) >= 2-0x1p-53 {
		if math.IsInf(y, int(math.Copysign(1, want.hi))) {
			return 0
		}
		return math.Inf(1)
	}
	unit := max(e, -1022) - 52 // as a power of 2
	d := scaledDifference(y, want)
	return math.Abs(math.Ldexp(d, want.e-unit))
}

// scaledDifference returns (y - want) / 2**want.e.
func scaledDifference(y float64, want scaled) float64 {
	f, e := math.Frexp(y)
	return exact(math.Ldexp(f, e-want.e)).sub(want.pair).hi
}

// points is how many a range gets. GRADUS_ULPS sets it for long runs.
func points(t *testing.T) int {
	s := os.Getenv("GRADUS_ULPS")
	if s == "" {
		return 4000
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sample returns n points between lo and hi, half of them evenly, half evenly by their bits (down to 2**-64 of
// the ends if 0 is between), and some next to both ends.
func sample(r *rand.Rand, lo, hi float64, n int) []float64 {
	var xs []float64
	for range n / 2 {
		xs = append(xs, lo+(hi-lo)*r.Float64())
	}
	between := func(lo, hi float64) float64 {
		return unorder(order(lo) + r.Int64N(order(hi)-order(lo)+1))
	}
	for k := range n / 2 {
		switch {
		case lo >= 0 || hi <= 0:
			xs = append(xs, between(lo, hi))
		case k%2 == 0:
			xs = append(xs, between(lo, lo*0x1p-64))
		default:
			xs = append(xs, between(hi*0x1p-64, hi))
		}
	}
	for k := range int64(8) {
		xs = append(xs, unorder(min(order(lo)+k, order(hi))), unorder(max(order(hi)-k, order(lo))))
	}
	return xs
}

// order numbers f64s from below to above.
func order(x float64) int64 {
	i := int64(math.Float64bits(x))
	if i < 0 {
		return math.MinInt64 - i
	}
	return i
}

func unorder(i int64) float64 {
	if i < 0 {
		i = math.MinInt64 - i
	}
	return math.Float64frombits(uint64(i))
}

// worst measures f over pairs of points and returns the greatest error and where it is.
func worst(f binary, want func(x, y float64) scaled, xs, ys []float64) (u, x, y float64) {
	zs, _ := eval2(f, xs, ys)
	for i, z := range zs {
		d := ulps(z, want(xs[i], ys[i]))
		if !(d <= u) {
			u, x, y = d, xs[i], ys[i]
		}
	}
	return u, x, y
}
