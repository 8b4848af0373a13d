package transforms_test

import (
	"flag"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"pgregory.net/rapid"
)

// check checks a property n times, a fifth as often with -short. The programs are the same in every run
// unless -rapid.seed is given.
func check(t *testing.T, n int, property func(*rapid.T)) {
	if testing.Short() {
		n = max(1, n/5)
	}
	set := func(name, value string) {
		if f := flag.Lookup(name); f.Value.String() == f.DefValue {
			f.Value.Set(value)
			t.Cleanup(func() { f.Value.Set(f.DefValue) })
		}
	}
	set("rapid.seed", "1")
	set("rapid.checks", strconv.Itoa(n))
	set("rapid.nofailfile", "true")
	set("rapid.shrinktime", "5s")
	rapid.Check(t, property)
}

// drawTame draws a program whose values stay tame, with the directions in which to differentiate it.
func drawTame(t *rapid.T) (p *program, dx, ct []num.Array) {
	a := newArtist(t, false)
	in := a.arrays(a.number(1, 3, "inputs"))
	p = a.program(in, nil, a.number(1, 30, "steps"))
	for _, x := range in {
		dx = append(dx, a.array(x.Shape()))
	}
	for _, y := range p.apply(in) {
		ct = append(ct, a.array(y.Shape()))
	}
	return p, dx, ct
}

// exhibit reports the program of a property that fails.
func exhibit(t *rapid.T, p *program, format string, args ...any) {
	t.Helper()
	t.Logf("at %v:\n%v", p.in, trace.MustOf(p.apply, p.in))
	t.Fatalf(format, args...)
}

func TestRandomForwardIsReverse(t *testing.T) {
	check(t, 100, func(t *rapid.T) {
		p, dx, ct := drawTame(t)
		_, dy := transforms.JVP(p.apply, p.in, dx)
		_, pull := transforms.VJP(p.apply, p.in)
		back := pull(ct)
		forward, scale := products(ct, dy)
		reverse, scale2 := products(back, dx)
		if math.Abs(forward-reverse) > 1e-12*(1+scale+scale2) {
			exhibit(t, p, "<ct, J dx> = %v, <Jt ct, dx> = %v", forward, reverse)
		}
		_, push := transforms.Linearize(p.apply, p.in)
		same(t, p, "Linearize and JVP", push(dx), dy, 1e-12)
	})
}

// products returns the inner product of lists of arrays, and the sum of magnitudes in it.
func products(a, b []num.Array) (s, scale float64) {
	for i := range a {
		x, y := a[i].Float64s(), b[i].Float64s()
		for k := range x {
			s += x[k] * y[k]
			scale += math.Abs(x[k] * y[k])
		}
	}
	return s, scale
}

// same compares lists of arrays, to a relative error of the largest element.
func same(t *rapid.T, p *program, what string, got, want []num.Array, tol float64) {
	t.Helper()
	scale := 1 + largest(want)
	for i, w := range want {
		x, y := got[i].Float64s(), w.Float64s()
		if !slices.Equal(got[i].Shape(), w.Shape()) {
			exhibit(t, p, "%s: result %d has shape %v, want %v", what, i, got[i].Shape(), w.Shape())
		}
		for k := range y {
			if !(math.Abs(x[k]-y[k]) <= tol*scale) && !(tol == 0 && math.IsNaN(x[k]) && math.IsNaN(y[k])) {
				exhibit(t, p, "%s: element %d of result %d is %v, want %v", what, k, i, x[k], y[k])
			}
		}
	}
}

func TestRandomDifferences(t *testing.T) {
	compared, programs := 0, 0
	check(t, 100, func(t *rapid.T) {
		p, dx, _ := drawTame(t)
		programs++
		if p.rough {
			return
		}
		y, dy := transforms.JVP(p.apply, p.in, dx)
		near := func(h float64) []num.Array { return p.apply(moved(p.in, dx, h)) }
		const h = 1e-6
		right, left := slope(near(h), y, h), slope(y, near(-h), h)
		for i := range dy {
			d, r, l := dy[i].Float64s(), right[i], left[i]
			for k := range d {
				if math.Abs(r[k]-l[k]) > 1e-4*(1+math.Abs(d[k])) {
					continue // a kink or a jump between the two, or too curved
				}
				compared++
				if mid := (r[k] + l[k]) / 2; !(math.Abs(mid-d[k]) <= 1e-5*(1+math.Abs(d[k]))) {
					exhibit(t, p, "element %d of result %d: derivative %v, differences %v and %v", k, i, d[k], l[k], r[k])
				}
			}
		}
	})
	if compared < programs {
		t.Errorf("only %d derivatives of %d programs were compared", compared, programs)
	}
}

