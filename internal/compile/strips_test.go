package compile_test

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/gemm"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// mixture is what a mixture of normal distributions asks for, and its derivative: from points, f64[n,d], and matrices, f64[k,d,d].
func mixture(in []num.Array) []num.Array {
	x, m := in[0], in[1]
	z := num.Einsum("nj,kij->nki", x, m)
	u := num.Sub(z, num.Sum(m, 2))
	weights := num.Softmax(num.Mul(-0.1, num.Sum(num.Square(u), 2)), 1)
	back := num.Mul(2, u, num.Reshape(weights, weights.Shape()[0], weights.Shape()[1], 1))
	return []num.Array{num.Sum(weights), num.Sum(weights, 0), num.Sum(back, 0), num.Einsum("nki,nj->kij", back, x)}
}

// compiledBy returns f compiled for arguments of the types of args.
func compiledBy(f fn, on compile.Backend, args ...num.Array) *compile.Program {
	types := make([]trace.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	return compile.Compile(trace.Build(types, f), on)
}

// TestStrips has numbers of places of which the last strip has as many as the others, or fewer.
func TestStrips(t *testing.T) {
	check := func(f fn, args ...num.Array) {
		t.Helper()
		if p := compiledBy(f, compile.Default(), args...); !strings.Contains(p.String(), "strips of ") {
			t.Errorf("no strips\n%v", p)
		}
		agree(t, f, args...)
	}
	for _, n := range []int{960, 1000, 641} {
		check(mixture, floats(1, n, 10), floats(2, 25, 10, 10))
	}
	check(func(in []num.Array) []num.Array {
		z := num.Einsum("nj,ij->ni", in[1], in[0])
		return []num.Array{num.Sum(num.Square(z), 0), num.Sum(num.Square(num.Sum(z, 1)))}
	}, floats(3, 50, 8), floats(4, 4000, 8))
	check(func(in []num.Array) []num.Array { // as many numbers for each place as there are places
		z := num.Sum(num.Square(num.Einsum("nj,kij->nki", in[0], in[1])), 1, 2)
		return []num.Array{num.Sum(num.Mul(num.Reshape(z, -1, 1), in[2]), 0)}
	}, floats(5, 640, 10), floats(6, 80, 10, 10), floats(7, 640))
	check(func(in []num.Array) []num.Array { // what has places is a result, in part, and read by others
		z := num.Einsum("nj,kij->nki", in[0], in[1])
		y := num.Sum(num.Square(z), 1, 2)
		return []num.Array{y, num.Sum(z, 0), num.Sort(y, 0)}
	}, floats(8, 1000, 10), floats(9, 25, 10, 10))
}

// TestNoStrips has products whose readers need all of it, make much of it, or would have to make it again dearly.
func TestNoStrips(t *testing.T) {
	x, m, wide := floats(1, 1000, 10), floats(2, 25, 10, 10), floats(3, 1000, 200)
	product := func(in []num.Array) num.Array { return num.Einsum("nj,kij->nki", in[0], in[1]) }
	for name, f := range map[string]fn{
		"a result": func(in []num.Array) []num.Array { return []num.Array{product(in), num.Sum(product(in))} },
		"wide": func(in []num.Array) []num.Array {
			sum := num.Reshape(num.Sum(product(in), 1, 2), -1, 1)
			return []num.Array{num.Sum(num.Square(num.Add(sum, in[2])), 0)}
		},
		"all": func(in []num.Array) []num.Array { return []num.Array{num.Sum(num.CumSum(product(in), 0), 0)} },
	} {
		if p := compiledBy(f, compile.Default(), x, m, wide); strings.Contains(p.String(), "strips") {
			t.Errorf("%s: %v", name, p)
		}
		agree(t, f, x, m, wide)
	}
	dear := func(in []num.Array) []num.Array { return []num.Array{num.Sum(num.Square(num.MatMul(in[0], in[1])), 0)} }
	if p := compiledBy(dear, compile.Default(), floats(3, 5000, 100), floats(4, 100, 40)); strings.Contains(p.String(), "strips") {
		t.Error(p)
	}
}

// visitor writes random functions of what there is at many places. All is positive, so that no rounding grows.
type visitor struct {
	*rand.Rand
	x     num.Array   // f64[n,d]
	along []num.Array // with places
	sums  []num.Array
}

func (p *visitor) one() num.Array { return p.along[p.IntN(len(p.along))] }

// inner returns a random axis behind that of places, if there is one.
func (p *visitor) inner(y num.Array) int { return 1 + p.IntN(max(1, y.Rank()-1)) }

func (p *visitor) add() {
	y := p.one()
	shape, axis := y.Shape(), p.inner(y)
	keep := func(z num.Array) { p.along = append(p.along, z) }
	switch p.IntN(14) {
	case 0, 1:
		if y.Rank() > 1 {
			keep(num.Sum(y, axis))
		}
	case 2:
		if y.Rank() > 1 {
			keep(num.Div(y, num.KeepDims(num.Amax, y, axis)))
		}
	case 3:
		if y.Rank() > 1 {
			keep(num.Exp(num.Neg(num.Div(y, num.KeepDims(num.Sum, y, axis)))))
		}
	case 4:
		for _, z := range p.along {
			if z.Rank() == y.Rank() && z.Type().Equal(y.Type()) {
				y = num.Add(num.Sqrt(z), y)
			}
		}
		keep(y)
	case 5:
		keep(num.Mul(y, num.Add(0.5, num.Full(1.0, shape[1:]...))))
	case 6:
		if y.Rank() == 3 {
			keep(num.Transpose(y, 0, 2, 1))
		}
	case 7:
		keep(num.Reshape(y, shape[0], -1))
	case 8:
		column := num.Reshape(num.Greater(num.Sum(num.Slice(p.x, 0, num.End), 1), 5), append([]int{shape[0]}, ones(y.Rank()-1)...)...)
		keep(num.Where(column, y, num.Sqrt(y)))
	case 9:
		keep(num.Div(y, num.Add(1, num.Sum(y, 0)))) // of what comes from all places
	case 10:
		if y.Rank() > 1 {
			p.sums = append(p.sums, num.Sum(num.CumSum(y, axis), 0))
		}
	case 11:
		p.sums = append(p.sums, num.Sum(y, 0), num.Sum(y))
	case 12:
		p.sums = append(p.sums, num.Einsum("n...,nj->...j", y, p.x))
	case 13:
		p.sums = append(p.sums, num.Slice(num.Reshape(num.Sum(num.Reshape(y, shape[0], -1), 1), -1), 0, 600))
	}
}

func ones(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = 1
	}
	return s
}

