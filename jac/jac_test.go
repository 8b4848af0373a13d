package jac

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// modes are the three ways to the same Jacobian.
func modes[In any]() map[string]func(func(In) num.Array) func(In) In {
	return map[string]func(func(In) num.Array) func(In) In{"Fwd": Fwd[In], "Rev": Rev[In], "Auto": Auto[In]}
}

// wantEqual requires a shape and elements to a relative error.
func wantEqual(t *testing.T, got num.Array, shape []int, want []float64, tol float64) {
	t.Helper()
	if !slices.Equal(got.Shape(), shape) {
		t.Fatalf("shape %v, want %v", got.Shape(), shape)
	}
	for i, x := range got.Float64s() {
		same := x == want[i] || math.IsNaN(x) && math.IsNaN(want[i])
		if !same && !(math.Abs(x-want[i]) <= tol*max(1, math.Abs(want[i]))) {
			t.Errorf("element %d is %v, want %v", i, x, want[i])
		}
	}
}

// differences returns the Jacobian of f at x, one array, by central differences.
func differences(f func(num.Array) num.Array, x num.Array) []float64 {
	const h = 1e-5
	at := func(j int, h float64) []float64 {
		v := x.Float64s()
		v[j] += h
		return f(num.Reshape(num.Vector(v...), x.Shape()...)).Float64s()
	}
	n, m := x.Size(), f(x).Size()
	d := make([]float64, m*n)
	for j := range n {
		lo, hi := at(j, -h), at(j, h)
		for i := range m {
			d[i*n+j] = (hi[i] - lo[i]) / (2 * h)
		}
	}
	return d
}

// coupled maps [2, 3] to [3, 2]: every output depends on every input.
func coupled(x num.Array) num.Array {
	y := num.Mul(num.Sin(x), num.Sum(num.Mul(x, x)))
	return num.Transpose(num.Add(y, num.Cos(num.Sum(x, 0))))
}

func point() num.Array { return num.Reshape(num.Vector(.3, -1.2, .7, 2.1, .05, -.4), 2, 3) }

func TestAgainstDifferences(t *testing.T) {
	tests := []struct {
		name  string
		f     func(num.Array) num.Array
		x     num.Array
		shape []int
	}{
		{"matrix to matrix", coupled, point(), []int{3, 2, 2, 3}},
		{"vector to scalar", func(x num.Array) num.Array { return num.Sum(num.Sin(x)) }, num.Vector(1, 2, 3), []int{3}},
		{"scalar to vector", func(x num.Array) num.Array { return num.Sin(num.Mul(x, num.Vector(1, 2, 3))) }, num.Scalar(.4), []int{3}},
		{"scalar to scalar", num.Sin, num.Scalar(.4), nil},
		{"does not depend", func(num.Array) num.Array { return num.Vector(1, 2) }, num.Vector(1, 2, 3), []int{2, 3}},
		{"identity", func(x num.Array) num.Array { return x }, num.Vector(1, 2), []int{2, 2}},
	}
	for _, test := range tests {
		for name, mode := range modes[num.Array]() {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				wantEqual(t, mode(test.f)(test.x), test.shape, differences(test.f, test.x), 1e-8)
			})
		}
	}
}

// model is a tree with everything that a tree may hold.
type model struct {
	Name   string
	Weight num.Array
	Parts  []num.Array
	Count  num.Array // integers
	Fixed  num.Array `grad:"-"`
	scale  map[string]num.Array
}

func newModel() model {
	return model{
		Name:   "m",
		Weight: point(),
		Parts:  []num.Array{num.Scalar(.5), num.Vector(1, -2)},
		Count:  trace.Fill(int64(3), trace.TypeOf(trace.I64, 2)),
		Fixed:  num.Vector(7),
		scale:  map[string]num.Array{"a": num.Scalar(1.5)},
	}
}

// energies has 2 outputs: s*w[i,:].sin(parts) and so on.
func energies(m model) num.Array {
	row := num.Mul(num.Sum(num.Sin(m.Weight), 1), m.scale["a"])
	return num.Add(num.Mul(row, m.Parts[0]), num.Mul(m.Parts[1], m.Count, num.Sum(m.Fixed)))
}