// moved returns x + h dx.
func moved(x, dx []num.Array, h float64) []num.Array {
	y := make([]num.Array, len(x))
	for i := range x {
		y[i] = num.Add(x[i], num.Mul(h, dx[i]))
	}
	return y
}

func slope(a, b []num.Array, h float64) [][]float64 {
	s := make([][]float64, len(a))
	for i := range a {
		s[i] = num.Div(num.Sub(a[i], b[i]), h).Float64s()
	}
	return s
}

func TestRandomLanes(t *testing.T) {
	check(t, 150, func(t *rapid.T) {
		p, dx, ct := drawTame(t)
		gradient := func(x []num.Array) []num.Array {
			y, pull := transforms.VJP(p.apply, x)
			return append(pull(ct), y...)
		}
		lanes := [][]num.Array{p.in, moved(p.in, dx, 0.5)}
		stacked := make([]num.Array, len(p.in))
		for i := range stacked {
			stacked[i] = num.Stack(0, lanes[0][i], lanes[1][i])
		}
		for _, f := range []func([]num.Array) []num.Array{p.apply, gradient} {
			got := transforms.Vmap(f)(stacked)
			for k, x := range lanes {
				var lane []num.Array
				for _, y := range got {
					lane = append(lane, num.Take(y, k, 0))
				}
				same(t, p, "Vmap", lane, f(x), 1e-11)
			}
		}
	})
}

func TestRandomJIT(t *testing.T) {
	check(t, 90, func(t *rapid.T) {
		p, _, _ := drawTame(t)
		want := p.apply(p.in)
		f := trace.MustOf(p.apply, p.in)
		eval := f.Eval(p.in...)
		same(t, p, "Eval", eval, want, 1e-12) // a step may be a JIT, compiled in one and traced in the other
		same(t, p, "JIT", transforms.JIT(p.apply)(p.in), want, 1e-12)
		// Equal residuals are one variable in a trace, so that cotangents meet in another order.
		same(t, p, "JIT of Grad", transforms.JIT(transforms.Grad(p.scalar))(p.in), transforms.Grad(p.scalar)(p.in), 1e-12)
		same(t, p, "simplified", pass.Simplify(f).Eval(p.in...), eval, 0)
	})
}

// The func of a program, and all that the transforms make of it, is sound and survives printing.
func TestRandomFuncs(t *testing.T) {
	check(t, 150, func(t *rapid.T) {
		p, _, _ := drawTame(t)
		f := trace.MustOf(p.apply, p.in)
		all := make([]bool, len(p.in))
		for i := range all {
			all[i] = true
		}
		primal, linear := tape.Linearize(f, all)
		for what, g := range map[string]*trace.Func{
			"f":          f,
			"simplified": pass.Simplify(f),
			"jvp":        dual.JVP(f, all),
			"primal":     primal,
			"tape":       linear.Func,
			"transposed": tape.Transpose(linear.Func),
			"vmap":       batch.Vmap(f, all, 2),
		} {
			if err := g.Check(); err != nil {
				exhibit(t, p, "%s: %v", what, err)
			}
			text, err := g.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := trace.Parse(string(text))
			if err != nil {
				exhibit(t, p, "%s: %v in\n%s", what, err, text)
			}
			if again, _ := parsed.MarshalText(); string(again) != string(text) {
				exhibit(t, p, "%s: printed again:\n%s\nwas\n%s", what, again, text)
			}
			if what == "f" {
				same(t, p, "parsed", parsed.Eval(p.in...), f.Eval(p.in...), 0)
			}
		}
		if err := tape.CheckLinear(linear.Func); err != nil {
			exhibit(t, p, "the tape: %v\n%v", err, linear.Func)
		}
	})
}

func TestRandomSecondOrder(t *testing.T) {
	check(t, 40, func(t *rapid.T) {
		p, v, _ := drawTame(t)
		grad := transforms.Grad(p.scalar)
		_, fr := transforms.JVP(grad, p.in, v)
		rr := transforms.Grad(func(x []num.Array) num.Array { return dotted(grad(x), v) })(p.in)
		rf := transforms.Grad(func(x []num.Array) num.Array {
			_, dy := transforms.JVP(p.scalar, x, v)
			return dy
		})(p.in)
		same(t, p, "reverse over reverse, and forward over reverse", rr, fr, 1e-9)
		same(t, p, "reverse over forward, and forward over reverse", rf, fr, 1e-9)
	})
}

