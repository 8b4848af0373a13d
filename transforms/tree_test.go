package transforms_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// A state has every kind of part that a tree can have.
type state struct {
	Q       num.Array
	hidden  num.Array
	Parts   []particle
	Pair    [2]num.Array
	Named   map[string]num.Array
	Numbers map[int]num.Array
	Link    *particle
	Nothing *particle
	Frozen  num.Array `grad:"-"`
	Options options   `grad:"-"`
	Count   num.Array // integers
	Mask    num.Array // bools
	Title   string
	Steps   int
	Verbose bool
}

type particle struct {
	X, V num.Array
	Kind uint8
}

type options struct {
	Gain float64
	Bias num.Array
}

func newState() state {
	p := func(x, v float64, kind uint8) particle { return particle{num.Scalar(x), num.Scalar(v), kind} }
	link := p(10, 11, 3)
	return state{
		Q:       num.Vector(1, 2),
		hidden:  num.Scalar(3),
		Parts:   []particle{p(4, 5, 1), p(6, 7, 2)},
		Pair:    [2]num.Array{num.Scalar(8), num.Scalar(9)},
		Named:   map[string]num.Array{"b": num.Scalar(13), "a": num.Scalar(12)},
		Numbers: map[int]num.Array{10: num.Scalar(15), -2: num.Scalar(14)},
		Link:    &link,
		Frozen:  num.Scalar(16),
		Options: options{Gain: 2, Bias: num.Scalar(17)},
		Count:   num.Convert(num.Vector(18, 19), trace.I64),
		Mask:    num.Greater(num.Vector(1, -1), 0),
		Title:   "here",
		Steps:   2,
		Verbose: true,
	}
}

// energy sums the square of each array in a state, times its number in order; steps scale it.
func energy(s state) num.Array {
	e := num.Scalar(0)
	n := 0
	add := func(xs ...num.Array) {
		for _, x := range xs {
			n++
			e = num.Add(e, num.Mul(float64(n), num.Sum(num.Mul(x, x))))
		}
	}
	add(s.Q, s.hidden)
	for _, p := range s.Parts {
		add(p.X, p.V)
	}
	add(s.Pair[:]...)
	add(s.Named["a"], s.Named["b"], s.Numbers[-2], s.Numbers[10], s.Link.X, s.Link.V)
	add(s.Frozen, s.Options.Bias, num.Convert(s.Count, trace.F64), num.Where(s.Mask, s.Q, 0.0))
	return num.Mul(num.Mul(e, s.Steps), s.Options.Gain)
}

// show returns the parts of a state as text.
func show(s state) string {
	v := func(x num.Array) any {
		switch x.DType() {
		case trace.F64:
			return x.Float64s()
		case trace.I64:
			return x.Ints()
		}
		return x.Bools()
	}
	return fmt.Sprintln("Q", v(s.Q), "hidden", v(s.hidden)) +
		fmt.Sprintln("Parts", len(s.Parts), v(s.Parts[0].X), v(s.Parts[0].V), s.Parts[0].Kind, v(s.Parts[1].X), v(s.Parts[1].V), s.Parts[1].Kind) +
		fmt.Sprintln("Pair", v(s.Pair[0]), v(s.Pair[1])) +
		fmt.Sprintln("Named", len(s.Named), v(s.Named["a"]), v(s.Named["b"]), "Numbers", len(s.Numbers), v(s.Numbers[-2]), v(s.Numbers[10])) +
		fmt.Sprintln("Link", v(s.Link.X), v(s.Link.V), s.Link.Kind, s.Nothing == nil) +
		fmt.Sprintln("Frozen", v(s.Frozen), "Options", s.Options.Gain, v(s.Options.Bias)) +
		fmt.Sprintln("Count", v(s.Count), "Mask", v(s.Mask), s.Title, s.Steps, s.Verbose)
}

// wantGradient is 8 n x for array n, and 144 more where Q is masked in; zeros where nothing varies.
const wantGradient = `Q [152 16] hidden [48]
Parts 2 [96] [160] 1 [240] [336] 2
Pair [448] [576]
Named 2 [864] [1040] Numbers 2 [1232] [1440]
Link [1040] [1232] 3 true
Frozen [0] Options 2 [0]
Count [0 0] Mask [false false] here 2 true
`

func TestGradOfATree(t *testing.T) {
	for name, grad := range map[string]func(state) state{
		"grad":                transforms.Grad(energy),
		"grad of jit":         transforms.Grad(transforms.JIT(energy)),
		"jit of grad":         transforms.JIT(transforms.Grad(energy)),
		"value and grad":      func(s state) state { _, d := transforms.ValueAndGrad(energy)(s); return d },
		"vjp":                 func(s state) state { _, pull := transforms.VJP(energy, s); return pull(num.Scalar(1)) },
		"transposed":          transposed,
		"compile":             compiledGradient(t),
		"grad of jvp by zero": func(s state) state { return transforms.Grad(func(s state) num.Array { return energyAndZero(s) })(s) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newState()
			if d := cmp.Diff(wantGradient, show(grad(s))); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if d := cmp.Diff(show(newState()), show(s)); d != "" {
				t.Errorf("the argument has changed: -want +got\n%s", d)
			}
		})
	}
}

