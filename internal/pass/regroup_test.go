package pass_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// polynomial is random straight-line code of products, sums and signs. Its steps read inputs, which come first, and steps before.
type polynomial struct {
	inputs int
	steps  []polyStep
}

type polyStep struct {
	kind int
	a, b int
	c    float64
}

const (
	aProduct = iota
	aSum
	aDifference
	aNegative
	aSquare
	aMultiple
	numKinds
)

func drawPolynomial(r *rand.Rand) polynomial {
	p := polynomial{inputs: 4}
	degree := []int{1, 1, 1, 1}
	for len(p.steps) < 14 {
		n := len(degree)
		s := polyStep{r.IntN(numKinds), r.IntN(n), r.IntN(n), []float64{2, -2, 0.5, 3, -0.7}[r.IntN(5)]}
		if r.IntN(2) == 0 {
			s.kind = aProduct
		}
		d := max(degree[s.a], degree[s.b])
		switch s.kind {
		case aProduct:
			d = degree[s.a] + degree[s.b]
		case aSquare:
			d = 2 * degree[s.a]
		}
		if d <= 12 {
			p.steps, degree = append(p.steps, s), append(degree, d)
		}
	}
	return p
}

// apply returns the last four steps.
func (p polynomial) apply(x num.Array) num.Array {
	var all []num.Array
	for i := range p.inputs {
		all = append(all, x.At(i))
	}
	for _, s := range p.steps {
		a, b := all[s.a], all[s.b]
		all = append(all, []func() num.Array{
			func() num.Array { return num.Mul(a, b) },
			func() num.Array { return num.Add(a, b) },
			func() num.Array { return num.Sub(a, b) },
			func() num.Array { return num.Neg(a) },
			func() num.Array { return num.Square(a) },
			func() num.Array { return num.Mul(s.c, a) },
		}[s.kind]())
	}
	return num.Stack(0, all[len(all)-4:]...)
}

// size returns what the results would be without signs: errors are measured by that.
func (p polynomial) size(x []float64) []float64 {
	var all []float64
	for _, v := range x {
		all = append(all, math.Abs(v))
	}
	for _, s := range p.steps {
		a, b := all[s.a], all[s.b]
		all = append(all, []float64{a * b, a + b, a + b, a, a * a, math.Abs(s.c) * a}[s.kind])
	}
	return all[len(all)-4:]
}

// arithmetic counts the equations that cost something.
func arithmetic(f *trace.Func) (n int) {
	for _, e := range f.Equations() {
		switch e.Primitive.Name() {
		case "mul", "add", "sub", "square", "fma":
			n++
		}
	}
	return n
}

// Products in another order are the same but for rounding, and so is what becomes of infinities and NaN.
func TestRegroup(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	regroup := passNamed("regroup")
	changed, saved := 0, 0
	special := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 1e15, -1e-15}
	for range 2000 {
		p := drawPolynomial(r)
		f := pass.Simplify(trace.MustOf(p.apply, num.Ones(4)))
		g := regroup.Run(f)
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		if g == f {
			continue
		}
		changed++
		saved += arithmetic(f) - arithmetic(g)
		for k := range 40 {
			x := make([]float64, 4)
			for i := range x {
				if x[i] = r.NormFloat64(); k%2 == 1 {
					x[i] = special[r.IntN(len(special))]
				}
			}
			want, got := f.Eval(num.Vector(x...))[0].Float64s(), g.Eval(num.Vector(x...))[0].Float64s()
			for i, size := range p.size(x) {
				w, y := want[i], got[i]
				same := y == w || math.Abs(y-w) <= 64*0x1p-53*size && !math.IsInf(size, 0)
				if math.IsNaN(w) { // inf*x - inf*y
					same = math.IsNaN(y) || math.IsInf(y, 0)
				}
				if !same {
					t.Fatalf("at %v, result %d is %v, want %v, of size %v\n%v\n%v", x, i, y, w, size, f, g)
				}
			}
		}
	}
	if changed < 300 || saved < changed {
		t.Errorf("%d funcs changed, by %d equations in all", changed, saved)
	}
}
