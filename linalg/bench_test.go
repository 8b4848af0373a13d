package linalg_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"gonum.org/v1/gonum/mat"
)

// BenchmarkSolve compares Solve, and its gradient by the matrix, with gonum's Solve.
func BenchmarkSolve(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{3, 10, 30, 100, 300} {
		x, v := num.Normal(r, n, n), num.Normal(r, n)
		m, w := dense(x), mat.NewVecDense(n, v.Float64s())
		f := func(x num.Array) num.Array { return num.Sum(linalg.Solve(x, v)) }
		bench(b, n, "Solve", transforms.JIT(f), x)
		bench(b, n, "gradient", transforms.JIT(transforms.Grad(f)), x)
		b.Run(fmt.Sprintf("%d/gonum", n), func(b *testing.B) {
			for b.Loop() {
				var y mat.VecDense
				if err := y.SolveVec(m, w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFunctions runs the others and their gradients.
func BenchmarkFunctions(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{3, 30, 100} {
		x := definite(n, n)(r)
		for name, f := range map[string]func(num.Array) num.Array{
			"Det": linalg.Det, "LogDet": linalg.LogDet,
			"Inv":      func(x num.Array) num.Array { return num.Sum(linalg.Inv(x)) },
			"Cholesky": func(x num.Array) num.Array { return num.Sum(linalg.Cholesky(x)) },
		} {
			bench(b, n, name, transforms.JIT(f), x)
			bench(b, n, name+" gradient", transforms.JIT(transforms.Grad(f)), x)
		}
	}
}

func bench(b *testing.B, n int, name string, f func(num.Array) num.Array, x num.Array) {
	b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
		for b.Loop() {
			f(x)
		}
	})
}
