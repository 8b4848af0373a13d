package linalg_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

var (
	inf = math.Inf(1)
	nan = math.NaN()
)

func square(v ...float64) num.Array {
	n := int(math.Sqrt(float64(len(v))))
	return num.New(v, n, n)
}

// embed returns the matrix a in the corner of an identity of 20 rows, which goes to LAPACK.
func embed(a num.Array) num.Array {
	n := a.Shape()[0]
	return num.SetSlice(num.Eye(20), a, 0, n, 0, n)
}

// What is singular gives what dividing by 0 gives, with plain loops and by LAPACK.
func TestSingularValues(t *testing.T) {
	zeroed := square(1, 0, 0, 0)
	for _, c := range []struct {
		name      string
		got, want num.Array
	}{
		{"solve [1 0; 0 0] x = (1, 1)", linalg.Solve(zeroed, num.Vector(1, 1)), num.Vector(nan, inf)},
		{"solve [1 0; 0 0] x = (1, 0)", linalg.Solve(zeroed, num.Vector(1, 0)), num.Vector(nan, nan)},
		{"solve [1 2; 2 4] x = (1, 3)", linalg.Solve(square(1, 2, 2, 4), num.Vector(1, 3)), num.Vector(inf, -inf)},
		{"solve, embedded", num.Slice(linalg.Solve(embed(square(1, 2, 2, 4)), num.Concat(0, num.Vector(1, 3), num.Zeros(18))), 1, 2),
			num.Vector(-inf)},
		{"solve with NaN", linalg.Solve(square(1, nan, 0, 1), num.Vector(1, 1)), num.Vector(nan, nan)},
		{"lower, 0 on the diagonal", linalg.SolveTriangular(square(0, 9, 1, 1), num.Vector(1, 2), linalg.Lower), num.Vector(inf, -inf)},
		{"upper, NaN below", linalg.SolveTriangular(square(2, 1, nan, 1), num.Vector(3, 1), linalg.Upper), num.Vector(1, 1)},
		{"unit, 0 on the diagonal", linalg.SolveTriangular(square(0, 9, 1, 0), num.Vector(1, 2), linalg.UnitDiagonal), num.Vector(1, 1)},
		{"inv of 0", linalg.Inv(square(0)), square(inf)},
		{"det", linalg.Det(square(1, 2, 2, 4)), num.Scalar(0)},
		{"det of 4 x 4", linalg.Det(num.Zeros(4, 4)), num.Scalar(0)},
		{"det of NaN", linalg.Det(num.Full(nan, 4, 4)), num.Scalar(nan)},
		{"logdet", linalg.LogDet(square(1, 2, 2, 4)), num.Scalar(-inf)},
		{"logdet of 20 x 20", linalg.LogDet(embed(square(1, 2, 2, 4))), num.Scalar(-inf)},
		{"cholesky, semidefinite", linalg.Cholesky(square(1, 1, 1, 1)), square(nan, 0, nan, nan)},
		{"cholesky, indefinite", linalg.Cholesky(square(1, 2, 2, 1)), square(nan, 0, nan, nan)},
		{"cholesky of NaN", linalg.Cholesky(square(nan)), square(nan)},
		{"cholesky of infinity", linalg.Cholesky(square(inf)), square(nan)},
		{"cholesky, large", linalg.Cholesky(square(1e308)), square(1e154)},
	} {
		t.Run(c.name, func(t *testing.T) { compare(t, c.name, []num.Array{c.got}, []num.Array{c.want}, 1e-15) })
	}
	sign, log := linalg.SlogDet(square(-1, 0, 0, 0))
	compare(t, "slogdet", []num.Array{num.Div(1, sign), log}, []num.Array{num.Scalar(inf), num.Scalar(-inf)}, 0)
}

// At a nearly singular matrix the solution is large and finite, and its derivative the square of that.
func TestNearlySingular(t *testing.T) {
	const e = 0x1p-40
	a, b := square(1, 1, 1, 1+e), num.Vector(1, 2) // x = (1 - 1/e, 1/e), exactly
	compare(t, "Solve", []num.Array{linalg.Solve(a, b)}, []num.Array{num.Vector(1-1/e, 1/e)}, 0)
	second := func(a num.Array) num.Array { return linalg.Solve(a, b).At(1) }
	compare(t, "its gradient", []num.Array{transforms.Grad(second)(a)},
		[]num.Array{square(1/e*(1-1/e), 1/e/e, -1/e*(1-1/e), -1/e/e)}, 1e-15)
	compare(t, "Cholesky", []num.Array{linalg.Cholesky(a)}, []num.Array{square(1, 0, 1, 0x1p-20)}, 0)
	compare(t, "LogDet", []num.Array{linalg.LogDet(a)}, []num.Array{num.Scalar(-40 * math.Ln2)}, 1e-15)
}

