package num_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func source(seed string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(seed))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// walk checks all that must hold of a case.
func walk(t *testing.T, row rows.Row, c rows.Case) {
	x := drawn(c, t.Name())
	f := trace.MustOf(c.Do, x)
	if row.Primitive != "" && !slices.ContainsFunc(f.Equations(), func(e trace.Equation) bool { return e.Primitive.Name() == row.Primitive }) {
		t.Fatalf("%s does not occur:\n%v", row.Primitive, f)
	}
	w := &walker{T: t, c: c, r: source(t.Name() + "walk")}
	w.values("at random", x)
	w.splats(x)
	w.sound("", f, x)
	w.lanes(f, x)
	w.derivatives("", f, x, 1)
	w.jacobians("at random", f, x)
	w.masks(f, x)
	w.specials(f, x)
	for i, p := range c.Points {
		w.point(fmt.Sprintf("point %d %s", i, p.Name), p)
	}
}

// splats compares operands of one repeated value, which take no memory and have shortcuts, with the
// same operands spelt out.
func (w *walker) splats(x []num.Array) {
	w.Helper()
	short, long := slices.Clone(x), slices.Clone(x)
	for i, a := range x {
		if a.Size() == 0 {
			continue
		}
		first := num.Ravel(a).At(0)
		long[i] = rows.Of(a.Shape(), func([]int) float64 { return rows.Read(first).Data[0] }).Array(a.DType())
		v, _ := trace.Splat(first)
		short[i] = trace.Fill(v, a.Type())
	}
	w.sameBits("of repeated values", w.c.Do(short), w.c.Do(long))
	w.values("of repeated values", short)
}

type walker struct {
	*testing.T
	c rows.Case
	r *rand.Rand
}

// values compares what the function computes at once with the reference.
func (w *walker) values(what string, x []num.Array) {
	w.Helper()
	want := w.c.Want(tensors(x))
	got := w.c.Do(x)
	if len(got) != len(want) {
		w.Fatalf("%s: %d results, want %d", what, len(got), len(want))
	}
	for i, y := range got {
		g := rows.Read(y)
		if !slices.Equal(g.Shape, want[i].Shape) {
			w.Fatalf("%s: result %d has shape %v, want %v", what, i, g.Shape, want[i].Shape)
		}
		for k, v := range g.Data {
			if !agree(v, want[i].Data[k], w.c.Tol) {
				w.Errorf("%s: element %d of result %d of %v is %v, want %v", what, k, i, tensors(x), v, want[i].Data[k])
			}
		}
	}
}

// agree reports whether two numbers agree to a relative error, NaN and infinities included.
func agree(got, want, tol float64) bool {
	if math.IsNaN(got) || math.IsNaN(want) || math.IsInf(got, 0) || math.IsInf(want, 0) {
		return got == want || math.IsNaN(got) && math.IsNaN(want)
	}
	return math.Abs(got-want) <= tol*math.Max(math.Abs(want), 1)
}

// sound checks a func in itself: types, print and parse, Simplify and Compile.
func (w *walker) sound(what string, f *trace.Func, x []num.Array) {
	w.Helper()
	if err := f.Check(); err != nil {
		w.Fatalf("%s: %v", what, err)
	}
	y := f.Eval(x...)
	w.types(what, f, x)
	w.sameBits(what+" at once", f.Inline(x...), y)
	simple := pass.Simplify(f)
	w.sameBits(what+" simplified", simple.Eval(x...), y)

	text, _ := f.MarshalText()
	g, err := trace.Parse(string(text))
	if err != nil {
		w.Fatalf("%s: %v in\n%s", what, err, text)
	}
	if again, _ := g.MarshalText(); string(again) != string(text) {
		w.Errorf("%s: parsed and printed again:\n%s\nwas\n%s", what, again, text)
	}
	w.sameBits(what+" parsed", g.Eval(x...), y)

	if len(x) == 0 {
		return
	}
	program, err := transforms.Compile(func(x []num.Array) []num.Array { return f.Inline(x...) }, x)
	if err != nil {
		w.Fatalf("%s: %v", what, err)
	}
	w.compiled(what, program.Call(x), y)
}

