// Package harness measures the same work done by several contenders, in turns and in one process, and prints
// how many times as long as a base each of them takes.
package harness

import "time"

// Contender does the work of a row in one way.
type Contender struct {
	Name string
	// Time does the work n times and returns how long that took.
	Time func(n int) time.Duration
	// Result returns the arrays that the work gave last, the same ones in the same order for each contender of
	// a row. It is nil where there is nothing to compare.
	Result func() [][]float64
	// In is what a kernel is given, for contenders elsewhere that do the same.
	In [][]float64
	// Close, if there is one, ends what the contender needs.
	Close func() error
	// Missing says why there is nothing to measure, if so.
	Missing string
}

// Missing is a contender that cannot be measured here.
func Missing(name, why string) Contender { return Contender{Name: name, Missing: why} }

// Func returns a contender that calls work once for each time, with the slices that it fills.
func Func(name string, work func(), out ...[]float64) Contender {
	return Contender{Name: name, Time: Loop(work), Result: func() [][]float64 { return out }}
}

// Loop returns a function that times n calls of work.
func Loop(work func()) func(n int) time.Duration {
	return func(n int) time.Duration {
		start := clock()
		for range n {
			work()
		}
		return clock() - start
	}
}

// Kernel fills out from in, n times over.
type Kernel func(n int, in, out [][]float64)

// OfKernel returns the contender that a kernel is, with results of the given sizes. A nil kernel is one in C that
// was left out, since there was no C compiler.
func OfKernel(name string, k Kernel, in [][]float64, sizes ...int) Contender {
	if k == nil {
		c := Missing(name, "built without cgo")
		c.In = in
		return c
	}
	out := Slices(sizes...)
	return Contender{
		Name: name,
		Time: func(n int) time.Duration {
			start := clock()
			k(n, in, out)
			return clock() - start
		},
		Result: func() [][]float64 { return out },
		In:     in,
	}
}

// Repeat makes a kernel of a function in Go.
func Repeat(f func(in, out [][]float64)) Kernel {
	return func(n int, in, out [][]float64) {
		for range n {
			f(in, out)
		}
	}
}

// Slices returns slices of the given lengths.
func Slices(sizes ...int) [][]float64 {
	s := make([][]float64, len(sizes))
	for i, n := range sizes {
		s[i] = make([]float64, n)
	}
	return s
}
