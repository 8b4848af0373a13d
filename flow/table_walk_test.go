package flow_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"path"
	"reflect"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type operands = []num.Array

// TestTable checks of each entry all that must hold of control flow.
func TestTable(t *testing.T) {
	for name, e := range table {
		t.Run(name, func(t *testing.T) {
			h := fnv.New64a()
			h.Write([]byte(name))
			r := rand.New(rand.NewPCG(h.Sum64(), 1))
			e.value(t, "at the point", e.at)
			order := 3
			if testing.Short() {
				order = 2
			}
			if err := gradcheck.Check(e.f, e.at, gradcheck.Order(order), gradcheck.Directions(1)); err != nil {
				t.Error(err)
			}
			e.jacobians(t, "at the point", e.at)
			e.text(t)
			e.tapes(t)
			e.lanes(t, r)
			for i, p := range e.points {
				e.point(t, fmt.Sprint("point ", i), p)
			}
			e.specials(t)
		})
	}
}

// kindOf returns what the table must have of a primitive: its name, and what it is like.
func kindOf(p trace.Primitive) string {
	kind := p.Name()
	v := reflect.ValueOf(p)
	switch kind {
	case "scan":
		if v.FieldByName("Length").Int() == trace.Star {
			kind += " of computed length"
		}
		if v.FieldByName("Reverse").Bool() {
			kind += " in reverse"
		}
	case "while":
		if v.FieldByName("MaxTrips").Int() > 0 {
			kind += " with a limit"
		}
	case "cond":
		if v.FieldByName("Branches").Len() == 3 {
			kind += " of three"
		}
	}
	return kind
}

// collect adds the kinds of all primitives in f, at every depth.
func collect(f *trace.Func, kinds map[string]bool) {
	for _, e := range f.Equations() {
		kinds[kindOf(e.Primitive)] = true
		for _, g := range trace.Funcs(e.Primitive) {
			collect(g, kinds)
		}
	}
}

// funcs returns what the transforms make of an entry, by name.
func (e entry) funcs() map[string]*trace.Func {
	f := trace.MustOf(e.f, e.at)
	every := slices.Repeat([]bool{true}, len(e.at))
	primal, linear := tape.Linearize(f, every)
	return map[string]*trace.Func{
		"f": f, "jvp": dual.JVP(f, every), "primal": primal, "tape": linear.Func, "transposed": tape.Transpose(linear.Func),
		"vmap": batch.Vmap(f, every, 2), "gradient": trace.MustOf(e.pullback(), e.at), "second": trace.MustOf(e.second(), e.at),
		"vmap of gradient": batch.Vmap(trace.MustOf(e.pullback(), e.at), every, 2),
	}
}

// TestTableIsComplete walks the primitives of packages flow and call.
func TestTableIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for name, e := range table {
		kinds := map[string]bool{}
		for _, f := range e.funcs() {
			collect(f, kinds)
		}
		for _, k := range e.kinds {
			if !kinds[k] {
				t.Errorf("%s: %s does not occur", name, k)
			}
			seen[k] = true
		}
	}
	want := []string{"hole", "scan in reverse", "scan of computed length", "scan of computed length in reverse", "while with a limit", "cond of three"}
	for _, p := range trace.Registered() {
		if pkg := path.Base(reflect.TypeOf(p).PkgPath()); pkg == "flow" || pkg == "call" {
			want = append(want, p.Name())
		}
	}
	for _, k := range want {
		if !seen[k] {
			t.Errorf("no entry has %s", k)
		}
	}
}

// pullback returns what gives all cotangents of the operands, for cotangents that differ.
func (e entry) pullback() func(operands) operands {
	return func(x operands) operands {
		y, pull := transforms.VJP(e.f, x)
		return pull(num.Add(num.Cos(y), num.Reshape(num.Linspace(0.5, 1.5, y.Size()), y.Shape()...)))
	}
}

// second is the gradient of a function of the gradient.
func (e entry) second() func(operands) operands {
	return transforms.Grad(func(x operands) num.Array {
		s := num.Scalar(0)
		for _, g := range e.pullback()(x) {
			s = num.Add(s, num.Sum(num.Sin(g)))
		}
		return s
	})
}

func one(f func(operands) num.Array) func(operands) operands {
	return func(x operands) operands { return operands{f(x)} }
}

// value compares the function, run at once, traced and compiled, with plain Go.
func (e entry) value(t *testing.T, what string, x operands) {
	t.Helper()
	var raw [][]float64
	for _, a := range x {
		raw = append(raw, a.Float64s())
	}
	want := num.Vector(e.plain(raw)...)
	flat := func(y num.Array) num.Array { return num.Ravel(y) }
	agree.Equal(t, what, flat(e.f(x)), want, 1e-15)
	agree.Equal(t, what+", traced", flat(trace.MustOf(e.f, x).Eval(x...)[0]), want, 1e-15)
	nearly(t, what+", compiled", operands{transforms.JIT(e.f)(x)}, operands{e.f(x)}, 1e-13)
}

// jacobians compares both modes: where one has a number, so has the other.
func (e entry) jacobians(t *testing.T, what string, x operands) {
	t.Helper()
	fwd, rev := jac.Fwd(e.f)(x), jac.Rev(e.f)(x)
	for i := range x {
		a, b := fwd[i].Float64s(), rev[i].Float64s()
		for k := range a {
			finite := a[k]-a[k] == 0
			if finite != (b[k]-b[k] == 0) || finite && math.Abs(a[k]-b[k]) > 1e-12*max(1, math.Abs(b[k])) {
				t.Errorf("%s: derivative %d by operand %d at %v: forward %v, reverse %v", what, k, i, x, a[k], b[k])
			}
		}
	}
	nearly(t, what+", compiled gradient", transforms.JIT(e.pullback())(x), trace.MustOf(e.pullback(), x).Eval(x...), 1e-13)
}

