package tree_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// model has leaves that vary, a frozen one, integers and static parts.
type model struct {
	W      num.Array
	layers map[string]num.Array
	Fixed  num.Array `grad:"-"`
	Count  num.Array
	Name   string
}

func newModel(first float64) model {
	v := func(i float64) float64 { return first + i }
	return model{
		W:      num.New([]float64{v(0), v(1), v(2), v(3)}, 2, 2),
		layers: map[string]num.Array{"b": num.Vector(v(5), v(6)), "a": num.Scalar(v(4))},
		Fixed:  num.Scalar(v(7)),
		Count:  num.FromInts([]int{8, 9}, 2),
		Name:   fmt.Sprint("model ", first),
	}
}

// show returns the elements of a model's leaves and its name.
func show(m model) string {
	return fmt.Sprintln(m.W.Shape(), m.W.Float64s(), m.layers["a"].Float64s(), m.layers["b"].Float64s(),
		m.Fixed.Float64s(), m.Count.Ints(), m.Name)
}

func TestArithmetic(t *testing.T) {
	x, y := newModel(1), newModel(10)
	two := num.Scalar(2)
	for _, c := range []struct {
		name string
		got  model
		want string
	}{
		{"Add", tree.Add(x, y), "[2 2] [11 13 15 17] [19] [21 23] [8] [8 9] model 1\n"},
		{"Sub", tree.Sub(y, x), "[2 2] [9 9 9 9] [9] [9 9] [17] [8 9] model 10\n"},
		{"Scale", tree.Scale(2, x), "[2 2] [2 4 6 8] [10] [12 14] [8] [8 9] model 1\n"},
		{"Scale by a float", tree.Scale(0.5, x), "[2 2] [0.5 1 1.5 2] [2.5] [3 3.5] [8] [8 9] model 1\n"},
		{"Scale by an array", tree.Scale(two, x), "[2 2] [2 4 6 8] [10] [12 14] [8] [8 9] model 1\n"},
		{"AddScaled", tree.AddScaled(x, -1.0, y), "[2 2] [-9 -9 -9 -9] [-9] [-9 -9] [8] [8 9] model 1\n"},
		{"Zeros", tree.Zeros(x), "[2 2] [0 0 0 0] [0] [0 0] [0] [0 0] model 1\n"},
		{"Map", tree.Map(func(a num.Array) num.Array { return num.Mul(a, 10) }, x), "[2 2] [10 20 30 40] [50] [60 70] [80] [80 90] model 1\n"},
		{"Map2", tree.Map2(func(a, b num.Array) num.Array { return num.Sub(b, a) }, x, y), "[2 2] [9 9 9 9] [9] [9 9] [9] [0 0] model 1\n"},
		{"Map3", tree.Map3(func(a, b, c num.Array) num.Array { return num.Add(a, b, c) }, x, x, x), "[2 2] [3 6 9 12] [15] [18 21] [24] [24 27] model 1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, show(c.got)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
	if got, want := tree.Dot(x, y).Float64(), 10.0+22+36+52+70+90+112; got != want {
		t.Errorf("Dot: got %v, want %v", got, want)
	}
	if got, want := tree.Norm(x).Float64(), math.Sqrt(140); math.Abs(got-want) > 2e-15*want {
		t.Errorf("Norm: got %v, want %v", got, want)
	}
	if n := len(tree.Leaves(x)); n != 5 {
		t.Errorf("%d leaves", n)
	}
	if d := cmp.Diff(show(newModel(1)), show(x)); d != "" {
		t.Errorf("the argument has changed: -want +got\n%s", d)
	}
}

func TestRavel(t *testing.T) {
	x := newModel(1)
	v, unravel := tree.Ravel(x)
	if d := cmp.Diff([]float64{1, 2, 3, 4, 5, 6, 7}, v.Float64s()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	got := show(unravel(num.Mul(v, 2)))
	if d := cmp.Diff("[2 2] [2 4 6 8] [10] [12 14] [8] [8 9] model 1\n", got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	empty, back := tree.Ravel([]num.Array{x.Count})
	if empty.Size() != 0 || back(empty)[0].Ints()[1] != 9 {
		t.Errorf("without leaves that vary: %v", empty.Type())
	}
}

// loss is of a model and depends on all that varies in it.
func loss(m model) num.Array {
	return num.Sum(num.Mul(num.Sin(m.W), m.layers["a"], num.Exp(num.Mul(0.1, m.layers["b"]))))
}

// The gradient through any function of this package is the one without it.
func TestDerivatives(t *testing.T) {
	x := newModel(0.5)
	want := tree.Leaves(transforms.Grad(loss)(x))
	v, unravel := tree.Ravel(x)
	for name, f := range map[string]func(num.Array) num.Array{
		"unravelled": func(v num.Array) num.Array { return loss(unravel(v)) },
		"ravelled again": func(v num.Array) num.Array {
			w, again := tree.Ravel(unravel(v))
			return loss(again(w))
		},
		"halves": func(v num.Array) num.Array { m := tree.Scale(0.5, unravel(v)); return loss(tree.Add(m, m)) },
		"there and back": func(v num.Array) num.Array {
			m := unravel(v)
			return loss(tree.Sub(tree.AddScaled(m, num.Scalar(3), x), tree.Scale(3, x)))
		},
		"in jit": func(v num.Array) num.Array { return transforms.JIT(loss)(unravel(v)) },
	} {
		t.Run(name, func(t *testing.T) {
			got := tree.Leaves(unravel(transforms.Grad(f)(v)))
			for i, w := range want[:3] {
				for k, w := range w.Float64s() {
					if g := got[i].Float64s()[k]; math.Abs(g-w) > 1e-14*math.Abs(w) {
						t.Errorf("leaf %d, element %d: got %v, want %v", i, k, g, w)
					}
				}
			}
		})
	}
}

func TestDerivativesOfDotAndNorm(t *testing.T) {
	x, y := newModel(1), newModel(2)
	d := transforms.Grad(func(m model) num.Array { return tree.Dot(m, y) })(x)
	if want := "[2 2] [2 3 4 5] [6] [7 8] [0] [0 0] model 1\n"; show(d) != want {
		t.Errorf("Dot: got %s, want %s", show(d), want)
	}
	zero := tree.Zeros(x)
	d = transforms.Grad(tree.Norm[model])(zero)
	if show(d) != show(zero) {
		t.Errorf("Norm at 0: got %s", show(d))
	}
	second := transforms.Grad(func(a num.Array) num.Array { return tree.Dot(tree.Scale(a, x), tree.Scale(a, x)) })(num.Scalar(3))
	if want := 2 * 3 * 140.0; second.Float64() != want {
		t.Errorf("d/da |a x|^2: got %v, want %v", second.Float64(), want)
	}
}

func TestGradientDescent(t *testing.T) {
	target := newModel(3)
	far := func(m model) num.Array { d := tree.Sub(m, target); return tree.Dot(d, d) }
	step := transforms.JIT(func(m model) model { return tree.AddScaled(m, -0.25, transforms.Grad(far)(m)) })
	m := newModel(0)
	for range 60 {
		m = step(m)
	}
	if far := tree.Norm(tree.Sub(m, target)).Float64(); far != 0 {
		t.Errorf("%v off after 60 halvings", far)
	}
	if m.Name != "model 0" || m.Fixed.Float64() != 7 {
		t.Errorf("the parts that do not vary are %q and %v", m.Name, m.Fixed.Float64())
	}
}

func TestString(t *testing.T) {
	const want = `model.W f64[2,2]
[[1. 2.]
 [3. 4.]]
model.layers[a] f64[] 5.0
model.layers[b] f64[2] [6. 7.]
model.Fixed f64[] 8.0
model.Count i64[2] [8 9]
`
	if d := cmp.Diff(want, tree.String(newModel(1))); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestErrors(t *testing.T) {
	x := []num.Array{num.Vector(1, 2), num.Scalar(3)}
	_, unravel := tree.Ravel(x)
	for _, c := range []struct {
		name string
		run  func()
		want string
	}{
		{"lengths", func() { tree.Add(x, x[:1]) }, "tree.Add: trees differ in structure: 2 arrays and 1"},
		{"keys", func() {
			tree.Dot(map[string]num.Array{"a": x[0]}, map[string]num.Array{"b": x[0]})
		}, "tree.Dot: trees differ in structure: one has [a] where the other has [b]"},
		{"shapes", func() { tree.AddScaled(x, 2, []num.Array{x[0], x[0]}) }, "tree.AddScaled: leaves differ at [1]: f64[] and f64[2]"},
		{"factor", func() { tree.Scale(x[0], x) }, "tree.Scale: the factor must be a scalar, not f64[2]"},
		{"vector", func() { unravel(x[0]) }, "tree.Ravel: the vector must be f64[3], not f64[2]"},
		{"float64", func() { tree.Map(num.Sin, struct{ X float64 }{}) }, "tree.Map: .X is a float64: make it a num.Array"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := trace.Try(c.run)
			if err == nil || !strings.HasPrefix(err.Error(), "tree_test.go:") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
