package transforms_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// randomProgram returns a smooth but for ties random function of a scalar, with inner derivatives,
// batches and compiled functions in it that capture what was computed so far.
func randomProgram(seed uint64) function {
	return func(x num.Array) num.Array {
		rng := rand.New(rand.NewPCG(seed, 0))
		values := []num.Array{x, num.Mul(num.Vector(0.3, -0.5, 1.2), x), num.New([]float64{.1, .2, .3, .4, .5, .6}, 2, 3)}
		sum := num.Scalar(0)
		for range 10 {
			a, b := values[rng.IntN(len(values))], values[rng.IntN(len(values))]
			y := num.Tanh(randomStep(rng.IntN(13), a, b))
			values = append(values, y)
			sum = num.Add(sum, num.Sum(y))
		}
		return sum
	}
}

// randomStep returns something that depends on a and b and has the shape of one of them, or none.
func randomStep(kind int, a, b num.Array) num.Array {
	inner := func(z num.Array) num.Array {
		return num.Sum(num.Tanh(num.Mul(a, num.Sin(num.Mul(z, b)))))
	}
	at := num.Scalar(0.3)
	switch kind {
	case 0:
		return num.Add(a, b)
	case 1:
		return num.Mul(a, b)
	case 2:
		return num.Sub(a, b)
	case 3:
		return num.Div(a, num.Add(2, num.Square(b)))
	case 4:
		return num.Sin(a)
	case 5:
		return num.Exp(a)
	case 6:
		return num.Where(num.Less(a, b), num.Sin(a), num.Mul(a, b))
	case 7:
		return num.Maximum(a, num.Mul(b, 0.5))
	case 8:
		return num.Norm(a)
	case 9:
		return num.CumSum(num.Ravel(a), 0).At(-1)
	case 10:
		return fwd.d(inner)(at)
	case 11:
		return rev.d(inner)(at)
	default:
		return transforms.JIT(lanes(inner))(at)
	}
}

// All mixtures of modes agree on random programs, compiled or not, in a batch or not, and with
// differences.
func TestRandomPrograms(t *testing.T) {
	const x, h = 0.37, 1e-3
	programs := uint64(20)
	if testing.Short() {
		programs = 5
	}
	for seed := range programs {
		f := randomProgram(seed)
		value := func(at float64) float64 { return f(num.Scalar(at)).Float64() }
		slope := fwd.d(f)(num.Scalar(x)).Float64()
		difference := (8*(value(x+h)-value(x-h)) - (value(x+2*h) - value(x-2*h))) / (12 * h)
		if !near(slope, difference, 1e-6) {
			t.Errorf("program %d: derivative %v, difference %v", seed, slope, difference)
		}
		for n := 1; n <= 2; n++ {
			want := slope
			if n == 2 {
				want = fwd.d(fwd.d(f))(num.Scalar(x)).Float64()
			}
			sequences(n, []mode{fwd, rev, vjp, lin}, func(s []mode) {
				g := f
				for _, m := range s {
					g = m.d(g)
				}
				for how, g := range map[string]function{"plain": g, "jit": transforms.JIT(g), "vmap": lanes(g)} {
					if got := g(num.Scalar(x)).Float64(); !near(got, want, 1e-12) {
						t.Errorf("program %d, %s, %s: got %v, want %v", seed, nameOf(s), how, got, want)
					}
				}
			})
		}
	}
}