func TestTree(t *testing.T) {
	x := newModel()
	w, s, p := x.Weight.Float64s(), 1.5, .5
	row := []float64{math.Sin(w[0]) + math.Sin(w[1]) + math.Sin(w[2]), math.Sin(w[3]) + math.Sin(w[4]) + math.Sin(w[5])}
	dw := make([]float64, 12)
	for i := range 2 {
		for j := range 3 {
			dw[i*6+i*3+j] = s * p * math.Cos(w[i*3+j])
		}
	}
	for name, mode := range modes[model]() {
		t.Run(name, func(t *testing.T) {
			j := mode(energies)(x)
			wantEqual(t, j.Weight, []int{2, 2, 3}, dw, 1e-15)
			wantEqual(t, j.Parts[0], []int{2}, []float64{row[0] * s, row[1] * s}, 1e-15)
			wantEqual(t, j.Parts[1], []int{2, 2}, []float64{21, 0, 0, 21}, 0)
			wantEqual(t, j.scale["a"], []int{2}, []float64{row[0] * p, row[1] * p}, 1e-15)
			wantEqual(t, j.Fixed, []int{2, 1}, []float64{0, 0}, 0)
			if got := j.Count.Type().String(); got != "i64[2,2]" {
				t.Errorf("integers have a derivative of type %v", got)
			}
			if j.Name != "m" {
				t.Errorf("static field is %q", j.Name)
			}
		})
	}
	t.Run("Matrix", func(t *testing.T) {
		m := Matrix(energies)(x)
		row0 := append(slices.Clone(dw[:6]), row[0]*s, 21, 0, row[0]*p)
		row1 := append(slices.Clone(dw[6:]), row[1]*s, 0, 21, row[1]*p)
		both := append(row0, row1...)
		wantEqual(t, m, []int{2, 10}, both, 1e-15)
		tall := func(m model) num.Array { return num.Tile(energies(m), 20) }
		if c := Passes(tall, x); !c.ForwardWins() || Passes(energies, x).ForwardWins() {
			t.Errorf("of 40 outputs: %v", c)
		}
		wantEqual(t, Matrix(tall)(x), []int{40, 10}, slices.Repeat(both, 20), 1e-15)
	})
}

// setMemory forces small passes for the length of a test.
func setMemory(t *testing.T, bytes, passes int) {
	b, u := budget, unrolled
	budget, unrolled = bytes, passes
	t.Cleanup(func() { budget, unrolled = b, u })
}

func TestChunksMakeNoDifference(t *testing.T) {
	x, m := point(), newModel()
	want, wantModel := Fwd(coupled)(x).Float64s(), Matrix(energies)(m)
	for _, bytes := range []int{1, 500, 1000, 2000} {
		setMemory(t, bytes, 1000)
		for _, mode := range modes[num.Array]() {
			wantEqual(t, mode(coupled)(x), []int{3, 2, 2, 3}, want, 1e-15)
			wantEqual(t, trace.MustOf(mode(coupled), x).Eval(x)[0], []int{3, 2, 2, 3}, want, 1e-15)
		}
		wantEqual(t, Matrix(energies)(m), wantModel.Shape(), wantModel.Float64s(), 0)
	}
	setMemory(t, 1000, 1000)
	if c := Passes(coupled, x); c.Forward.Chunks < 2 || c.Forward.Chunks > 3 || c.Reverse.Chunks < 2 || c.Reverse.Chunks > 3 {
		t.Errorf("1000 bytes a pass: %v", c)
	}
	setMemory(t, 1, 1000)
	if c := Passes(coupled, x); c.Forward.Chunks != 6 || c.Reverse.Chunks != 6 {
		t.Errorf("1 byte a pass: %v", c)
	}
}

func TestLargeBasis(t *testing.T) {
	const n = 50_000
	c := Passes(func(x num.Array) num.Array { return num.Mul(x, num.Sum(num.Sin(x))) }, num.Zeros(n))
	for _, m := range []Mode{c.Forward, c.Reverse} {
		lanes := (m.Directions + m.Chunks - 1) / m.Chunks
		if m.Directions != n || lanes < 10 || 3*8*n*lanes > budget {
			t.Errorf("%d directions at once of %d: %v", lanes, m.Directions, c)
		}
	}
}

