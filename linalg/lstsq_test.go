package linalg_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"gonum.org/v1/gonum/mat"
)

// The pseudo-inverse, which Lstsq makes of the identity, is the one matrix that obeys the four conditions of
// Penrose, whatever the shape and the rank.
func TestLstsqIsThePseudoInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for _, size := range [][3]int{{1, 1, 1}, {3, 3, 3}, {5, 3, 3}, {3, 5, 3}, {4, 4, 2}, {6, 3, 1}, {3, 6, 2}, {30, 20, 20}, {20, 30, 7}, {2, 2, 0}} {
		m, n, rank := size[0], size[1], size[2]
		t.Run(fmt.Sprintf("%d x %d, rank %d", m, n, rank), func(t *testing.T) {
			a := num.MatMul(num.Normal(r, m, rank), num.Normal(r, rank, n))
			p := linalg.Lstsq(a, num.Eye(m), 1e-12)
			ap, pa := num.MatMul(a, p), num.MatMul(p, a)
			compare(t, "A P A = A, P A P = P, A P and P A symmetric",
				[]num.Array{num.MatMul(ap, a), num.MatMul(pa, p), ap, pa},
				[]num.Array{a, p, num.Transpose(ap), num.Transpose(pa)}, 1e-12)
		})
	}
}

// Least squares are gonum's, by QR, and at square matrices those of Solve.
func TestLstsqValues(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for _, n := range []int{1, 2, 5, 17, 40} {
		a, b := num.Normal(r, 2*n, n), num.Normal(r, 2*n)
		var x mat.VecDense
		if err := x.SolveVec(dense(a), mat.NewVecDense(2*n, b.Float64s())); err != nil {
			t.Fatal(err)
		}
		compare(t, "tall", []num.Array{linalg.Lstsq(a, b)}, []num.Array{num.Vector(x.RawVector().Data...)}, 1e-13)
		well := num.Add(num.Eye(n), num.Mul(0.5/float64(n), num.Normal(r, n, n)))
		c := num.Normal(r, n, 3)
		compare(t, "square", []num.Array{linalg.Lstsq(well, c)}, []num.Array{linalg.Solve(well, c)}, 1e-14)
	}
}

// Derivatives at square matrices are those of Solve, too.
func TestLstsqDerivativesAreThoseOfSolve(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	a := num.Add(num.Eye(4), num.Mul(0.2, num.Normal(r, 4, 4)))
	b, v := num.Normal(r, 4), num.Normal(r, 4, 4)
	by := func(solve func(a, b num.Array) num.Array) (y [3]num.Array) {
		f := func(a num.Array) num.Array { return num.Sum(num.Sin(solve(a, b))) }
		return [3]num.Array{f(a), transforms.Grad(f)(a), hvp.Product(f)(a, v)}
	}
	got := by(func(a, b num.Array) num.Array { return linalg.Lstsq(a, b) })
	want := by(linalg.Solve)
	compare(t, "value, gradient and second derivative", got[:], want[:], 1e-13)
}

// Singular values up to the cutoff are none.
func TestLstsqCutoff(t *testing.T) {
	b := num.Vector(1, 1)
	for _, c := range []struct {
		name      string
		got, want num.Array
	}{
		{"above the default", linalg.Lstsq(square(1, 0, 0, 1e-15), b), num.Vector(1, 1e15)},
		{"below the default", linalg.Lstsq(square(1, 0, 0, 1e-16), b), num.Vector(1, 0)},
		{"below one's own", linalg.Lstsq(square(1, 0, 0, 1e-3), b, 1e-2), num.Vector(1, 0)},
		{"none", linalg.Lstsq(square(1, 0, 0, 1e-300), b, 0), num.Vector(1, 1e300)},
		{"relative to the largest", linalg.Lstsq(square(1e-200, 0, 0, 1e-201), b), num.Vector(1e200, 1e201)},
		{"zeros", linalg.Lstsq(num.Zeros(2, 2), b), num.Zeros(2)},
		{"the shortest", linalg.Lstsq(num.Ones(1, 4), num.Vector(2)), num.Full(0.5, 4)},
		{"the mean", linalg.Lstsq(num.Ones(4, 1), num.Vector(1, 2, 3, 6)), num.Vector(3)},
		{"no rows", linalg.Lstsq(num.Zeros(0, 2), num.Zeros(0)), num.Zeros(2)},
		{"no columns", linalg.Lstsq(num.Zeros(2, 0), b), num.Zeros(0)},
		{"NaN", linalg.Lstsq(square(1, nan, 0, 1), b), num.Vector(nan, nan)},
		{"infinity", linalg.Lstsq(square(inf, 0, 0, 1), b), num.Vector(nan, nan)},
		{"an infinite side", linalg.Lstsq(square(1, 0, 0, 1), num.New([]float64{inf, 1, 2, 3}, 2, 2)), num.New([]float64{nan, 1, nan, 3}, 2, 2)},
		{"a stack", linalg.Lstsq(num.Stack(0, square(nan, 0, 0, 1), num.Eye(2)), b), num.New([]float64{nan, nan, 1, 1}, 2, 2)},
	} {
		t.Run(c.name, func(t *testing.T) { compare(t, c.name, []num.Array{c.got}, []num.Array{c.want}, 1e-15) })
	}
}

// A column that nothing touches stays 0 where the matrix is NaN, in both modes.
func TestLstsqMasks(t *testing.T) {
	f := func(b num.Array) num.Array { return linalg.Lstsq(num.Stack(0, num.Full(nan, 2, 2), num.Eye(2)), b) }
	b := num.New([]float64{1, 2, 3, 4}, 2, 2, 1)
	want := make([]float64, 16)
	for i := range 2 {
		for k := range 2 {
			want[8*0+4*i+2*0+k] = nan
		}
		want[8*1+4*i+2*1+i] = 1
	}
	all := num.New(want, 2, 2, 1, 2, 2, 1)
	compare(t, "forward, reverse", []num.Array{jac.Fwd(f)(b), jac.Rev(f)(b)}, []num.Array{all, all}, 0)
}

// A matrix is decomposed once, whatever the order of the derivative.
func TestLstsqDecomposesOnce(t *testing.T) {
	f := func(a num.Array) num.Array { return num.Sum(linalg.Lstsq(a, num.Ones(4))) }
	for order := range 4 {
		count := 0
		for _, e := range trace.MustOf(f, num.Ones(4, 3)).Equations() {
			if e.Primitive.Name() == "ranked_svd" {
				count++
			}
		}
		if count != 1 {
			t.Errorf("order %d decomposes %d times", order, count)
		}
		g := f
		f = func(a num.Array) num.Array { return num.Sum(num.Square(transforms.Grad(g)(a))) }
	}
}

// A line through points, and how its slope answers to each of them.
func ExampleLstsq() {
	x := num.Vector(0, 1, 2, 3)
	slope := func(y num.Array) num.Array {
		return linalg.Lstsq(num.Stack(1, num.OnesLike(x), x), y).At(1)
	}
	y := num.Vector(1, 3, 5, 7)
	fmt.Printf("%.3f %.3f\n", slope(y).Float64(), transforms.Grad(slope)(y).Float64s())
	// Output:
	// 2.000 [-0.300 -0.100 0.100 0.300]
}
