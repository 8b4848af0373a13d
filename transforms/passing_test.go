package transforms_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
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

// TestResultsOfTransformsAreKept holds that what is computed of a gradient leaves it as it is, also where a rule that could have added to a
// cotangent had nothing to add.
func TestResultsOfTransformsAreKept(t *testing.T) {
	type operands struct{ X, Y num.Array }
	at := operands{num.Vector(0.5, 0.7), num.Scalar(2)}
	// Its rows have a derivative of zero.
	scan := func(p operands) num.Array {
		c, _ := flow.Scan(func(c, x num.Array) (num.Array, num.Array) { return num.Mul(c, num.Floor(x)), num.Scalar(0) }, p.Y, p.X)
		return c
	}
	cond := func(p operands) num.Array {
		return flow.Cond(num.Less(p.Y, 5), func(p operands) num.Array { return p.Y }, func(p operands) num.Array { return num.Sum(p.X) }, p)
	}
	of := func(f func(num.Array) num.Array) func(operands) num.Array {
		return func(p operands) num.Array { return f(p.X) }
	}
	product := of(func(x num.Array) num.Array { return num.MatMul(num.Vector(1, 2), x) })
	inner := of(transforms.Checkpoint(func(x num.Array) num.Array { return num.Sum(num.Sin(x)) }))
	element := of(func(x num.Array) num.Array { return num.Mul(x.At(0), x.At(1)) })
	all := []func(operands) num.Array{scan, cond, product, inner, element}
	for i, f := range all {
		for j, g := range all {
			grad := transforms.Grad(func(p operands) num.Array { return num.Add(f(p), g(p)) })(at)
			for _, x := range []num.Array{grad.X, grad.Y} {
				before := x.Float64s()
				for _, y := range []num.Array{num.Mul(x, 2), num.Neg(x), num.Exp(num.Add(x, 1)), num.Square(x)} {
					if after := x.Float64s(); !slices.Equal(before, after) {
						t.Errorf("%d and %d: a gradient is %v, and %v when %v has been computed of it", i, j, before, after, y)
					}
				}
			}
		}
	}
}

// TestPassingIntoFuncs holds that a func with what was known while it was recorded gives the same when it runs again.
func TestPassingIntoFuncs(t *testing.T) {
	type operands struct{ X, Y num.Array }
	inner := transforms.Checkpoint(func(p operands) num.Array { return num.Sum(num.Mul(p.X, p.Y)) })
	element := func(p operands) num.Array { return num.Mul(p.X.At(1), p.Y.At(1)) }
	for i, meets := range []func(operands) num.Array{inner, element} {
		f := trace.MustOf(func(y num.Array) num.Array {
			return transforms.Grad(func(x num.Array) num.Array {
				return num.Add(meets(operands{x, y}), num.MatMul(num.Vector(1, 2), x))
			})(num.Vector(0.5, 0.25))
		}, num.Vector(0, 0))
		want := [][]float64{{1.25, 3}, {1, 3}}[i]
		for range 3 {
			if got := f.Inline(num.Vector(0.25, 1))[0].Float64s(); !slices.Equal(got, want) {
				t.Errorf("%d: got %v, want %v", i, got, want)
			}
		}
	}
}
