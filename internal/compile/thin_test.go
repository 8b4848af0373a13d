package compile_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// sparse returns a known mask of n elements that is true at a few.
func sparse(r *rand.Rand, n int) num.Array {
	m := make([]bool, n)
	for range 1 + r.IntN(6) {
		m[r.IntN(n)] = true
	}
	return num.FromBools(m, n)
}

// directions writes n directions through random equations with x, f64[8], most of them in a few elements, and puts them together.
func directions(seed uint64, n int) func(x num.Array) num.Array {
	return func(x num.Array) num.Array {
		r := rand.New(rand.NewPCG(seed, 3))
		scalar := func() num.Array { return x.At(r.IntN(8)) }
		zero := num.Zeros(n)
		all := []num.Array{zero, num.Add(zero, scalar())}
		any := func() num.Array { return all[r.IntN(len(all))] }
		masked := func(y num.Array) num.Array { return num.Where(sparse(r, n), y, zero) }
		sum := zero
		for range 12 {
			y := masked(num.Mul(scalar(), floats(r.Uint64(), n)))
			for range r.IntN(4) {
				switch r.IntN(8) {
				case 0:
					y = num.Add(y, any())
				case 1:
					y = num.Sub(any(), y)
				case 2:
					y = num.Where(sparse(r, n), any(), y)
				case 3:
					y = num.Where(num.Greater(any(), scalar()), y, any())
				case 4:
					y = num.Sub(num.Neg(y), masked(any()))
				case 5:
					y = num.Reshape(num.Mul(num.Reshape(y, n, 1), scalar()), n)
				case 6:
					y = num.Flip(y)
				default:
					y = num.Mul(scalar(), y)
				}
			}
			if y = masked(y); r.IntN(3) == 0 {
				y = num.Neg(y)
			}
			all = append(all, y)
			sum = num.Add(sum, y)
		}
		if seed%3 == 0 {
			return sum
		}
		return num.Stack(1, sum, any(), zero, masked(sum))
	}
}

// Directions of which a few elements are left are scalar code, which gives what Eval gives, to the signs of zeros.
func TestThin(t *testing.T) {
	thin, seeds := 0, uint64(150)
	if testing.Short() {
		seeds = 60
	}
	for seed := range seeds {
		n := []int{17, 30, 63, 64}[seed%4]
		f := directions(seed, n)
		agree(t, one(f), floats(seed, 8))
		agree(t, one(f), wild(seed, seed%2 == 0, 8))
		p := compile.Compile(pass.Simplify(trace.Build([]trace.Type{trace.TypeOf(trace.F64, 8)}, one(f))), compile.Default())
		if k := p.Kinds(); k["loop"] == 0 && k["scalars"] > 0 {
			thin++
		}
	}
	if thin < int(seeds)/4 {
		t.Errorf("%d of %d are scalar code", thin, seeds)
	}
}

// Where most elements are left, they go through in vectors, and directions of other sizes do beside thin ones.
func TestThinAreFew(t *testing.T) {
	few := func(x num.Array) num.Array {
		return num.Where(sparse(rand.New(rand.NewPCG(1, 1)), 40), num.Mul(num.Exp(x.At(0)), floats(1, 40)), num.Zeros(40))
	}
	many := func(x num.Array) num.Array { return num.Exp(num.Mul(x.At(1), floats(2, 50))) }
	dense := func(x num.Array) num.Array {
		most := num.Not(sparse(rand.New(rand.NewPCG(1, 1)), 40))
		return num.Where(most, num.Exp(num.Mul(x.At(0), floats(1, 40))), num.Zeros(40))
	}
	for name, c := range map[string]struct {
		f     func(x num.Array) num.Array
		loops int
	}{
		"few": {few, 0}, "many": {many, 1}, "dense": {dense, 1},
		"both": {func(x num.Array) num.Array { return num.Concat(0, few(x), many(x)) }, 1},
	} {
		x := floats(3, 2)
		agree(t, one(c.f), x)
		p := compile.Compile(pass.Simplify(trace.Build([]trace.Type{x.Type()}, one(c.f))), compile.Default())
		if got := p.Kinds()["loop"]; got != c.loops {
			t.Errorf("%s: %d loops, not %d\n%v", name, got, c.loops, p)
		}
	}
}
