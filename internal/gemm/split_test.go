package gemm

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// apart runs all at the same time.
func apart(n int, do func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(n - 1 - i) })
	}
	all.Wait()
}

// TestThreads checks that the number of threads, on which that of the pieces depends, does not change a bit.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(9, 9))
		for _, s := range []struct {
			m, n, k int
			stack   []int
		}{
			{600, 70, 170, nil}, {520, 490, 40, nil}, {301, 35, 333, []int{3}}, {900, 20, 30, []int{2, 2}},
			{257, 3, 300, nil}, {3000, 1, 400, nil}, {1, 1100, 300, nil}, {300, 30, 40, []int{0}},
		} {
			for _, how := range [][3]layout{{rowMajor, rowMajor, rowMajor}, {columnMajor, columnMajor, rowMajor}, {far, spaced, columnMajor}} {
				p := newProblem(t, rnd, s.m, s.n, s.k, how, s.stack...)
				p.run(nil)
				want := slices.Clone(p.c.memory)
				for _, procs := range []int{1, 2, 3, 4, 7, 64} {
					runtime.GOMAXPROCS(procs)
					for _, split := range []Split{apart, share} {
						p.run(split)
						for i, v := range p.c.memory {
							if math.Float64bits(v) != math.Float64bits(want[i]) {
								t.Fatalf("%v, layouts %v, %d threads: element %d of the memory is %v and %v", s, how, procs, i, v, want[i])
							}
						}
					}
				}
			}
		}
	})
}

// TestRowsOfPieces checks that few threads get larger pieces, but that never is one idle that had work with those of 128 rows.
func TestRowsOfPieces(t *testing.T) {
	for _, k := range levels() {
		for m := 1; m <= 1500; m += 7 {
			for _, others := range []int{1, 2, 3, 8, 50} {
				for threads := 1; threads <= 70; threads += 3 {
					rows, least := k.pieceRows(m, others, threads), even(m, partM, k.lanes)
					if rows < least || rows > 2*partM || rows < m && rows%k.lanes != 0 {
						t.Fatalf("%s: %d of %d rows, %d others, %d threads", k.name, rows, m, others, threads)
					}
					busy := func(rows int) float64 {
						pieces := parts(m, rows) * others
						return float64(pieces) / float64(parts(pieces, threads)*threads)
					}
					if now, small := busy(rows), busy(least); now < min(small, 0.9) {
						t.Fatalf("%s: %d of %d rows, %d others, %d threads: %.2f of the threads work, with %d rows %.2f",
							k.name, rows, m, others, threads, now, least, small)
					}
				}
			}
		}
		for _, c := range []struct{ m, others, threads, rows int }{
			{1024, 3, 2, 256}, {512, 2, 2, 256}, {256, 1, 2, 128}, {208, 1, 2, 104}, {1024, 3, 64, 128}, {200, 50, 2, 200}, {300, 1, 2, 152},
		} {
			if got := k.pieceRows(c.m, c.others, c.threads); got != c.rows {
				t.Errorf("%s, %+v: %d rows", k.name, c, got)
			}
		}
	}
}