// types compares what Eval gives with what Infer says, for each equation.
func (w *walker) types(what string, f *trace.Func, x []num.Array) {
	env := make([]trace.Buffer, f.NumVars())
	for i, a := range x {
		env[i] = trace.Read(a)
	}
	for _, e := range f.Equations() {
		in := make([]trace.Buffer, len(e.Ins))
		for i, v := range e.Ins {
			in[i] = env[v]
		}
		outs := e.Primitive.Eval(in, f.Types(e.Outs))
		for i, v := range e.Outs {
			if got, want := outs[i].Type, f.Type(v); !got.Equal(want) ||
				len(outs[i].F64)+len(outs[i].I64)+len(outs[i].Bool) != want.Size() {
				w.Errorf("%s: Eval of %s gives %v, Infer says %v", what, e.Primitive.Name(), got, want)
			}
			env[v] = outs[i]
		}
	}
}

func (w *walker) sameBits(what string, got, want []num.Array) {
	w.Helper()
	if len(got) != len(want) {
		w.Fatalf("%s: %d results, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		if !g.Type().Equal(want[i].Type()) {
			w.Errorf("%s: result %d is %v, want %v", what, i, g.Type(), want[i].Type())
			continue
		}
		a, b := rows.Read(g).Data, rows.Read(want[i]).Data
		for k := range a {
			if a[k] != b[k] && !(math.IsNaN(a[k]) && math.IsNaN(b[k])) || math.Signbit(a[k]) != math.Signbit(b[k]) && a[k] == 0 {
				w.Errorf("%s: element %d of result %d is %v, want %v", what, k, i, a[k], b[k])
				return
			}
		}
	}
}

// lanes compares Vmap with a loop of calls, for each subset of the operands, and for none, one and
// three lanes.
func (w *walker) lanes(f *trace.Func, x []num.Array) {
	for subset := 1; subset < 1<<len(x); subset++ {
		for _, n := range []int{0, 1, 3} {
			mapped := make([]bool, len(x))
			for i := range x {
				mapped[i] = subset>>i&1 == 1
			}
			w.loop(fmt.Sprintf("vmap of %d lanes over %v", n, mapped), f, mapped, n, func(int) []num.Array {
				fresh := slices.Clone(x)
				for i, o := range w.c.In {
					if mapped[i] {
						fresh[i] = o.Draw(w.r)
					}
				}
				return fresh
			})
		}
	}
}

// loop compares n lanes, whose operands lane gives, with as many calls.
func (w *walker) loop(what string, f *trace.Func, mapped []bool, n int, lane func(k int) []num.Array) {
	w.Helper()
	var ins, outs [][]num.Array
	for k := range n {
		ins = append(ins, lane(k))
		outs = append(outs, f.Eval(ins[k]...))
	}
	args := slices.Clone(lane(0))
	for i := range args {
		if mapped[i] {
			args[i] = stacked(args[i].Type(), ins, i)
		}
	}
	g := batch.Vmap(f, mapped, n)
	if err := g.Check(); err != nil {
		w.Fatalf("%s: %v", what, err)
	}
	want := make([]num.Array, len(f.Outputs()))
	for i, v := range f.Outputs() {
		want[i] = stacked(f.Type(v), outs, i)
	}
	if w.c.Contraction {
		w.nearly(what, g.Eval(args...), want)
	} else {
		w.sameBits(what, g.Eval(args...), want)
	}
}

// nearly compares arrays up to the rounding of sums.
func (w *walker) nearly(what string, got, want []num.Array) {
	w.Helper()
	for i, g := range got {
		if !g.Type().Equal(want[i].Type()) {
			w.Errorf("%s: result %d is %v, want %v", what, i, g.Type(), want[i].Type())
			continue
		}
		a, b := rows.Read(g).Data, rows.Read(want[i]).Data
		for k := range a {
			if !agree(a[k], b[k], 1e-13) {
				w.Errorf("%s: element %d of result %d is %v, want %v", what, k, i, a[k], b[k])
				return
			}
		}
	}
}