func TestPassesInATraceAreFew(t *testing.T) {
	setMemory(t, 1, 2)
	x := num.Zero(trace.TypeOf(trace.F64, 40))
	f := func(x num.Array) num.Array { return num.Mul(x, num.Sum(x)) }
	count := func(mode func(func(num.Array) num.Array) func(num.Array) num.Array) int {
		return len(trace.MustOf(mode(f), x).Equations())
	}
	few := count(Fwd[num.Array])
	setMemory(t, 1, 40)
	if many := count(Fwd[num.Array]); few > 30 || many < 5*few {
		t.Errorf("%d equations in 2 passes, %d in 40", few, many)
	}
}

// TestStructuralZeros: a direction that does not touch an element is not touched by that
// element's infinite derivative.
func TestStructuralZeros(t *testing.T) {
	f := func(x num.Array) num.Array { return num.Div(1, x) }
	inf := math.Inf(-1)
	for name, mode := range modes[num.Array]() {
		t.Run(name, func(t *testing.T) {
			x := num.Vector(0, 2)
			wantEqual(t, mode(f)(x), []int{2, 2}, []float64{inf, 0, 0, -.25}, 0)
			wantEqual(t, trace.MustOf(mode(f), x).Eval(x)[0], []int{2, 2}, []float64{inf, 0, 0, -.25}, 0)
			sum := func(x num.Array) num.Array { return num.Sum(f(x)) }
			wantEqual(t, mode(sum)(x), []int{2}, []float64{inf, -.25}, 0)
		})
	}
}

func TestNested(t *testing.T) {
	f := func(x num.Array) num.Array { return num.Mul(num.Sin(num.Sum(x)), num.Sum(num.Mul(x, x, x))) }
	x := num.Vector(.3, -.7, 1.1)
	want := differences(transforms.Grad(f), x)
	for outer, m := range modes[num.Array]() {
		for inner, n := range modes[num.Array]() {
			t.Run(outer+"/"+inner, func(t *testing.T) {
				h := m(n(f))
				wantEqual(t, h(x), []int{3, 3}, want, 1e-8)
				third := differences(h, x)
				wantEqual(t, m(h)(x), []int{3, 3, 3}, third, 1e-8)
				scaled := func(x num.Array) num.Array { return num.Sum(num.Mul(h(x), num.Vector(1, 2, 3))) }
				wantEqual(t, transforms.Grad(scaled)(x), []int{3}, differences(scaled, x), 1e-8)
			})
		}
	}
}

// TestMixturesToOrderFour: eˣ⁰ sin(x₁) has k-th derivatives eˣ⁰ sin(x₁ + jπ/2), j of them by x₁.
func TestMixturesToOrderFour(t *testing.T) {
	a, b := .3, -.7
	functions := map[string]func(num.Array) num.Array{
		"": func(x num.Array) num.Array { return num.Mul(num.Exp(x.At(0)), num.Sin(x.At(1))) },
	}
	for order := 1; order <= 4; order++ {
		want := make([]float64, 1<<order)
		for i := range want {
			want[i] = math.Exp(a) * math.Sin(b+float64(bits.OnesCount(uint(i)))*math.Pi/2)
		}
		next := make(map[string]func(num.Array) num.Array)
		for name, f := range functions {
			next[name+"f"], next[name+"r"] = Fwd(f), Rev(f)
		}
		for name, f := range next {
			t.Run(name, func(t *testing.T) {
				wantEqual(t, f(num.Vector(a, b)), slices.Repeat([]int{2}, order), want, 1e-15)
			})
		}
		functions = next
	}
}

func TestInVmap(t *testing.T) {
	lanes := num.Reshape(num.Vector(.1, .2, .3, 1, 2, 3), 2, 3)
	f := func(x num.Array) num.Array { return num.Mul(num.Sin(x), num.Sum(x)) }
	for name, mode := range modes[num.Array]() {
		t.Run(name, func(t *testing.T) {
			var want []float64
			want = append(want, differences(f, num.Vector(.1, .2, .3))...)
			want = append(want, differences(f, num.Vector(1, 2, 3))...)
			wantEqual(t, transforms.Vmap(mode(f))(lanes), []int{2, 3, 3}, want, 1e-8)
		})
	}
}

