package transforms_test

import (
	"math"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// These tests are of what other packages for Go get wrong or refuse.

func TestSecondDerivativeOfACube(t *testing.T) {
	cube := func(x num.Array) num.Array { return num.Mul(x, x, x) }
	for mixture := range 8 {
		f := cube
		for order, want := range []float64{3 * 4, 6 * 2, 6} {
			f = differentiated(f, mixture>>order&1 == 1)
			if got := f(num.Scalar(2)).Float64(); got != want {
				t.Errorf("derivative %d in mixture %b: %v, want %v", order+1, mixture, got, want)
			}
		}
	}
}

// Second order through operations that move and add elements: Hessians against closed forms.
func TestSecondOrderThroughLayout(t *testing.T) {
	x := []float64{0.5, -1, 2, 0.25}
	sums := []float64{0.5, -0.5, 1.5, 1.75}
	for name, c := range map[string]struct {
		f    func(x num.Array) num.Array
		want func(i, j int) float64
	}{
		"CumSum": {func(x num.Array) num.Array { return num.Sum(num.Pow(num.CumSum(x, 0), 3)) }, func(i, j int) float64 {
			h := 0.0
			for _, s := range sums[max(i, j):] {
				h += 6 * s
			}
			return h
		}},
		"Slice": {func(x num.Array) num.Array {
			return num.Sum(num.Pow(num.Sub(num.Slice(x, 1, num.End), num.Slice(x, 0, -1)), 4))
		}, func(i, j int) float64 {
			h := 0.0
			for k := range 3 {
				d := 12 * math.Pow(x[k+1]-x[k], 2)
				sign := map[int]float64{k: -1, k + 1: 1}
				h += d * sign[i] * sign[j]
			}
			return h
		}},
		"Index": {func(x num.Array) num.Array {
			return num.Sum(num.Pow(num.Index(x, num.FromInts([]int{0, 0, -1}, 3)), 3))
		}, func(i, j int) float64 {
			if i != j {
				return 0
			}
			return []float64{2 * 6 * x[0], 0, 0, 6 * x[3]}[i]
		}},
		"Prod": {func(x num.Array) num.Array { return num.Prod(x) }, func(i, j int) float64 {
			h := 1.0
			for k, v := range x {
				if k != i && k != j {
					h *= v
				}
			}
			if i == j {
				return 0
			}
			return h
		}},
		"Prod of zeros": {func(x num.Array) num.Array { return num.Prod(num.Mul(x, num.Vector(0, 0, 1, 1))) },
			func(int, int) float64 { return 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			got := hvp.Hessian(c.f)(num.Vector(x...)).Float64s()
			for i := range x {
				for j := range x {
					if g, w := got[4*i+j], c.want(i, j); math.Abs(g-w) > 1e-13*math.Max(1, math.Abs(w)) {
						t.Errorf("entry %d, %d: %v, want %v", i, j, g, w)
					}
				}
			}
		})
	}
}

// Hessian entries of a product with two zeros: only that of the two is not 0.
func TestHessianOfProductWithZeros(t *testing.T) {
	h := hvp.Hessian(func(x num.Array) num.Array { return num.Prod(x) })(num.Vector(0, 0, 3)).Float64s()
	if want := []float64{0, 3, 0, 3, 0, 0, 0, 0, 0}; !slices.Equal(h, want) {
		t.Errorf("%v, want %v", h, want)
	}
}

func TestVectorOutputs(t *testing.T) {
	f := func(x num.Array) num.Array {
		return num.Stack(0, num.Mul(x.At(0), x.At(1)), num.Sin(x.At(0)), num.Square(x.At(1)))
	}
	x := num.Vector(0.5, 3)
	want := []float64{3, 0.5, math.Cos(0.5), 0, 0, 6}
	for name, j := range map[string]num.Array{"forward": jac.Fwd(f)(x), "reverse": jac.Rev(f)(x)} {
		if !slices.Equal(j.Shape(), []int{3, 2}) || !slices.Equal(j.Float64s(), want) {
			t.Errorf("%s: %v %v, want %v", name, j.Shape(), j.Float64s(), want)
		}
	}
	y, pull := transforms.VJP(f, x)
	if !slices.Equal(y.Float64s(), []float64{1.5, math.Sin(0.5), 9}) {
		t.Errorf("value %v", y.Float64s())
	}
	for row := range 3 { // the pullback serves many cotangents
		ct := make([]float64, 3)
		ct[row] = 1
		if got := pull(num.Vector(ct...)).Float64s(); !slices.Equal(got, want[2*row:2*row+2]) {
			t.Errorf("row %d: %v, want %v", row, got, want[2*row:2*row+2])
		}
	}
}

// A Hessian-vector product takes a constant number of passes: as many equations whatever the
// size of the argument, and a small multiple of those of the function.
func TestHessianVectorProductIsConstantlyManyPasses(t *testing.T) {
	count := func(n int) (function, product, products int) {
		a := num.Reshape(num.Sin(num.Arange(n*n)), n, n)
		f := func(x num.Array) num.Array {
			return num.Sum(num.Tanh(num.MatMul(a, num.Tanh(num.MatMul(a, x)))))
		}
		x := num.Ones(n)
		function = len(trace.MustOf(f, x).Equations())
		p := trace.MustOf(func(v num.Array) num.Array { return hvp.Product(f)(v, v) }, x)
		for _, e := range p.Equations() {
			if e.Primitive.Name() == "dot" {
				products++
			}
		}
		return function, len(p.Equations()), products
	}
	function, product, products := count(2)
	function2, product2, products2 := count(100)
	if function != function2 || product != product2 || products != products2 {
		t.Errorf("n = 2: %d equations, %d of them products; n = 100: %d, %d", product, products, product2, products2)
	}
	// Two products forward, two for their tangents, and as many for each on the way back.
	if products > 8 || product > 10*function {
		t.Errorf("%d products of matrices in %d equations, for a function of %d", products, product, function)
	}
}

func TestGradientOfNeg(t *testing.T) {
	for _, order := range []float64{-1, 0} {
		f := num.Neg
		if order == 0 {
			f = differentiated(f, false)
		}
		for _, forward := range []bool{false, true} {
			if got := differentiated(f, forward)(num.Scalar(3)).Float64(); got != order {
				t.Errorf("forward %v: %v, want %v", forward, got, order)
			}
		}
	}
	g := transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Neg(num.Square(x))) })
	if got := g(num.Vector(1, -2)).Float64s(); !slices.Equal(got, []float64{-2, 4}) {
		t.Errorf("%v", got)
	}
}