func TestForwardOfATree(t *testing.T) {
	s := newState()
	g := transforms.Grad(energy)(s)
	want := 152.0*152 + 16*16
	for _, x := range []float64{48, 96, 160, 240, 336, 448, 576, 864, 1040, 1232, 1440, 1040, 1232} {
		want += x * x
	}
	_, push := transforms.Linearize(energy, s)
	_, d := transforms.JVP(energy, s, g)
	for name, got := range map[string]num.Array{"jvp": d, "linearize": push(g)} {
		if got.Float64() != want {
			t.Errorf("%s: the square of the gradient is %v, want %v", name, got.Float64(), want)
		}
	}
	// A tree as a result: the tangent of the identity is the tangent.
	y, dy := transforms.JVP(func(s state) state { return s }, s, g)
	if d := cmp.Diff(show(s)+wantGradient, show(y)+show(dy)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestVmapOfATree(t *testing.T) {
	type pair struct {
		X    num.Array
		Y    []num.Array
		Name string
	}
	in := pair{num.Vector(1, 2, 3), []num.Array{num.Vector(4, 5, 6), num.Convert(num.Vector(7, 8, 9), trace.I64)}, "sum"}
	out := transforms.Vmap(func(p pair) pair {
		return pair{num.Add(p.X, p.Y[0], p.Y[1]), []num.Array{num.Scalar(2), p.Y[1]}, p.Name + "s"}
	})(in)
	got := fmt.Sprintln(out.X.Float64s(), out.Y[0].Float64s(), out.Y[1].Ints(), out.Name)
	if want := "[12 15 18] [2 2 2] [7 8 9] sums\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Results without arrays are results, too.
func TestResultsWithoutArrays(t *testing.T) {
	f := func(x num.Array) string { return fmt.Sprint(x.Rank()) }
	x := num.Vector(1, 2)
	y, dy := transforms.JVP(f, x, x)
	z, pull := transforms.VJP(f, x)
	w, push := transforms.Linearize(f, x)
	_, aux := transforms.GradAux(func(x num.Array) (num.Array, string) { return num.Sum(x), f(x) })(x)
	got := fmt.Sprintln(y, dy, z, w, push(x), transforms.Vmap(f)(x), transforms.JIT(f)(x), aux, pull("1").Float64s())
	if want := "1 1 1 1 1 0 1 1 [0 0]\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAux(t *testing.T) {
	f := func(x num.Array) (num.Array, state) {
		s := newState()
		s.Q = num.Mul(x, 2.0)
		return num.Mul(x, x), s
	}
	d, aux := transforms.GradAux(f)(num.Scalar(3))
	y, aux2, d2 := transforms.ValueAndGradAux(f)(num.Scalar(3))
	if d.Float64() != 6 || d2.Float64() != 6 || y.Float64() != 9 || aux.Q.Float64() != 6 || aux2.Q.Float64() != 6 || aux.Title != "here" {
		t.Error(d, d2, y, show(aux), show(aux2))
	}
	// What is passed on carries the derivatives of an outer transform.
	outer := transforms.Grad(func(x num.Array) num.Array {
		_, aux := transforms.GradAux(f)(x)
		return num.Mul(aux.Q, x)
	})(num.Scalar(3))
	if outer.Float64() != 12 {
		t.Errorf("through aux: got %v, want 12", outer.Float64())
	}
}

func TestTranspose(t *testing.T) {
	type spring struct {
		X    num.Array
		K    num.Array `grad:"-"`
		Axes int
	}
	s := spring{num.Vector(0, 0), num.Vector(2, 3), 1}
	pull := transforms.Transpose(func(s spring) []num.Array {
		return []num.Array{num.Sum(num.Mul(s.K, s.X)), num.Where(num.Greater(s.K, 2), num.Neg(s.X), 0.0)}
	}, s)
	got := pull([]num.Array{num.Scalar(10), num.Vector(1, 1)})
	if d := cmp.Diff("[20 29] [0 0] 1", fmt.Sprintf("%v %v %d", got.X.Float64s(), got.K.Float64s(), got.Axes)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// A field held constant by an inner derivative varies for an outer one.
func TestConstantForTheInnerOnly(t *testing.T) {
	type spring struct {
		X num.Array
		K num.Array `grad:"-"`
	}
	energy := func(s spring) num.Array { return num.Mul(s.K, s.X, s.X) }
	sequences(1, []mode{fwd, rev, vjp, lin}, func(s []mode) {
		f := s[0].d(func(k num.Array) num.Array { return transforms.Grad(energy)(spring{num.Scalar(3), k}).X })
		if got := f(num.Scalar(5)).Float64(); got != 6 {
			t.Errorf("%s: got %v, want 6", s[0].name, got)
		}
	})
	read := func(s spring) num.Array { return num.Mul(s.K.Float64(), s.X) }
	if got := transforms.Grad(read)(spring{one(), num.Scalar(7)}).X.Float64(); got != 7 {
		t.Errorf("a constant field is read as %v, want 7", got)
	}
	err := trace.Try(func() {
		rev.d(func(k num.Array) num.Array { return transforms.Grad(read)(spring{one(), k}).X })(one())
	})
	if err == nil || !strings.Contains(err.Error(), "carries a derivative") {
		t.Errorf("a field that is constant for the inner derivative only was read: %v", err)
	}
}

func TestTreeErrors(t *testing.T) {
	type bare struct {
		X    num.Array
		Mass float64
	}
	type callback struct {
		X num.Array
		F func()
	}
	sum := func(xs []num.Array) num.Array { return num.Add(num.Sum(xs[0]), num.Sum(xs[1])) }
	xs := []num.Array{num.Vector(1, 2), num.Scalar(3)}
	ints := num.Convert(num.Vector(1, 2), trace.I64)
	for _, c := range []struct {
		name string
		run  func()
		want string
	}{
		{"float64", func() { transforms.Grad(func(b bare) num.Array { return b.X })(bare{}) }, "grad: bare.Mass is a float64: make it a num.Array"},
		{"func", func() { transforms.Grad(func(c callback) num.Array { return c.X })(callback{}) }, "grad: callback.F is a func()"},
		{"float64 in a result", func() {
			transforms.JVP(func(x num.Array) bare { return bare{X: x} }, one(), one())
		}, "jvp: bare.Mass is a float64"},
		{"float64 as aux", func() {
			transforms.GradAux(func(x num.Array) (num.Array, bare) { return x, bare{X: x} })(one())
		}, "grad: result.Aux.Mass is a float64"},
		{"no arrays", func() { transforms.Grad(func(int) num.Array { return one() })(3) }, "grad: the argument, a int, holds no arrays"},
		{"integers", func() { transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Mul(x, 2.0)) })(ints) }, "grad: the argument holds no f64 arrays that vary"},
		{"tangent, length", func() { transforms.JVP(sum, xs, xs[:1]) }, "jvp: the tangent differs in structure from what it belongs to: length 1, not 2"},
		{"tangent, shape", func() { transforms.JVP(sum, xs, []num.Array{xs[0], xs[0]}) }, "jvp: the tangent [1] is f64[2], but what it belongs to is f64[]"},
		{"tangent, dtype", func() { transforms.JVP(sum, xs, []num.Array{ints, xs[1]}) }, "jvp: the tangent [0] is i64[2], but what it belongs to is f64[2]"},
		{"cotangent", func() {
			_, pull := transforms.VJP(sum, xs)
			pull(xs[0])
		}, "vjp: the cotangent is f64[2], but what it belongs to is f64[]"},
		{"pushed", func() {
			_, push := transforms.Linearize(sum, xs)
			push(nil)
		}, "linearize: the tangent differs in structure from what it belongs to: length 0, not 2"},
		{"not a scalar", func() { transforms.Grad(func(x num.Array) num.Array { return x })(xs[0]) }, "grad: needs a function with an f64 scalar as its result, not f64[2]"},
		{"integer result", func() {
			transforms.Grad(func(x num.Array) num.Array { return num.Convert(x, trace.I64) })(one())
		}, "grad: needs a function with an f64 scalar as its result, not i64[]"},
		{"vmap of a scalar", func() { transforms.Vmap(sum)(xs) }, "vmap: the argument [1] is f64[], which has no axis to map"},
		{"vmap, lengths", func() { transforms.Vmap(sum)([]num.Array{num.Vector(1, 2), num.Vector(3)}) }, "vmap: leading axes differ: the argument [0] is f64[2], [1] is f64[1]"},
		{"not linear", func() { transforms.Transpose(func(x num.Array) num.Array { return num.Mul(x, x) }, one()) }, "mul: is not linear"},
		{"affine", func() { transforms.Transpose(func(x num.Array) num.Array { return num.Add(x, 1) }, one()) }, "is not linear"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := trace.Try(c.run)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "tree_test.go:") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func compiledGradient(t *testing.T) func(state) state {
	p, err := transforms.Compile(transforms.Grad(energy), newState())
	if err != nil {
		t.Fatal(err)
	}
	return p.Call
}

// transposed transposes the linearized energy.
func transposed(s state) state {
	_, push := transforms.Linearize(energy, s)
	return transforms.Transpose(push, s)(num.Scalar(1))
}

func energyAndZero(s state) num.Array {
	e, de := transforms.JVP(energy, s, transforms.Grad(func(state) num.Array { return num.Scalar(1) })(s))
	return num.Add(e, de)
}
