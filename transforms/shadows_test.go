package transforms_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// sqrtByNewton computes the square root of a by a Go loop that runs until it has converged.
func sqrtByNewton(a num.Array) num.Array {
	x := num.Add(num.Mul(0.5, a), 0.5)
	for {
		next := num.Mul(0.5, num.Add(x, num.Div(a, x)))
		if num.Less(num.Abs(num.Sub(next, x)), 1e-12).Bool() {
			return num.Mul(0.5, num.Add(next, num.Div(a, next))) // derivatives converge one step later each
		}
		x = next
	}
}

// piecewise is x^3 below 1, and 3x - 2 from there on.
func piecewise(x num.Array) num.Array {
	if num.Less(x, 1).Bool() {
		return num.Mul(x, x, x)
	}
	return num.Sub(num.Mul(3.0, x), 2)
}

// doubled multiplies x by 2 until it is 10 at least.
func doubled(x num.Array) num.Array {
	for num.Less(x, 10).Bool() {
		x = num.Mul(2.0, x)
	}
	return x
}

func TestDefineByRun(t *testing.T) {
	for _, c := range []struct {
		name string
		f    function
		at   float64
		want [4]float64 // the value and three derivatives
		tol  float64
	}{
		{"newton", sqrtByNewton, 2, [4]float64{math.Sqrt2, 0.5 / math.Sqrt2, -0.25 / (2 * math.Sqrt2), 0.375 / (4 * math.Sqrt2)}, 1e-15},
		{"if taken", piecewise, 0.5, [4]float64{0.125, 0.75, 3, 6}, 0},
		{"if not taken", piecewise, 2, [4]float64{4, 3, 0, 0}, 0},
		{"loop", func(x num.Array) num.Array { return num.Mul(x, doubled(x)) }, 3, [4]float64{36, 24, 8, 0}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n := range c.want {
				sequences(n, []mode{fwd, rev, vjp, lin}, func(s []mode) {
					f := c.f
					for _, m := range s {
						f = m.d(f)
					}
					if got := f(num.Scalar(c.at)).Float64(); !near(got, c.want[n], c.tol) {
						t.Errorf("%s: got %v, want %v", nameOf(s), got, c.want[n])
					}
				})
			}
		})
	}
}

// An inner function branches on an outer variable, and on what it computes of both.
func TestBranchOnAnOuterVariable(t *testing.T) {
	sequences(2, []mode{fwd, rev, vjp, lin}, func(s []mode) {
		f := s[0].d(func(x num.Array) num.Array {
			return s[1].d(func(y num.Array) num.Array {
				if num.Less(num.Mul(x, y), 6).Bool() && num.Greater(x, 1).Bool() {
					return num.Mul(x, x, y, y)
				}
				return y
			})(num.Scalar(2))
		})
		for x, want := range map[float64]float64{2: 16, 4: 0, 0.5: 0} {
			if got := f(num.Scalar(x)).Float64(); got != want {
				t.Errorf("%s at %v: got %v, want %v", nameOf(s), x, got, want)
			}
		}
	})
}

// Results of other transforms can be read, too.
func TestBranchOnResultsOfTransforms(t *testing.T) {
	square := func(x num.Array) num.Array { return num.Mul(x, x) }
	for name, g := range map[string]function{
		"grad": rev.d(square), "vmap": lanes(square), "jit": transforms.JIT(square), "jvp": fwd.d(square),
	} {
		sequences(1, []mode{fwd, rev, vjp, lin}, func(s []mode) {
			got := s[0].d(func(x num.Array) num.Array {
				if num.Greater(g(x), 5).Bool() {
					return num.Mul(x, 10.0)
				}
				return x
			})(num.Scalar(3)).Float64()
			if got != 10 {
				t.Errorf("%s of %s: got %v, want 10", s[0].name, name, got)
			}
		})
	}
}