func TestReductionsToExtremes(t *testing.T) {
	x := num.New([]float64{1, 5, 2, 7, 7, 3}, 2, 3)
	for name, c := range map[string]struct {
		f    func(x num.Array) num.Array
		want []float64
	}{
		"Amax of rows":    {func(x num.Array) num.Array { return num.Sum(num.Amax(x, 1)) }, []float64{0, 1, 0, 0.5, 0.5, 0}},
		"Amin of columns": {func(x num.Array) num.Array { return num.Sum(num.Amin(x, 0)) }, []float64{1, 1, 1, 0, 0, 0}},
		"Amin of Neg":     {func(x num.Array) num.Array { return num.Amin(num.Neg(x)) }, []float64{0, 0, 0, -0.5, -0.5, 0}},
		"square of Amax":  {func(x num.Array) num.Array { return num.Square(num.Amax(x)) }, []float64{0, 0, 0, 7, 7, 0}},
	} {
		if got := transforms.Grad(c.f)(x).Float64s(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Goroutines differentiate at once: different functions, and one function that they share.
func TestManyGoroutines(t *testing.T) {
	shared := transforms.JIT(transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Pow(num.Sin(x), 3)) }))
	var wg sync.WaitGroup
	for k := 1; k <= 16; k++ {
		wg.Go(func() {
			for i := range 20 {
				v := 0.1 * float64(i+k)
				power := transforms.Grad(transforms.Grad(func(x num.Array) num.Array { return num.Pow(x, k+1) }))
				want := float64(k*(k+1)) * math.Pow(v, float64(k-1))
				if got := power(num.Scalar(v)).Float64(); math.Abs(got-want) > 1e-13*math.Max(1, want) {
					t.Errorf("second derivative of x^%s at %v: %v, want %v", strconv.Itoa(k+1), v, got, want)
				}
				want = 3 * math.Pow(math.Sin(v), 2) * math.Cos(v)
				if got := shared(num.Vector(v)).Float64s()[0]; math.Abs(got-want) > 1e-14 {
					t.Errorf("shared gradient at %v: %v, want %v", v, got, want)
				}
			}
		})
	}
	wg.Wait()
}
