package linalg_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"gonum.org/v1/gonum/mat"
)

func dense(x num.Array) *mat.Dense {
	s := x.Shape()
	return mat.NewDense(s[0], s[1], x.Float64s())
}

func array(m mat.Matrix) num.Array {
	r, c := m.Dims()
	return num.New(mat.DenseCopyOf(m).RawMatrix().Data, r, c)
}

// Values are gonum's, for sizes on both sides of the one from which LAPACK takes over.
func TestValues(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 40, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			a, b, v := num.Normal(r, n, n), num.Normal(r, n, 3), num.Normal(r, n)
			m := dense(a)
			equal := func(what string, got num.Array, want mat.Matrix) {
				t.Helper()
				compare(t, what, []num.Array{num.Reshape(got, array(want).Shape()...)}, []num.Array{array(want)}, 1e-9)
			}
			var x, y, inverse mat.Dense
			x.Solve(m, dense(b))
			y.Solve(m, mat.NewVecDense(n, v.Float64s()))
			inverse.Inverse(m)
			equal("Solve", linalg.Solve(a, b), &x)
			equal("Solve of a vector", linalg.Solve(a, v), &y)
			equal("Inv", linalg.Inv(a), &inverse)

			logAbs, sign := mat.LogDet(m)
			s, log := linalg.SlogDet(a)
			equal("Det", linalg.Det(a), mat.NewDense(1, 1, []float64{mat.Det(m)}))
			equal("SlogDet", num.Stack(0, s, log), mat.NewDense(2, 1, []float64{sign, logAbs}))
			equal("LogDet", linalg.LogDet(a), mat.NewDense(1, 1, []float64{logAbs}))

			d := num.Add(num.MatMul(a, num.Transpose(a)), num.Eye(n))
			var c mat.Cholesky
			if !c.Factorize(mat.NewSymDense(n, d.Float64s())) {
				t.Fatal("not positive definite")
			}
			var l mat.TriDense
			c.LTo(&l)
			equal("Cholesky", linalg.Cholesky(d), &l)
		})
	}
}

// A triangular system with its triangle multiplied gives back the right-hand side.
func TestSolveTriangularValues(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 3, 16, 17, 50} {
		for k := range 3 {
			for flags := linalg.Triangle(0); flags < 16; flags += 2 {
				a, b := triangular(n, n)(r), num.Normal(r, n, k)
				x := linalg.SolveTriangular(a, b, flags)
				m := num.Tril(a)
				if flags&linalg.Upper != 0 {
					m = num.Triu(a)
				}
				if flags&linalg.UnitDiagonal != 0 {
					m = num.Where(num.Equal(num.Eye(n), 1), 1.0, m)
				}
				if flags&linalg.Transposed != 0 {
					m = num.Transpose(m)
				}
				compare(t, fmt.Sprintf("n = %d, k = %d, flags %d", n, k, flags), []num.Array{num.MatMul(m, x)}, []num.Array{b}, 1e-8)
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	for _, c := range []struct {
		name  string
		got   num.Array
		shape []int
	}{
		{"solve 0 x 0", linalg.Solve(num.Zeros(0, 0), num.Zeros(0)), []int{0}},
		{"solve 0 columns", linalg.Solve(num.Eye(20), num.Zeros(20, 0)), []int{20, 0}},
		{"solve 0 columns in stacks", linalg.Solve(num.Eye(2), num.Zeros(3, 2, 0)), []int{3, 2, 0}},
		{"solve no matrices", linalg.Solve(num.Zeros(0, 2, 2), num.Zeros(2)), []int{0, 2}},
		{"triangular 0 x 0", linalg.SolveTriangular(num.Zeros(0, 0), num.Zeros(0, 3), linalg.Upper), []int{0, 3}},
		{"inv 0 x 0", linalg.Inv(num.Zeros(2, 0, 0)), []int{2, 0, 0}},
		{"cholesky 0 x 0", linalg.Cholesky(num.Zeros(0, 0)), []int{0, 0}},
		{"cholesky no matrices", linalg.Cholesky(num.Zeros(0, 3, 3)), []int{0, 3, 3}},
		{"det no matrices", linalg.Det(num.Zeros(0, 5, 5)), []int{0}},
		{"logdet no matrices", linalg.LogDet(num.Zeros(2, 0, 5, 5)), []int{2, 0}},
	} {
		if !slices.Equal(c.got.Shape(), c.shape) {
			t.Errorf("%s has shape %v, want %v", c.name, c.got.Shape(), c.shape)
		}
	}
	if d := linalg.Det(num.Zeros(0, 0)).Float64(); d != 1 {
		t.Errorf("the determinant of no elements is %v", d)
	}
	sign, log := linalg.SlogDet(num.Zeros(0, 0))
	if sign.Float64() != 1 || log.Float64() != 0 {
		t.Errorf("slogdet of no elements is %v, %v", sign, log)
	}
}

func TestIntegersAreFloats(t *testing.T) {
	a, b := num.FromInts([]int{2, 0, 0, 4}, 2, 2), num.FromInts([]int{1, 1}, 2)
	compare(t, "Solve", []num.Array{linalg.Solve(a, b)}, []num.Array{num.Vector(0.5, 0.25)}, 0)
}

// A determinant that is a moderate number does not overflow on the way.
func TestDetScale(t *testing.T) {
	a := num.Diag(num.Vector(1e200, 1e200, 1e-200, 1e-200))
	compare(t, "Det", []num.Array{linalg.Det(a)}, []num.Array{num.Scalar(1)}, 1e-14)
	sign, log := linalg.SlogDet(num.Mul(-1e-300, num.Eye(5)))
	compare(t, "SlogDet", []num.Array{sign, log}, []num.Array{num.Scalar(-1), num.Scalar(5 * math.Log(1e-300))}, 1e-15)
}