// TestRandomResultsAreKept holds that arrays never change: what transforms were given, what they gave, and what a pullback has kept.
func TestRandomResultsAreKept(t *testing.T) {
	check(t, 100, func(t *rapid.T) {
		p, v, ct := drawTame(t)
		all := slices.Concat(p.in, v, ct)
		give := func(arrays []num.Array) []num.Array {
			all = append(all, arrays...)
			return arrays
		}
		y, pull := transforms.VJP(p.apply, p.in)
		give(y)
		first := give(pull(ct))
		_, dy := transforms.JVP(p.apply, p.in, v)
		give(dy)
		grad := transforms.Grad(p.scalar)
		give(grad(p.in))
		_, product := transforms.JVP(grad, p.in, v)
		give(product)
		before := make([][]float64, len(all))
		for i, x := range all {
			before[i] = x.Float64s()
		}
		for _, x := range all {
			num.Mul(x, 2)
			num.Neg(num.Exp(num.Sub(1, x)))
			num.Sum(num.Tanh(num.Reshape(x, x.Size())))
		}
		grad(all[:len(p.in)])
		same(t, p, "the pullback again", pull(ct), first, 0)
		for i, x := range all {
			for k, w := range x.Float64s() {
				if math.Float64bits(w) != math.Float64bits(before[i][k]) {
					exhibit(t, p, "element %d of array %d of %d is %v, and was %v", k, i, len(all), w, before[i][k])
				}
			}
		}
	})
}

func dotted(a, b []num.Array) num.Array {
	s := num.Scalar(0)
	for i := range a {
		s = num.Add(s, num.Sum(num.Mul(a[i], b[i])))
	}
	return s
}

// Programs left wild run into NaN and infinities. Forward and reverse must do so in the same
// places, with respect to one scalar at a time: a derivative is the sum over paths of products of
// coefficients. Which of NaN and the infinities comes out depends on the order of the sums.
func TestRandomWild(t *testing.T) {
	finite, others := 0, 0
	values := []float64{0, 1, 0.5, -1, 2, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1e-3}
	check(t, 300, func(t *rapid.T) {
		a := newArtist(t, true)
		in := make([]num.Array, a.number(1, 2, "inputs"))
		for i := range in {
			in[i] = num.Scalar(values[a.uniform(len(values), "value")])
		}
		p := a.program(in, []num.Array{}, a.number(1, 8, "steps"))
		first := func(x []num.Array) num.Array { return num.Take(num.Ravel(p.apply(x)[0]), 0, 0) }
		reverse := transforms.Grad(first)(in)
		for i := range in {
			_, forward := transforms.JVP(func(x num.Array) num.Array {
				at := slices.Clone(in)
				at[i] = x
				return first(at)
			}, in[i], num.Scalar(1))
			f, r := forward.Float64(), reverse[i].Float64()
			if (f-f == 0) != (r-r == 0) {
				exhibit(t, p, "derivative by input %d: forward %v, reverse %v", i, f, r)
			}
			switch {
			case f-f != 0:
				others++
			case f != 0:
				finite++
			}
		}
	})
	if finite == 0 || others == 0 {
		t.Errorf("%d finite derivatives that are not 0, %d not finite", finite, others)
	}
}

// The programs use every primitive of num, and those of control flow and custom rules.
func TestRandomProgramsUseEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many programs")
	}
	unused := trace.Registered()
	var use func(f *trace.Func)
	use = func(f *trace.Func) {
		for _, e := range f.Equations() {
			delete(unused, e.Primitive.Name())
			for _, g := range trace.Funcs(e.Primitive) {
				use(g)
			}
		}
	}
	check(t, 150, func(t *rapid.T) {
		a := newArtist(t, false)
		p := a.program(a.arrays(2), nil, 40)
		use(trace.MustOf(p.apply, p.in))
	})
	control := []string{"cond", "scan", "while", "checkpoint", "custom_jvp", "custom_vjp"}
	for name, p := range unused {
		if rows.Covers(p) || slices.Contains(control, name) {
			t.Errorf("no program uses %s", name)
		}
	}
}

// An array without elements carries no derivative on: a sum of nothing under a root has none.
func TestNothingHasNoDerivative(t *testing.T) {
	f := func(x num.Array) num.Array { return num.Sqrt(num.Sum(num.Slice(x, 0, 0))) }
	x := num.Vector(1, 2)
	_, dy := transforms.JVP(f, x, num.Vector(1, 1))
	if g := transforms.Grad(f)(x).Float64s(); dy.Float64() != 0 || g[0] != 0 || g[1] != 0 {
		t.Errorf("forward %v, reverse %v, want 0", dy.Float64(), g)
	}
}
