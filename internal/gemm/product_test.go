package gemm

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
)

func randomLayouts(rnd *rand.Rand) [3]layout {
	return [3]layout{layout(rnd.IntN(int(layouts))), layout(rnd.IntN(int(layouts))), layout(rnd.IntN(int(layoutsOfC)))}
}

// TestSizes holds products of all kinds of small sizes against sums in twice the precision.
func TestSizes(t *testing.T) {
	rounds := 1500
	if testing.Short() {
		rounds = 300
	}
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(1, 1))
		for round := range rounds {
			size := func() int {
				if rnd.IntN(4) == 0 {
					return rnd.IntN(3)
				}
				return rnd.IntN(71)
			}
			p := newProblem(t, rnd, size(), size(), size(), randomLayouts(rnd), [][]int{nil, nil, {2}, {3, 2}, {0}}[round%5]...)
			p.run(nil)
			p.check(t)
		}
	})
}

// TestGuards multiplies matrices all of which end, or start, at memory that must not be touched: odd sizes about those of
// tiles, panels and blocks, each operand transposed or not, and prepared if that is possible. The first sizes are in blocks.
func TestGuards(t *testing.T) {
	sizes := [][3]int{{101, 77, 163}, {53, 341, 193}, {257, 67, 261}, {405, 21, 163}}
	for _, m := range []int{2, 7, 9, 15, 17} {
		for _, n := range []int{2, 3, 5, 11, 13, 23, 25, 31, 33, 49, 63} {
			sizes = append(sizes, [3]int{m, n, 1 + (m*n)%19})
		}
	}
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(8, 8))
		for _, s := range sizes {
			m, n, k := s[0], s[1], s[2]
			for how := range layout(8) {
				for _, end := range []bool{false, true} {
					at := func(how layout, m, n int) *operand { return newOperandAt(t, rnd, end, how, nil, m, n) }
					p := problemOf(m, n, k, how&1 == 0, at(how&1, m, k), at(how>>1&1, k, n), at(how>>2, m, n))
					p.run(nil)
					p.check(t)
					got := slices.Clone(p.c.memory)
					if p.runSmall() && !slices.Equal(got, p.c.memory) {
						t.Fatalf("%+v: prepared, the result is another", p.Product)
					}
				}
			}
		}
	})
}

// TestPieces hands out a stack of products whose pieces are of two sizes, one of them small.
func TestPieces(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(80)) // two pieces for each of 40 matrices
	withKernels(t, func(t *testing.T) {
		p := newProblem(t, rand.New(rand.NewPCG(9, 9)), 130, 20, 16, [3]layout{columnMajor, rowMajor, rowMajor}, 40)
		p.run(func(n int, do func(int)) {
			for i := range n {
				do(i)
			}
		})
		p.check(t)
	})
}

// TestPrepared checks what products are prepared: small ones that kernels suit.
func TestPrepared(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		row, column := Strides{16, 1}, Strides{1, 16}
		for _, how := range [][2]Strides{{row, row}, {column, row}, {row, column}, {column, column}} {
			p := Product{M: 16, N: 16, K: 16, A: how[0], B: how[1], C: row}
			if got, want := p.Small() != nil, best != nil; got != want {
				t.Errorf("%+v is prepared: %v", p, got)
			}
		}
		for _, p := range []Product{
			{M: 1, N: 16, K: 16, A: row, B: row, C: row}, {M: 16, N: 16, K: 0, A: row, B: row, C: row}, {M: 100, N: 16, K: 16, A: row, B: row, C: row},
			{M: 16, N: 16, K: 16, A: row, B: row, C: row, Batch: []Axis{{2, 256, 256, 256}}},
		} {
			if p.Small() != nil {
				t.Errorf("%+v is prepared", p)
			}
		}
	})
}

// TestTilesHoldNoPointers checks that no pointer beyond a matrix, which is another array's or nobody's, can be left where the
// garbage collector finds it: what stays between panels has none.
func TestTilesHoldNoPointers(t *testing.T) {
	for f := range reflect.TypeFor[tile]().Fields() {
		switch f.Type.Kind() {
		case reflect.Int, reflect.Uint64, reflect.Bool, reflect.Array:
		default:
			t.Errorf("%s is a %v", f.Name, f.Type)
		}
	}
}

// TestEdges walks the edges of tiles: rows and columns up to two of them and one more.
func TestEdges(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(2, 2))
		for m := 1; m <= 17; m++ {
			for n := 1; n <= 49; n++ {
				for how := range layout(2) {
					p := newProblem(t, rnd, m, n, 1+rnd.IntN(10), [3]layout{layout(rnd.IntN(2)), how, rowMajor})
					p.run(nil)
					p.check(t)
				}
			}
		}
	})
}