// testStrips returns 1 if the func has strips.
func testStrips(t *testing.T, seed uint64, size int) (met int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 9))
	n, k := []int{660, 800, 803}[rnd.IntN(3)], 20+rnd.IntN(3)
	args := []num.Array{num.Abs(floats(seed, n, 10)), num.Abs(floats(seed+1, k, 10, 10))}
	types := []trace.Type{args[0].Type(), args[1].Type()}
	f := trace.Build(types, func(in []num.Array) []num.Array {
		z := num.Einsum("nj,kij->nki", in[0], in[1])
		p := &visitor{Rand: rnd, x: in[0], along: []num.Array{num.Add(z, num.Sum(in[1], 2)), num.Sqrt(in[0])}}
		for range size {
			p.add()
		}
		return append(p.sums, num.Sum(p.one(), 0), num.Sum(z, 0))
	})
	want := f.Eval(args...)
	for _, f := range []*trace.Func{f, pass.Simplify(f)} {
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			if err := same(run(p, args), want); err != nil {
				t.Fatalf("seed %d, size %d, %s: %v\n%v%v", seed, size, on.Name, err, f, p)
			}
			if strings.Contains(p.String(), "strips of") {
				met = 1
			}
		}
	}
	return met
}

func TestRandomStrips(t *testing.T) {
	count, met := 40, 0
	if testing.Short() {
		count = 10
	}
	for seed := range uint64(count) {
		met += testStrips(t, seed, 1+int(seed%10))
	}
	if met < count/3 {
		t.Errorf("%d of %d funcs have strips", met, count)
	}
}

func FuzzStrips(f *testing.F) {
	f.Add(uint64(1), uint8(10))
	f.Fuzz(func(t *testing.T, seed uint64, size uint8) { testStrips(t, seed, int(size%10)) })
}

// Strips run on any number of threads, with the same results to the bit.
func TestStripThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	in := []num.Array{floats(1, 1000, 10), floats(2, 25, 10, 10)}
	p := compiledBy(mixture, compile.Default(), in...)
	runtime.GOMAXPROCS(1)
	want := p.Call(in)
	for _, procs := range []int{2, 3, 8} {
		runtime.GOMAXPROCS(procs)
		for range 10 {
			for i, y := range p.Call(in) {
				if !sameBits(y, want[i]) {
					t.Fatalf("result %d differs with %d threads\n%v", i, procs, p)
				}
			}
		}
	}
}

// What is known when a program is compiled is computed then, strips too.
func TestStripEval(t *testing.T) {
	x, m := floats(1, 1000, 10), floats(2, 25, 10, 10)
	f := trace.Build([]trace.Type{x.Type(), m.Type()}, mixture)
	if err := same(compile.InStrips(f).Eval(x, m), f.Eval(x, m)); err != nil {
		t.Error(err)
	}
}

// A product that sums over places is added up from those of strips as it is in one.
func TestStripProducts(t *testing.T) {
	if gemm.Lanes(1, 1) == 1 {
		t.Skip("no kernels: sums are in the order of blas64")
	}
	f := func(in []num.Array) []num.Array {
		return []num.Array{num.Einsum("nki,nj->kij", num.Sin(num.Einsum("nj,kij->nki", in[0], in[1])), in[0])}
	}
	x, m := floats(1, 1000, 10), floats(2, 25, 10, 10)
	got := compiledBy(f, compile.Default(), x, m).Call([]num.Array{x, m})[0]
	whole := func(in []num.Array) []num.Array { return []num.Array{num.Einsum("nki,nj->kij", in[0], in[1])} }
	y := compiledBy(func(in []num.Array) []num.Array {
		return []num.Array{num.Sin(num.Einsum("nj,kij->nki", in[0], in[1]))}
	}, compile.Default(), x, m).Call([]num.Array{x, m})[0]
	if want := compiledBy(whole, compile.Default(), y, x).Call([]num.Array{y, x})[0]; !sameBits(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