// text checks, prints and parses what the transforms make of the function.
func (e entry) text(t *testing.T) {
	for what, f := range e.funcs() {
		if err := f.Check(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		text, err := f.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		g, err := trace.Parse(string(text))
		if err != nil {
			t.Fatalf("%s: %v in\n%s", what, err, text)
		}
		if again, _ := g.MarshalText(); string(again) != string(text) {
			t.Errorf("%s: parsed and printed again:\n%s\nwas\n%s", what, again, text)
		}
		if what == "f" || what == "gradient" || what == "second" {
			sameBits(t, what+" parsed", g.Eval(e.at...), f.Eval(e.at...))
		}
	}
}

// tapes proves that the rules are linear in tangents, with and without masks.
func (e entry) tapes(t *testing.T) {
	every := slices.Repeat([]bool{true}, len(e.at))
	for what, f := range map[string]*trace.Func{"f": trace.MustOf(e.f, e.at), "gradient": trace.MustOf(e.pullback(), e.at)} {
		for _, masks := range []bool{false, true} {
			_, tp := tape.Record(f, e.at, every, masks, nil)
			if err := tape.CheckLinear(tp.Func); err != nil {
				t.Errorf("%s, with masks %v: %v\n%v", what, masks, err, tp.Func)
			}
			if err := tape.Transpose(tp.Func).Check(); err != nil {
				t.Errorf("%s, with masks %v: %v", what, masks, err)
			}
		}
	}
}

// lanes compares Vmap over each choice of operands with a loop, to the bit: of the function and of
// its first two derivatives, in no, one and three lanes.
func (e entry) lanes(t *testing.T, r *rand.Rand) {
	all := 1<<len(e.at) - 1
	for subset := 1; subset <= all; subset++ {
		if testing.Short() && subset != all {
			continue
		}
		for _, n := range []int{0, 1, 3} {
			for what, f := range map[string]func(operands) operands{"f": one(e.f), "f'": e.pullback(), "f''": e.second()} {
				e.loop(t, fmt.Sprintf("%s in %d lanes over %b", what, n, subset), f, subset, n, r)
			}
		}
	}
}

func (e entry) loop(t *testing.T, what string, f func(operands) operands, subset, n int, r *rand.Rand) {
	t.Helper()
	stacked := make(operands, 0, len(e.at))
	for i, x := range e.at {
		if subset>>i&1 == 1 {
			shape := append([]int{n}, x.Shape()...)
			stacked = append(stacked, num.Mul(x, num.Add(1, num.Mul(0.3, num.Normal(r, shape...)))))
		}
	}
	with := func(lane operands) operands {
		x := slices.Clone(e.at)
		for i := range x {
			if subset>>i&1 == 1 {
				x[i], lane = lane[0], lane[1:]
			}
		}
		return f(x)
	}
	got := transforms.Vmap(with)(stacked)
	for k := range n {
		lane := func(xs operands) operands {
			var at operands
			for _, x := range xs {
				at = append(at, num.Take(x, k, 0))
			}
			return at
		}
		sameBits(t, fmt.Sprintf("lane %d of %s", k, what), lane(got), with(lane(stacked)))
	}
}

func sameBits(t *testing.T, what string, got, want operands) {
	t.Helper()
	nearly(t, what, got, want, 0)
}

// nearly demands the same NaNs, infinities and signs of zeros, and numbers that differ by no more than tol
// times the largest of a result.
func nearly(t *testing.T, what string, got, want operands, tol float64) {
	t.Helper()
	for i, w := range want {
		if !got[i].Type().Equal(w.Type()) {
			t.Errorf("%s: result %d is %v, want %v", what, i, got[i].Type(), w.Type())
			continue
		}
		a, b := got[i].Float64s(), w.Float64s()
		largest := 0.0
		for _, y := range b {
			if y-y == 0 {
				largest = max(largest, math.Abs(y))
			}
		}
		for k := range b {
			near := a[k] == b[k] || b[k] != 0 && math.Abs(a[k]-b[k]) <= tol*largest || math.IsNaN(a[k]) && math.IsNaN(b[k])
			if !near || a[k] == 0 && math.Signbit(a[k]) != math.Signbit(b[k]) {
				t.Errorf("%s: element %d of result %d is %v, want %v", what, k, i, a[k], b[k])
				return
			}
		}
	}
}

// point checks the value, both modes and the gradient of the sum there.
func (e entry) point(t *testing.T, what string, p place) {
	t.Helper()
	e.value(t, what, p.at)
	e.jacobians(t, what, p.at)
	got := transforms.Grad(func(x operands) num.Array { return num.Sum(e.f(x)) })(p.at)
	for i, g := range got {
		agree.Equal(t, fmt.Sprintf("%s: gradient by operand %d", what, i), num.Ravel(g), num.Vector(p.grad[i]...), 1e-14)
	}
}

// specials puts NaN, infinities and zeros into each operand.
func (e entry) specials(t *testing.T) {
	if e.tame {
		return
	}
	for i, x := range e.at {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1)} {
			at := slices.Clone(e.at)
			data := x.Float64s()
			data[len(data)/2] = v
			at[i] = num.New(data, x.Shape()...)
			what := fmt.Sprintf("%v in operand %d", v, i)
			e.value(t, what, at)
			e.jacobians(t, what, at)
		}
	}
}
