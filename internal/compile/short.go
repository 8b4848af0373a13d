package compile

import (
	"runtime"
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/trace"
)

// short is a program that is one piece of machine code for scalars, or one product, between the memory of the caller's
// alone. It needs no frame: to get one takes as long as dozens of instructions.
type short struct {
	code    *amd64.Code // or nil
	product *productStep
	factors [3]int // of the product, the result last, among the arrays
	in, out []slice64
	onto    bool // a result may be an argument's memory, the first element at the first: it is read before it is written
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
	if len(p.steps) != 1 || p.sizesIn == nil || p.sizesOut == nil || slices.Contains(p.direct, false) {
		return nil
	}
	q := &short{}
	var roots []trace.Var
	switch s := p.steps[0].(type) {
	case *scalarStep:
		code, ok := s.code.(*amd64.Code)
		if !ok || !code.Short() || s.carries > 1 || s.carries == 1 && s.guard < 0 {
			return nil
		}
		q.code, q.onto, roots = code, s.carries == 0, s.roots // what fails runs again
	case *productStep:
		q.product = s
		for i, v := range []trace.Var{s.in[0].root, s.in[1].root, s.out} {
			if !slices.Contains(roots, v) {
				roots = append(roots, v)
			}
			q.factors[i] = slices.Index(roots, v)
		}
	default:
		return nil
	}
	return q.bind(p, roots)
}

// bind finds where slices go among the arrays of the code, which are all to be slices.
func (s *short) bind(p *Program, roots []trace.Var) *short {
	if len(roots) > maxShort {
		return nil
	}
	known := 0
	find := func(v trace.Var, size int) slice64 {
		if at := slices.Index(roots, v); at >= 0 {
			known++
			return slice64{size, at}
		}
		return slice64{size, unread}
	}
	for i, n := range p.sizesIn {
		s.in = append(s.in, find(trace.Var(i), n))
	}
	for i, n := range p.sizesOut {
		s.out = append(s.out, find(p.outs[i], n))
	}
	if known != len(roots) {
		return nil
	}
	return s
}

// enter returns code that takes the slices of s itself, or nil. It is made before the unit is sealed.
func (s *short) enter(u unit) *amd64.Entry {
	if s == nil || s.code == nil {
		return nil
	}
	slices := func(of []slice64) (all []amd64.Slice) {
		for _, a := range of {
			all = append(all, amd64.Slice{Size: a.size, Array: a.at})
		}
		return all
	}
	return u.machine.Enter(s.code, slices(s.in), slices(s.out), s.onto)
}

// run runs the step. It returns false if that failed, and what is in the arrays for results then is of no use.
func (s *short) run(arrays *[maxShort + 1]unsafe.Pointer) bool {
	if s.code == nil {
		s.product.multiply(arrays[s.factors[0]], arrays[s.factors[1]], arrays[s.factors[2]])
		return true
	}
	var failed uint64
	s.code.RunOnce(&arrays[0], &failed)
	return failed == 0
}

// callShort does what Call does, or nothing if it returns nil.
func (p *Program) callShort(args []trace.Array) []trace.Array {
	s := p.short
	if s == nil {
		return nil
	}
	var arrays [maxShort + 1]unsafe.Pointer
	for i, a := range args {
		arrays[s.in[i].at&unread] = pointer(trace.Read(a))
	}
	results := make([]trace.Array, len(p.outs))
	for i, v := range p.outs {
		var b trace.Buffer
		results[i], b = trace.NewArray(p.vars[v].typ)
		arrays[s.out[i].at&unread] = pointer(b)
	}
	if !s.run(&arrays) {
		return nil
	}
	runtime.KeepAlive(args)
	runtime.KeepAlive(results)
	return results
}

// runSlices does what Run does, or nothing of use if it returns false: slices do not fit the arrays, or overlap, or the
// code fails.
func (s *short) runSlices(out, in [][]float64) bool {
	if len(in) != len(s.in) || len(out) != len(s.out) {
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
		if from < high && to > low && (s.overlaps(x, in) || overlapsAny(x, out[:i])) {
			return false
		}
		low, high = min(low, from), max(high, to)
	}
	ok := s.run(&arrays)
	runtime.KeepAlive(in)
	runtime.KeepAlive(out)
	return ok
}

// overlaps reports whether a result overlaps with arguments in a way that may not be.
func (s *short) overlaps(x []float64, in [][]float64) bool {
	for i, y := range in {
		if overlapsAny(x, in[i:i+1]) && !(s.onto && unsafe.SliceData(x) == unsafe.SliceData(y)) {
			return true
		}
	}
	return false
}