// compiled compares what a compiled program gives: its sums and its elementary functions are rounded
// in other ways.
func (w *walker) compiled(what string, got, want []num.Array) {
	w.Helper()
	for i, g := range got {
		if !g.Type().Equal(want[i].Type()) {
			w.Errorf("%s compiled: result %d is %v, want %v", what, i, g.Type(), want[i].Type())
			continue
		}
		a, b := rows.Read(g).Data, rows.Read(want[i]).Data
		scale := 0.0
		for _, v := range b {
			if v-v == 0 {
				scale = max(scale, math.Abs(v))
			}
		}
		for k := range a {
			exact := agree(a[k], b[k], 1e-13) && (a[k] != 0 || b[k] != 0 || math.Signbit(a[k]) == math.Signbit(b[k]))
			if !exact && !(math.Abs(a[k]-b[k]) <= 1e-14*scale) {
				w.Errorf("%s compiled: element %d of result %d is %v, want %v", what, k, i, a[k], b[k])
				return
			}
		}
	}
}

// stacked returns the i-th array of each row along a new leading axis.
func stacked(typ trace.Type, lanes [][]num.Array, i int) num.Array {
	t := rows.Tensor{Shape: typ.Batched(len(lanes)).Shape}
	for _, r := range lanes {
		t.Data = append(t.Data, rows.Read(r[i]).Data...)
	}
	return t.Array(typ.DType)
}

// specials puts NaN, infinities and signed zeros into the operands.
func (w *walker) specials(f *trace.Func, x []num.Array) {
	if w.c.Finite {
		return
	}
	values := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1)}
	var floats []int
	for i, a := range x {
		if a.DType() == trace.F64 && a.Size() > 0 {
			floats = append(floats, i)
		}
	}
	if len(floats) == 0 || len(floats) > 3 {
		return
	}
	program, err := transforms.Compile(func(x []num.Array) []num.Array { return f.Inline(x...) }, x)
	if err != nil {
		w.Fatal(err)
	}
	for k := range pow(len(values)+1, len(floats)) {
		at := slices.Clone(x)
		for _, i := range floats {
			if v := k % (len(values) + 1); v < len(values) {
				t := rows.Read(x[i])
				t.Data[w.r.IntN(len(t.Data))%2] = values[v]
				at[i] = t.Array(trace.F64)
			}
			k /= len(values) + 1
		}
		what := fmt.Sprintf("at %v", tensors(at))
		w.values(what, at)
		w.sameBits(what+", simplified", pass.Simplify(f).Eval(at...), f.Eval(at...))
		w.compiled(what, program.Call(at), f.Eval(at...))
		if !w.c.Contraction || allFinite(at) {
			w.jacobians(what, f, at)
			w.second(what, f, at)
		}
	}
}

func tensors(x []num.Array) []rows.Tensor {
	ts := make([]rows.Tensor, len(x))
	for i, a := range x {
		ts[i] = rows.Read(a)
	}
	return ts
}

func allFinite(x []num.Array) bool {
	for _, t := range tensors(x) {
		if slices.ContainsFunc(t.Data, func(v float64) bool { return v-v != 0 }) {
			return false
		}
	}
	return true
}

func pow(n, k int) int {
	p := 1
	for range k {
		p *= n
	}
	return p
}

// point checks the gradient at a point, and that the first two derivatives agree there.
func (w *walker) point(what string, p rows.Point) {
	x := make([]num.Array, len(p.In))
	for i, t := range p.In {
		x[i] = t.Array(w.c.In[i].Type.DType)
	}
	f := trace.MustOf(w.c.Do, x)
	w.values(what, x)
	w.jacobians(what, f, x)
	w.second(what, f, x)
	if p.Grad == nil {
		return
	}
	var got []num.Array
	for j := range active(f) {
		if active(f)[j] {
			got = append(got, num.Zero(x[j].Type()))
		}
	}
	for _, row := range reverseJacobian(f, x) {
		for i := range got {
			got[i] = num.Add(got[i], row[i])
		}
	}
	for i, g := range got {
		for k, v := range rows.Read(g).Data {
			if want := p.Grad[i].Data[k]; !agree(v, want, 1e-14) {
				w.Errorf("%s: gradient of operand %d at %v: %v, want %v", what, i, p.In, rows.Read(g).Data, p.Grad[i].Data)
				break
			}
		}
	}
}

// active marks the inputs that carry a derivative.
func active(f *trace.Func) []bool {
	a := make([]bool, len(f.Inputs()))
	for i, t := range f.Types(f.Inputs()) {
		a[i] = t.DType == trace.F64
	}
	return a
}