func TestInJIT(t *testing.T) {
	x := point()
	for name, mode := range modes[num.Array]() {
		t.Run(name, func(t *testing.T) {
			wantEqual(t, transforms.JIT(mode(coupled))(x), []int{3, 2, 2, 3}, mode(coupled)(x).Float64s(), 1e-15)
			compiled := mode(transforms.JIT(coupled))
			wantEqual(t, compiled(x), []int{3, 2, 2, 3}, mode(coupled)(x).Float64s(), 1e-15)
		})
	}
}

// TestCaptures: a Jacobian inside a function that is differentiated by what f captures.
func TestCaptures(t *testing.T) {
	x := num.Vector(1, 2)
	for name, mode := range modes[num.Array]() {
		t.Run(name, func(t *testing.T) {
			outer := func(w num.Array) num.Array {
				j := mode(func(x num.Array) num.Array { return num.Mul(num.Sin(num.Mul(w, x)), w) })(x)
				return num.Sum(num.Mul(j, j))
			}
			w := num.Scalar(.8)
			wantEqual(t, transforms.Grad(outer)(w), nil, differences(outer, w), 1e-8)
		})
	}
}

func TestEmpty(t *testing.T) {
	none := num.Vector()
	for name, mode := range modes[num.Array]() {
		t.Run(name, func(t *testing.T) {
			wantEqual(t, mode(num.Sin)(none), []int{0, 0}, nil, 0)
			wantEqual(t, mode(func(x num.Array) num.Array { return num.Sum(x) })(none), []int{0}, nil, 0)
		})
	}
}

func TestAutoTakesTheCheaper(t *testing.T) {
	wide := func(x num.Array) num.Array {
		return num.Mul(num.Sin(num.Sum(x)), num.Zero(trace.TypeOf(trace.F64, 50)))
	}
	narrow := func(x num.Array) num.Array { return num.Sum(num.Sin(x)) }
	x := num.Vector(make([]float64, 20)...)
	if c := Passes(wide, num.Vector(1, 2)); !c.ForwardWins() || c.Forward.Directions != 2 || c.Reverse.Directions != 50 {
		t.Errorf("wide: %v", c)
	}
	if c := Passes(narrow, x); c.ForwardWins() || c.Forward.Directions != 20 || c.Reverse.Directions != 1 {
		t.Errorf("narrow: %v", c)
	}
}

func TestWorkOfContractions(t *testing.T) {
	a, b := num.Zeros(2, 5, 7), num.Zeros(2, 7, 3)
	f := func(x num.Array) num.Array { return num.MatMul(x, b) }
	if c := Passes(f, a); c.Primal != 2*5*7*3 {
		t.Errorf("work %v, want 210", c.Primal)
	}
}

func TestWorkOfLoops(t *testing.T) {
	step := func(_, c num.Array) num.Array { return num.Sin(num.Sin(c)) }
	loop := func(n int) func(num.Array) num.Array {
		return func(x num.Array) num.Array { return flow.For(0, n, step, x) }
	}
	x := num.Vector(1, 2, 3)
	one, ten := Passes(loop(1), x), Passes(loop(10), x)
	if one.Primal != 2*3 || ten.Primal != 10*one.Primal || ten.Forward.Work < 5*one.Forward.Work || ten.Reverse.Work < 5*one.Reverse.Work {
		t.Errorf("one step: %v\nten steps: %v", one, ten)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name, want string
		do         func()
	}{
		{"integers", "jac.Fwd: needs a function with an f64 array as its result, not bool[2]", func() {
			Fwd(func(x num.Array) num.Array { return num.Less(x, 1) })(num.Vector(1, 2))
		}},
		{"no arrays", "jac.Rev: the argument, a []trace.Array, holds no arrays", func() {
			Rev(func([]num.Array) num.Array { return num.Scalar(1) })(nil)
		}},
		{"integers only", "jac.Fwd: the argument holds no f64 arrays that vary", func() {
			Fwd(func(i num.Array) num.Array { return num.Mul(i, 1.5) })(num.ScalarInt(2))
		}},
		{"float", "Mass is a float64", func() {
			Auto(func(struct{ Mass float64 }) num.Array { return num.Scalar(1) })(struct{ Mass float64 }{1})
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := trace.Try(test.do)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "jac_test.go") {
				t.Errorf("got %v, want %q with this file's name", err, test.want)
			}
		})
	}
}