// TestBlocks holds products of several blocks against sums in twice the precision.
func TestBlocks(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(3, 3))
		for i, s := range [][3]int{
			{201, 30, 300}, {401, 21, 170}, {405, 45, 163}, {260, 90, 261}, {60, 1030, 40}, {50, 70, 700}, {193, 205, 257},
			{1, 3, 9000}, {1, 1, 20000}, {70, 1, 5000}, {2000, 1, 40}, {300, 200, 1},
		} {
			for j := range layout(3) {
				p := newProblem(t, rnd, s[0], s[1], s[2], [3]layout{j, (j + layout(i)) % 3, layout(i) % layoutsOfC})
				p.run(nil)
				p.check(t)
			}
		}
	})
}

// TestSameBits checks that neither strides nor stacks nor the split of the work change a bit.
func TestSameBits(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(4, 4))
		for _, s := range [][3]int{
			{5, 3, 20}, {16, 16, 16}, {40, 50, 60}, {1, 70, 300}, {70, 1, 5000}, {1, 1, 9001}, {300, 500, 270}, {130, 600, 20}, {4000, 1, 100}, {2, 2, 600},
			{405, 4, 170}, {405, 12, 170}, {405, 24, 170}, {405, 48, 170}, {405, 96, 170},
		} {
			plain := newProblem(t, rnd, s[0], s[1], s[2], [3]layout{rowMajor, rowMajor, rowMajor})
			plain.run(nil)
			for range 6 {
				how := [3]layout{layout(rnd.IntN(int(flatRows))), layout(rnd.IntN(int(flatRows))), layout(rnd.IntN(int(layoutsOfC)))}
				p := newProblem(t, rnd, s[0], s[1], s[2], how, 2)
				p.Add = plain.Add
				for at := range 2 {
					copyInto(p.a, at, plain.a.memory, p.M, p.K)
					copyInto(p.b, at, plain.b.memory, p.K, p.N)
					copyInto(p.c, at, plain.before, p.M, p.N)
				}
				p.before = slices.Clone(p.c.memory)
				for _, split := range []Split{nil, apart} {
					p.run(split)
					for at := range 2 {
						for i := range p.M {
							for j := range p.N {
								if got, want := p.c.memory[p.c.index([]int{at}, i, j)], plain.c.memory[i*p.N+j]; got != want {
									t.Fatalf("%v, layouts %v, split: %v: element %d, %d is %v and %v", s, how, split != nil, i, j, got, want)
								}
							}
						}
					}
				}
			}
		}
	})
}

// copyInto makes matrix at of a stack that of some elements in row-major order.
func copyInto(x *operand, at int, from []float64, m, n int) {
	for i := range m {
		for j := range n {
			x.memory[x.index([]int{at}, i, j)] = from[i*n+j]
		}
	}
}

// TestSpecial puts infinities, NaN and zeros at random places: the result is IEEE's.
func TestSpecial(t *testing.T) {
	values := []float64{math.Inf(1), math.Inf(-1), math.NaN(), 0, math.Copysign(0, -1), 0x1p-1074}
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(5, 5))
		for range 400 {
			p := newProblem(t, rnd, 1+rnd.IntN(30), 1+rnd.IntN(30), 1+rnd.IntN(30), randomLayouts(rnd))
			for _, x := range [][]float64{p.a.memory, p.b.memory} {
				for range 1 + rnd.IntN(4) {
					x[rnd.IntN(len(x))] = values[rnd.IntN(len(values))]
				}
			}
			p.run(nil)
			p.check(t)
		}
	})
}

// TestSignOfZero checks that a sum of products that are all -0 is +0, as that which starts from 0.
func TestSignOfZero(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		for _, n := range []int{1, 2, 30} {
			a, c := make([]float64, n*n), make([]float64, n*n)
			b := slices.Repeat([]float64{math.Copysign(0, -1)}, n*n)
			p := Product{M: n, N: n, K: n, A: Strides{n, 1}, B: Strides{n, 1}, C: Strides{n, 1}}
			p.Run(&c[0], &a[0], &b[0], nil)
			for _, v := range c {
				if v != 0 || math.Signbit(v) {
					t.Fatalf("%d: %v", n, v)
				}
			}
		}
	})
}

// recorder is an implementation of blas64 that a user has registered.
type recorder struct {
	gonum.Implementation
	calls int
}

func (r *recorder) Dgemm(ta, tb blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	r.calls++
	r.Implementation.Dgemm(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// TestRegistered checks that an implementation that the user has registered is asked.
func TestRegistered(t *testing.T) {
	r := &recorder{}
	p := newProblem(t, rand.New(rand.NewPCG(6, 6)), 20, 30, 40, [3]layout{rowMajor, columnMajor, rowMajor})
	prepared := p.Small()
	defer blas64.Use(blas64.Implementation())
	blas64.Use(r)
	p.run(nil)
	p.check(t)
	if r.calls != 1 {
		t.Errorf("%d calls of Dgemm", r.calls)
	}
	if prepared == nil {
		t.Skip("no kernels")
	}
	copy(p.c.memory, p.before)
	prepared.Run(p.c.pointer(), p.a.pointer(), p.b.pointer())
	p.check(t)
	if r.calls != 2 {
		t.Errorf("%d calls of Dgemm, with a product prepared before", r.calls)
	}
}