// The gradient of a determinant is the matrix of cofactors, computed here from the minors.
func TestDetGradientIsCofactors(t *testing.T) {
	matrices := singularMatrices()
	matrices["nearly singular 4 x 4"] = num.Add(matrices["4 x 4, rank 2"], num.Mul(1e-13, num.Eye(4)))
	matrices["graded"] = num.Diag(num.Vector(1e-30, 1, 1e-20, 1e10, 1e20))
	for name, a := range matrices {
		n := a.Shape()[0]
		want := make([]float64, n*n)
		for i := range n {
			for j := range n {
				minor := num.Concat(0, num.Slice(a, 0, i), num.Slice(a, i+1, num.End))
				minor = num.Concat(1, num.Slice(minor, 0, num.End, 0, j), num.Slice(minor, 0, num.End, j+1, num.End))
				want[i*n+j] = math.Pow(-1, float64(i+j)) * linalg.Det(minor).Float64()
			}
		}
		compare(t, name, []num.Array{transforms.Grad(linalg.Det)(a)}, []num.Array{num.New(want, n, n)}, 1e-13)
	}
}

// Rows 125, 126, 127 and 133 of the facts about other systems.
func TestFacts(t *testing.T) {
	sum := func(f func(num.Array) num.Array) func(num.Array) num.Array {
		return func(x num.Array) num.Array { return num.Sum(f(x)) }
	}
	type system struct{ A, B num.Array }
	solved := transforms.Grad(func(s system) num.Array { return num.Sum(linalg.Solve(s.A, s.B)) })(system{square(2, 1, 1, 3), num.Vector(1, 2)})
	for _, c := range []struct {
		name      string
		got, want num.Array
		tol       float64
	}{
		{"det", transforms.Grad(linalg.Det)(singularMatrices()["facts 125"]), square(729, -1215, -1620, -1215, 2025, 2700, -1620, 2700, 3600), 0},
		{"det of 0", transforms.Grad(linalg.Det)(num.Zeros(3, 3)), num.Zeros(3, 3), 0},
		{"det of 0, 5 x 5", transforms.Grad(linalg.Det)(num.Zeros(5, 5)), num.Zeros(5, 5), 0},
		{"cholesky", transforms.Grad(sum(linalg.Cholesky))(square(2, 1, 1, 2)), square(.2788, .1494, .1494, .4082), 5e-5},
		{"logdet", transforms.Grad(linalg.LogDet)(square(2, 1, 1, 2)), square(2./3, -1./3, -1./3, 2./3), 1e-15},
		{"solve by A", solved.A, square(-.08, -.24, -.04, -.12), 1e-15},
		{"solve by b", solved.B, num.Vector(.4, .2), 1e-15},
	} {
		compare(t, c.name, []num.Array{c.got}, []num.Array{c.want}, c.tol)
	}
}

// Derivatives at what is singular or not finite are the same in both modes, NaN and infinities included,
// except that Solve, whose derivative contains a product of matrices, may have the one for the other.
func TestModesAgree(t *testing.T) {
	for name, x := range map[string]num.Array{
		"singular": square(1, 2, 2, 4), "zero": num.Zeros(2, 2), "NaN": square(1, nan, 0, 1), "infinity": square(1, 0, 0, inf),
		"5 x 5, NaN": num.Full(nan, 5, 5), "5 x 5, zero": num.Zeros(5, 5),
	} {
		n := x.Shape()[0]
		for what, f := range map[string]func(x num.Array) num.Array{
			"solve":    func(x num.Array) num.Array { return linalg.Solve(x, num.Ones(n)) },
			"cholesky": linalg.Cholesky,
			"logdet":   linalg.LogDet,
			"det":      linalg.Det,
		} {
			rev, fwd := jac.Rev(f)(x), jac.Fwd(f)(x)
			if what == "solve" {
				rev, fwd = num.Mul(0, rev), num.Mul(0, fwd)
			}
			compare(t, what+" at "+name, []num.Array{rev}, []num.Array{fwd}, 0)
		}
	}
}

// A column of right-hand sides that nothing varies has derivative 0 where the others have NaN.
func TestMasks(t *testing.T) {
	f := func(b num.Array) num.Array { return linalg.Solve(square(0), b) }
	for name, j := range map[string]func(num.Array) num.Array{"forward": jac.Fwd(f), "reverse": jac.Rev(f)} {
		compare(t, name, []num.Array{j(num.Ones(1, 2))}, []num.Array{num.New([]float64{inf, 0, 0, inf}, 1, 2, 1, 2)}, 0)
	}
	chosen := func(x num.Array) num.Array {
		return num.Where(num.Greater(x, 0), linalg.LogDet(num.Mul(x, num.Eye(2))), 0.0)
	}
	compare(t, "a branch not taken", []num.Array{transforms.Grad(chosen)(num.Scalar(0))}, []num.Array{num.Scalar(0)}, 0)
}