func TestReadingIsRefused(t *testing.T) {
	positive := func(x num.Array) num.Array {
		if num.Greater(x, 0).Bool() {
			return x
		}
		return num.Neg(x)
	}
	const unknown = "the value of a traced bool[] is not known here"
	x := num.Scalar(1)
	for _, c := range []struct {
		name string
		run  func()
		want string
	}{
		{"vmap", func() { transforms.Vmap(positive)(num.Vector(1, 2)) }, unknown},
		{"jit", func() { transforms.JIT(positive)(x) }, unknown},
		{"compile", func() {
			_, err := transforms.Compile(positive, x)
			panic(err)
		}, unknown},
		{"trace.Of", func() { trace.MustOf(positive, x) }, unknown},
		{"transpose", func() { transforms.Transpose(positive, x) }, unknown},
		{"vmap in grad, own argument", func() { rev.d(lanes(positive))(x) }, unknown},
		{"vmap in grad, outer variable", func() {
			rev.d(func(x num.Array) num.Array {
				return lanes(func(y num.Array) num.Array { return num.Mul(y, positive(x)) })(one())
			})(x)
		}, unknown},
		{"jit in grad", func() { rev.d(transforms.JIT(positive))(x) }, unknown},
		{"grad in vmap", func() { lanes(rev.d(positive))(x) }, unknown},
		{"grad in jit", func() { transforms.JIT(rev.d(positive))(x) }, unknown},
		{"jvp in vmap in grad", func() { rev.d(lanes(fwd.d(positive)))(x) }, unknown},
		{"int in jit", func() {
			transforms.JIT(func(x num.Array) num.Array { return num.Scalar(float64(num.Convert(x, trace.I64).Int())) })(x)
		}, "the value of a traced i64[] is not known here"},
		{"float in grad", func() {
			rev.d(func(x num.Array) num.Array { return num.Scalar(x.Float64()) })(x)
		}, "carries a derivative"},
		{"floats in grad", func() {
			rev.d(func(x num.Array) num.Array { return num.Scalar(num.Mul(x, x).Float64s()[0]) })(x)
		}, "carries a derivative"},
		{"float in jit", func() {
			transforms.JIT(func(x num.Array) num.Array { return num.Scalar(num.StopGradient(x).Float64()) })(x)
		}, "not known here"},
		{"stopped in vmap in grad", func() {
			rev.d(lanes(func(x num.Array) num.Array { return num.Scalar(num.StopGradient(x).Float64()) }))(x)
		}, "not known here"},
		{"stopped, then used with x", func() {
			rev.d(func(x num.Array) num.Array { return num.Scalar(num.Mul(x, num.StopGradient(x)).Float64()) })(x)
		}, "carries a derivative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := trace.Try(c.run)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "shadows_test.go:") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestReadingStopGradient(t *testing.T) {
	var seen []float64
	f := func(x num.Array) num.Array {
		y := num.Mul(x, x)
		v := num.StopGradient(y).Float64()
		seen = append(seen, v, num.Add(num.StopGradient(x), 1).Float64())
		return num.Mul(v, x)
	}
	for n := 1; n <= 2; n++ {
		sequences(n, []mode{fwd, rev, vjp, lin}, func(s []mode) {
			seen = nil
			g := f
			for _, m := range s {
				g = m.d(g)
			}
			want := []float64{0, 9, 0}[n]
			if got := g(num.Scalar(3)).Float64(); got != want {
				t.Errorf("%s: got %v, want %v", nameOf(s), got, want)
			}
			if len(seen) != 2 || seen[0] != 9 || seen[1] != 4 {
				t.Errorf("%s: read %v", nameOf(s), seen)
			}
		})
	}
}

// A stopped gradient is stopped for enclosing derivatives as well.
func TestStopGradientStopsEveryDerivative(t *testing.T) {
	for how, wrap := range wrappers {
		sequences(2, []mode{fwd, rev, vjp, lin}, func(s []mode) {
			// D(x -> D(y -> stop(x y) y x)) = D(x -> stop(x y) x) = x y at y = 1
			f := func(x num.Array) num.Array {
				return s[1].d(wrap(func(y num.Array) num.Array {
					return num.Mul(num.StopGradient(num.Mul(x, y)), y, x)
				}))(one())
			}
			if got := s[0].d(wrap(f))(num.Scalar(3)).Float64(); got != 3 {
				t.Errorf("%s, %s: got %v, want 3", how, nameOf(s), got)
			}
		})
	}
}

// What a function does at one point says nothing of what it does at another.
func TestBranchesAreOfTheirPointOnly(t *testing.T) {
	g := transforms.Grad(piecewise)
	for x, want := range map[float64]float64{0.5: 0.75, 2: 3, -1: 3} {
		if got := g(num.Scalar(x)).Float64(); got != want {
			t.Errorf("at %v: got %v, want %v", x, got, want)
		}
	}
	_, pull := transforms.VJP(piecewise, num.Scalar(0.5))
	_, push := transforms.Linearize(piecewise, num.Scalar(0.5))
	for k := range 3 {
		if a, b := pull(num.Scalar(float64(k))).Float64(), push(num.Scalar(float64(k))).Float64(); a != 0.75*float64(k) || b != a {
			t.Errorf("call %d: pulled %v, pushed %v", k, a, b)
		}
	}
}
