package transforms_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"pgregory.net/rapid"
)

// reloaded compiles f, saves it and loads it again, and returns both programs.
func reloaded[In, Out any](f func(In) Out, x In) (p, q *transforms.Program[In, Out], text string, err error) {
	if p, err = transforms.Compile(f, x); err != nil {
		return
	}
	var b bytes.Buffer
	if err = p.Save(&b); err != nil {
		return
	}
	text = b.String()
	q, err = transforms.Load[In, Out](&b, x)
	return
}

func TestRandomSave(t *testing.T) {
	saved := 0
	check(t, 40, func(t *rapid.T) {
		p, _, _ := drawTame(t)
		gradient := func(x []num.Array) []num.Array { return transforms.Grad(p.scalar)(x) }
		for _, f := range []func([]num.Array) []num.Array{p.apply, gradient} {
			was, is, text, err := reloaded(f, p.in)
			if err != nil && strings.Contains(err.Error(), "tap cannot be saved") {
				continue
			}
			if err != nil {
				exhibit(t, p, "%v\n%s", err, text)
			}
			saved++
			same(t, p, "loaded", is.Call(p.in), was.Call(p.in), 0)
			var again bytes.Buffer
			if err := is.Save(&again); err != nil || again.String() != text {
				exhibit(t, p, "saved again: %v\n%s\nwas\n%s", err, again.String(), text)
			}
		}
	})
	if !testing.Short() && saved < 20 {
		t.Errorf("%d programs saved", saved)
	}
}

// model has everything that a tree may have.
type model struct {
	W      num.Array
	Layers []struct{ A, B num.Array }
	Named  map[string]num.Array
	ByKey  map[int8]*num.Array
	None   *num.Array
	Rate   float64 `grad:"-"`
	kind   string
	Steps  [2]uint16
	On     bool
}

func TestSaveTrees(t *testing.T) {
	y := num.Scalar(7)
	x := model{W: num.Vector(1, math.Pi, math.Inf(1)), Layers: make([]struct{ A, B num.Array }, 2),
		Named: map[string]num.Array{"a\"\n": num.Zeros(0), "b": num.FromInts([]int{1}, 1)},
		ByKey: map[int8]*num.Array{-3: &y, 3: &y}, Rate: 0.1, kind: "two\nlines", Steps: [2]uint16{1, 65535}, On: true}
	f := func(m model) model {
		m.W = num.Add(m.W, num.Mul(*m.ByKey[-3], 0.1))
		return m
	}
	was, is, text, err := reloaded(f, x)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	a, b := was.Call(x), is.Call(x)
	if fmt.Sprint(a.W, a.Layers, a.Named, a.ByKey[3].Float64(), a.Rate, a.kind, a.Steps, a.On) !=
		fmt.Sprint(b.W, b.Layers, b.Named, b.ByKey[3].Float64(), b.Rate, b.kind, b.Steps, b.On) || b.None != nil {
		t.Errorf("%+v, want %+v", b, a)
	}
	// The loaded program has derivatives.
	d := transforms.Grad(func(w num.Array) num.Array {
		m := x
		m.ByKey = map[int8]*num.Array{-3: &w, 3: &y}
		return is.Call(m).W.At(0)
	})(num.Scalar(1))
	if d.Float64() != 0.1 {
		t.Errorf("derivative %v", d)
	}
	if s := is.Stats(); s.Traced != was.Stats().Traced || s.Equations != was.Stats().Equations {
		t.Errorf("%+v, want %+v", s, was.Stats())
	}
	x.Steps[0] = 2
	if _, err := transforms.Load[model, model](strings.NewReader(text), x); err == nil || !strings.Contains(err.Error(), "Steps") {
		t.Errorf("another static field: %v", err)
	}
}

