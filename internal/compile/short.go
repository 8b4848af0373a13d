package compile

import (
	"runtime"
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/trace"
)

// short is a program that is one piece of machine code for scalars, between the memory of the caller's alone. It needs no
// frame: to get one takes as long as dozens of instructions.
type short struct {
	code    *amd64.Code
	in, out []slice64
	guarded bool
}

// slice64 is what Run is told of an array.
type slice64 struct {
	size int
	at   int // its number among the arrays of the code; unread if it does not matter
}

const (
	maxShort = 15 // arrays of a short program
	unread   = maxShort
)

// shortOf returns p as a short program, if it is one.
func shortOf(p *Program) *short {
	if len(p.steps) != 1 {
		return nil
	}
	s, ok := p.steps[0].(*scalarStep)
	if !ok || len(s.roots) > maxShort || s.carries > 1 || s.carries == 1 && s.guard < 0 || slices.Contains(p.direct, false) {
		return nil
	}
	code, ok := s.code.(*amd64.Code)
	if !ok || !code.Short() || p.sizesIn == nil || p.sizesOut == nil {
		return nil
	}
	known := 0
	find := func(v trace.Var, size int) slice64 {
		at := slices.Index(s.roots, v)
		if at < 0 {
			at = unread
		} else {
			known++
		}
		return slice64{size, at}
	}
	q := &short{code: code, guarded: s.carries == 1}
	for i, n := range p.sizesIn {
		q.in = append(q.in, find(trace.Var(i), n))
	}
	for i, n := range p.sizesOut {
		q.out = append(q.out, find(p.outs[i], n))
	}
	if known != len(s.roots) {
		return nil
	}
	return q
}

// RunShort does what Run does, or nothing if it returns false: slices do not fit the arrays, or overlap, or the program is
// not one that can be run in a short way.
func (p *Program) RunShort(out, in [][]float64) bool {
	s := p.short
	if s == nil || len(in) != len(s.in) || len(out) != len(s.out) {
		return false
	}
	var arrays [maxShort + 1]unsafe.Pointer
	low, high := ^uintptr(0), uintptr(0) // all slices so far are between them
	for i, x := range in {
		a := &s.in[i]
		if len(x) != a.size {
			return false
		}
		start := unsafe.Pointer(unsafe.SliceData(x))
		arrays[a.at&unread] = start
		low, high = min(low, uintptr(start)), max(high, uintptr(start)+uintptr(len(x))*8)
	}
	for i, x := range out {
		a := &s.out[i]
		if len(x) != a.size {
			return false
		}
		start := unsafe.Pointer(unsafe.SliceData(x))
		arrays[a.at&unread] = start
		from, to := uintptr(start), uintptr(start)+uintptr(len(x))*8
		if from < high && to > low && (overlapsAny(x, in) || overlapsAny(x, out[:i])) {
			return false
		}
		low, high = min(low, from), max(high, to)
	}
	var failed uint64
	s.code.RunOnce(&arrays[0], &failed)
	runtime.KeepAlive(in)
	runtime.KeepAlive(out)
	return failed == 0
}
