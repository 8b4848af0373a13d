package pass_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// drawMultiples returns random products, quotients, sums and signs of two arrays x, by scalars s, and how large the results are
// without signs.
func drawMultiples(r *rand.Rand) func(x, s num.Array) (y, size num.Array) {
	type step struct{ kind, a, b, c int }
	steps := make([]step, 12)
	for k := range steps {
		steps[k] = step{r.IntN(6), max(0, k+2-1-r.IntN(4)), max(0, k+2-1-r.IntN(4)), r.IntN(3)}
	}
	return func(x, s num.Array) (y, size num.Array) {
		ys, sizes := []num.Array{x.At(0), x.At(1)}, []num.Array{num.Abs(x.At(0)), num.Abs(x.At(1))}
		for _, p := range steps {
			a, b, c := ys[p.a], ys[p.b], s.At(p.c)
			m, n, k := sizes[p.a], sizes[p.b], num.Abs(c)
			switch p.kind {
			case 0, 1:
				ys, sizes = append(ys, num.Mul(c, a)), append(sizes, num.Mul(k, m))
			case 2:
				ys, sizes = append(ys, num.Add(a, b)), append(sizes, num.Add(m, n))
			case 3:
				ys, sizes = append(ys, num.Sub(a, b)), append(sizes, num.Add(m, n))
			case 4:
				ys, sizes = append(ys, num.Div(a, c)), append(sizes, num.Div(m, k))
			case 5:
				ys, sizes = append(ys, num.Mul(-0.7, a)), append(sizes, num.Mul(0.7, m))
			}
		}
		last := len(ys) - 2
		return num.Stack(0, ys[last:]...), num.Stack(0, sizes[last:]...)
	}
}

// elements counts those of results that products, quotients, sums and signs make.
func elements(f *trace.Func) (n int) {
	for _, e := range f.Equations() {
		switch e.Primitive.Name() {
		case "mul", "div", "add", "sub", "neg":
			n += f.Type(e.Outs[0]).Size()
		}
	}
	return n
}

// Multiples that are made at once are the same but for rounding, and so is what becomes of infinities and NaN.
func TestScales(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	scales := passNamed("scales")
	changed := 0
	for range 400 {
		draw := drawMultiples(r)
		f := pass.Simplify(trace.Build([]trace.Type{num.Zeros(2, 5).Type(), num.Zeros(3).Type()}, func(in []num.Array) []num.Array {
			y, _ := draw(in[0], in[1])
			return []num.Array{y}
		}))
		g := scales.Run(f)
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		if g == f {
			continue
		}
		if changed++; elements(g) >= elements(f) {
			t.Errorf("%v\nbecame\n%v", f, g)
		}
		for range 20 {
			x, s := num.Normal(r, 2, 5), num.Normal(r, 3)
			want, got := f.Eval(x, s)[0].Float64s(), g.Eval(x, s)[0].Float64s()
			_, size := draw(x, s)
			for i, m := range size.Float64s() {
				if !(math.Abs(got[i]-want[i]) <= 64*0x1p-53*m) {
					t.Fatalf("at %v and %v, result %d is %v, want %v, of size %v\n%v\n%v", x, s, i, got[i], want[i], m, f, g)
				}
			}
		}
		x, s := num.Normal(r, 2, 5).Float64s(), num.Normal(r, 3)
		x[3] = math.NaN()
		y, z := f.Eval(num.Reshape(num.Vector(x...), 2, 5), s)[0].Float64s(), g.Eval(num.Reshape(num.Vector(x...), 2, 5), s)[0].Float64s()
		for i := range y {
			if math.IsNaN(y[i]) != math.IsNaN(z[i]) {
				t.Fatalf("with NaN, result %d is %v, want %v", i, z[i], y[i])
			}
		}
	}
	if changed < 100 {
		t.Errorf("%d funcs changed", changed)
	}
}
