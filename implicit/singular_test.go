package implicit_test

import (
	"testing"

	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// A problem with a direction in which nothing changes: x answers by as little as it can. The objective sees
// x[0] + x[1] and x[2] alone.
func TestFlatDirection(t *testing.T) {
	objective := func(p, x num.Array) num.Array {
		sum := num.Sub(num.Add(x.At(0), x.At(1)), num.Square(p.At(0)))
		rest := num.Sub(x.At(2), num.Sin(p.At(1)))
		return num.Add(num.Square(sum), num.Mul(num.Add(1, num.Square(p.At(0))), num.Square(rest)))
	}
	shortest := func(p num.Array) num.Array {
		half := num.Mul(0.5, num.Square(p.At(0)))
		return num.Stack(0, half, half, num.Sin(p.At(1)))
	}
	for name, solve := range map[string]function{
		"shortest": func(p, x0 num.Array) num.Array { return shortest(p) },
		// another answer, which moves as the shortest one does
		"moved": func(p, x0 num.Array) num.Array { return num.Add(shortest(p), num.Vector(3, -3, 0)) },
	} {
		for way, opts := range singularWays {
			x := implicit.Minimum(objective, solve, opts...)
			t.Run(name+" "+way, func(t *testing.T) {
				agree.Modes(t, func(p num.Array) num.Array { return x(p, num.Zeros(3)) },
					func(p num.Array) num.Array { return solve(p, p) }, num.Vector(0.7, -0.4), 1e-11)
			})
		}
	}
}

// singularWays are the ways to solve linear systems that may be singular.
var singularWays = map[string][]implicit.Option{
	"dense": {implicit.Cutoff(1e-10)},
	"free":  {implicit.MatrixFree(), implicit.LeastSquares(), implicit.Tolerance(1e-14)},
}

// More equations than there are of them independent, and as many unknowns: linear systems of each rank have the
// derivatives of the shortest least-squares solution.
func TestSingularSystems(t *testing.T) {
	left := num.New([]float64{1, 2, 0.5, -1, 3, 1}, 3, 2)
	// matrix has rank 2, and depends on p.
	matrix := func(p num.Array) num.Array {
		return num.MatMul(num.Mul(left, num.Exp(p.At(0))), num.Stack(0, num.Stack(0, num.Cos(p.At(1)), p.At(0), num.Scalar(1)), num.Vector(0, 1, -1)))
	}
	side := func(p num.Array) num.Array {
		return num.MatMul(matrix(p), num.Stack(0, num.Sin(p.At(1)), p.At(0), p.At(1)))
	}
	f := func(p, x num.Array) num.Array { return num.Sub(num.MatMul(matrix(p), x), side(p)) }
	shortest := func(p num.Array) num.Array { return linalg.Lstsq(matrix(p), side(p), 1e-10) }
	p := num.Vector(0.3, 0.8)
	// What x does outside of the null space of the matrix is determined.
	seen := func(x func(num.Array) num.Array) agree.Function {
		return func(p num.Array) num.Array { return num.MatMul(matrix(p), x(p)) }
	}
	for way, opts := range singularWays {
		t.Run(way, func(t *testing.T) {
			root := implicit.Root(f, func(p, _ num.Array) num.Array { return shortest(p) }, opts...)
			agree.Modes(t, seen(func(p num.Array) num.Array { return root(p, num.Zeros(3)) }), seen(shortest), p, 1e-10)
		})
	}
}

// cluster is the energy of atoms with the pair potential of Lennard-Jones, of depth p[0] and size p[1].
func cluster(p, x num.Array) num.Array {
	n := x.Shape()[0]
	d := num.Sub(num.ExpandDims(x, 1), num.ExpandDims(x, 0))
	r2 := num.Add(num.Sum(num.Square(d), -1), num.Eye(n))
	s6 := num.Pow(num.Div(num.Square(p.At(1)), r2), 3)
	pairs := num.Mul(num.Sub(1, num.Eye(n)), num.Sub(num.Square(s6), s6))
	return num.Mul(2, p.At(0), num.Sum(pairs))
}

// A molecule may move and turn: the Hessian of its energy has six zeros among its eigenvalues, up to the error of the
// answer. At the minimum all lengths are proportional to the size of the potential, and the energy to its depth.
func TestCluster(t *testing.T) {
	solve := implicit.Opaque(func(p, x0 num.Array) num.Array {
		flat := func(v num.Array) num.Array { return cluster(p, num.Reshape(v, x0.Shape()...)) }
		r, err := optimize.Minimize(bridge.Problem(flat), num.Ravel(x0).Float64s(), &optimize.Settings{GradientThreshold: 1e-6}, &optimize.BFGS{})
		if err != nil {
			t.Error(err)
		}
		x := r.X
		for range 4 { // to rounding
			v := num.Vector(x...)
			x = num.Sub(v, linalg.Lstsq(jac.Fwd(transforms.Grad(flat))(v), transforms.Grad(flat)(v), 1e-6)).Float64s()
		}
		return num.New(x, x0.Shape()...)
	})
	// Seven atoms, near a pentagonal bipyramid.
	guess := num.New([]float64{0, 0, 0.6, 0, 0, -0.6, 1, 0, 0, 0.3, 0.95, 0, -0.8, 0.6, 0, -0.8, -0.6, 0, 0.3, -0.95, 0}, 7, 3)
	p := num.Vector(1.3, 0.9)
	// size is the sum of the squares of all distances, which scales as p[1]².
	size := func(x num.Array) num.Array {
		return num.Sum(num.Square(num.Sub(num.ExpandDims(x, 1), num.ExpandDims(x, 0))))
	}
	for way, opts := range map[string][]implicit.Option{
		"dense": {implicit.Cutoff(1e-6)}, "free": {implicit.MatrixFree(), implicit.LeastSquares()},
	} {
		minimum := implicit.Minimum(cluster, solve, opts...)
		energyOf := func(p num.Array) num.Array { return cluster(p, minimum(p, guess)) }
		sizeOf := func(p num.Array) num.Array { return size(minimum(p, guess)) }
		e, s := energyOf(p).Float64(), sizeOf(p).Float64()
		second := num.New([]float64{0, 0, 0, 2 * s / 0.81}, 2, 2)
		equal := func(what string, got, want num.Array, tol float64) {
			t.Helper()
			agree.Equal(t, way+": "+what, got, want, tol)
		}
		equal("energy", num.Scalar(e), num.Scalar(-16.505384168*1.3), 1e-9) // Cambridge Cluster Database
		equal("energy, first", transforms.Grad(energyOf)(p), num.Vector(e/1.3, 0), 1e-10)
		equal("energy, second", jac.Fwd(transforms.Grad(energyOf))(p), num.Zeros(2, 2), 1e-7)
		equal("size, first", transforms.Grad(sizeOf)(p), num.Vector(0, 2*s/0.9), 1e-9)
		equal("size, forward over reverse", jac.Fwd(transforms.Grad(sizeOf))(p), second, 1e-7)
		equal("size, reverse over forward", jac.Rev(jac.Fwd(sizeOf))(p), second, 1e-7)
	}
}