func TestLoadErrors(t *testing.T) {
	_, _, text, err := reloaded(func(x []num.Array) num.Array { return num.Add(x[0], x[1]) }, []num.Array{num.Vector(1, 2), num.Scalar(1)})
	if err != nil {
		t.Fatal(err)
	}
	good := []num.Array{num.Vector(1, 2), num.Scalar(1)}
	load := func(text string, x []num.Array) error {
		_, err := transforms.Load[[]num.Array, num.Array](strings.NewReader(text), x)
		return err
	}
	if err := load(text, good); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"version":    {load("gradus program 2\n", good), `the first line is "gradus program 2"`},
		"empty":      {load("", good), "the first line"},
		"type":       {load(text, []num.Array{num.Vector(1), num.Scalar(1)}), "the argument [0] is f64[1], but the program was compiled for argument [0] of f64[2]"},
		"length":     {load(text, good[:1]), "the argument has 1 arrays"},
		"func":       {load(strings.Replace(text, "return c", "return a", 1), good), ""},
		"result":     {load(strings.Replace(text, "result \"\" f64[2]", "result \"\" f64[3]", 1), good), "not that of the argument and the result"},
		"line":       {load(strings.Replace(text, "traced", "treated", 1), good), "line 2: unexpected"},
		"equation":   {load(strings.Replace(text, "add", "nonsense", 1), good), "unknown primitive nonsense"},
		"no example": {load(text, nil), "holds no arrays"},
	} {
		if c.want != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, c.err, c.want)
		}
	}
	if _, err := transforms.Load[[]num.Array, []num.Array](strings.NewReader(text), good); err == nil {
		t.Error("another result was not refused")
	}
	if _, err := transforms.Load[[]num.Array, any](strings.NewReader(text), good); err == nil {
		t.Error("a result of no type was not refused")
	}
}

type unsaved struct{}

func (unsaved) Name() string                        { return "unsaved" }
func (unsaved) Eval(x float64) float64              { return x }
func (unsaved) Derivative(x, _ num.Array) num.Array { return num.OnesLike(x) }

// TestSaveRefuses holds that what cannot be read back is named with its line, wherever it stands.
func TestSaveRefuses(t *testing.T) {
	for want, f := range map[string]function{
		"save: unsaved cannot be saved: it is not known to trace.Register": num.Apply1[unsaved],
		"save: tap cannot be saved: it calls a function of this process": func(x num.Array) num.Array {
			return flow.For(0, 3, func(_, x num.Array) num.Array { return num.Tap(num.Mul(x, 2), func(num.Array) {}) }, x)
		},
	} {
		p, err := transforms.Compile(func(x num.Array) num.Array {
			return num.Sin(f(x))
		}, num.Scalar(1))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := p.Save(&b); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "save_test.go:") {
			t.Errorf("%v, want %q", err, want)
		} else if b.Len() > 0 {
			t.Errorf("%q was written", b.String())
		}
	}
}

// FuzzLoad demands that Load never panics, whatever it reads.
func FuzzLoad(f *testing.F) {
	x := []num.Array{num.Vector(1, 2)}
	for _, g := range []func([]num.Array) []num.Array{
		func(x []num.Array) []num.Array { return []num.Array{num.Sin(x[0]), num.Vector(math.NaN(), 0.1)} },
		func(x []num.Array) []num.Array {
			return transforms.Grad(func(x []num.Array) num.Array {
				return num.Sum(flow.For(0, 3, func(_, c num.Array) num.Array { return num.Div(c, num.Add(c, x[0])) }, x[0]))
			})(x)
		},
	} {
		_, _, text, err := reloaded(g, x)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "while") || longNumber(text) {
			t.Skip("constants may be large, and loops of constants long")
		}
		p, err := transforms.Load[[]num.Array, []num.Array](strings.NewReader(text), x)
		if (p == nil) == (err == nil) {
			t.Errorf("%v, %v", p, err)
		}
	})
}

// longNumber reports whether there is an integer of more than 4 digits.
func longNumber(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }), func(s string) bool { return len(s) > 4 })
}

func ExampleProgram_Save() {
	p, err := transforms.Compile(func(x num.Array) num.Array { return num.Mul(num.Sin(x), 0.1) }, num.Zeros(3))
	if err != nil {
		panic(err)
	}
	var file bytes.Buffer
	if err := p.Save(&file); err != nil {
		panic(err)
	}
	fmt.Print(file.String())
	q, err := transforms.Load[num.Array, num.Array](&file, num.Zeros(3))
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f\n", q.Call(num.Vector(0, 1, 2)).Float64s())
	// Output:
	// gradus program 1
	// traced 3
	// argument "" f64[3]
	// result "" f64[3]
	// func(a:f64[3]) {
	//   b:f64[3] = sin a
	//   c:f64[3] = full[value=0.1 type=f64[3]]
	//   d:f64[3] = mul b c
	//   return d
	// }
	// [0.0000 0.0841 0.0909]
}
