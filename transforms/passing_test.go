package transforms_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

type passer struct{ W, V, B num.Array }

// pass returns a loss of two layers, and all values on the way to it.
func (n passer) pass(see func(num.Array)) (num.Array, []num.Array) {
	var all []num.Array
	note := func(y num.Array) num.Array {
		all = append(all, y)
		return y
	}
	x := note(num.Add(note(num.MatMul(n.W, n.V)), n.B))
	y := note(num.Sub(note(num.Exp(note(num.Tanh(x)))), n.B))
	if see != nil {
		y = num.Tap(y, see)
	}
	y = note(num.Sqrt(note(num.Add(note(num.Neg(note(num.MatMul(y, n.V)))), 300))))
	return num.Sum(note(num.Mul(y, note(num.Tanh(note(num.Add(y, n.B))))))), all
}

// TestPassingValues holds that values that nobody else reads, which may be overwritten, are such: gradients are those of a function that gives all values
// away, to the bit, twice, and what a tap was given stays as it was.
func TestPassingValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	n := passer{num.Normal(rng, 4, 4), num.Normal(rng, 4, 4), num.Normal(rng, 4)}
	want, all := transforms.GradAux(func(n passer) (num.Array, []num.Array) { return n.pass(nil) })(n)
	var seen []num.Array
	loss := func(n passer) num.Array {
		y, _ := n.pass(func(y num.Array) { seen = append(seen, y) })
		return y
	}
	equal := func(what string, got, want num.Array) {
		t.Helper()
		for i, x := range want.Float64s() {
			if y := got.Float64s()[i]; math.Float64bits(x) != math.Float64bits(y) {
				t.Fatalf("%s: element %d is %v, not %v", what, i, y, x)
			}
		}
	}
	_, pull := transforms.VJP(loss, n)
	for range 2 {
		for what, got := range map[string]passer{"gradient": transforms.Grad(loss)(n), "pullback": pull(num.Scalar(1))} {
			equal(what, got.W, want.W)
			equal(what, got.V, want.V)
			equal(what, got.B, want.B)
		}
	}
	for _, y := range seen {
		equal("what a tap was given", y, all[4])
	}
	if len(seen) != 3 {
		t.Errorf("the tap was called %d times, not 3", len(seen))
	}
}
