package compile

import (
	"runtime"
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/trace"
)

// short is a program that is a few pieces of machine code and products, between the memory of the caller's and constants
// alone. It needs no frame: to get one takes as long as dozens of instructions.
type short struct {
	parts     []part
	constants [maxShort + 1]unsafe.Pointer // among the arrays; others are nil
	in, out   []slice64
	onto      bool // a result may be an argument's memory, the first element at the first: it is read before it is written
}

// part is one step of a short program.
type part struct {
	code    *amd64.Code // or nil
	n       int         // elements
	product *productStep
	at      []operand // where the arrays of the code start, or the factors and the product
}

// operand is somewhere in one of the arrays of a short program, in bytes from its start.
type operand struct{ array, offset int }

// slice64 is what Run is told of an array.
type slice64 struct {
	size int
	at   int // its number among the arrays; unread if it does not matter
}

const (
	maxShort = 15 // arrays of a short program
	unread   = maxShort
)

// shortOf returns p as a short program, if it is one.
func shortOf(p *Program) *short {
	const most = 8 // steps: the time for a frame matters little then
	if len(p.steps) == 0 || len(p.steps) > most || p.sizesIn == nil || p.sizesOut == nil || slices.Contains(p.direct, false) {
		return nil
	}
	q := &short{}
	var roots []trace.Var // of the arrays
	for _, s := range p.steps {
		x, ok := partOf(s)
		if !ok || len(x.at) > maxShort {
			return nil
		}
		for i, r := range x.roots {
			if !slices.Contains(roots, r) {
				roots = append(roots, r)
			}
			x.at[i].array = slices.Index(roots, r)
		}
		q.parts, q.onto = append(q.parts, x.part), x.onto && len(p.steps) == 1
	}
	return q.bind(p, roots)
}

// rooted is a part, and which variables its operands are in.
type rooted struct {
	part
	roots []trace.Var
	onto  bool
}

// partOf returns a step as a part of a short program, if it can be one.
func partOf(s step) (rooted, bool) {
	switch s := s.(type) {
	case *scalarStep:
		code, ok := s.code.(*amd64.Code)
		if !ok || !code.Short(1) || s.carries > 1 || s.carries == 1 && s.guard < 0 {
			return rooted{}, false
		}
		return rooted{part{code: code, n: 1, at: make([]operand, len(s.roots))}, s.roots, s.carries == 0}, true // what fails runs again
	case *elementStep:
		code, ok := s.code.(*amd64.Code)
		if !ok || !code.Short(s.n) || s.mode != whole || s.rows != 1 || s.carries > 0 || len(s.sums) > 0 || s.apart && s.large(s.n) {
			return rooted{}, false
		}
		x := rooted{part: part{code: code, n: s.n}}
		for i := range s.arrays {
			x.at, x.roots = append(x.at, operand{offset: s.arrays[i].offset}), append(x.roots, s.arrays[i].root)
		}
		return x, true
	case *productStep:
		return rooted{part{product: s, at: make([]operand, 3)}, []trace.Var{s.in[0].root, s.in[1].root, s.out}, false}, true
	}
	return rooted{}, false
}

// bind finds where slices and constants go among the arrays, which are all to be such.
func (s *short) bind(p *Program, roots []trace.Var) *short {
	if len(roots) > maxShort {
		return nil
	}
	known := 0
	for i, v := range roots {
		if k := p.vars[v].constant; k != nil {
			s.constants[i] = pointer(*k)
			known++
		}
	}
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
	if s == nil || len(s.parts) > 1 || s.parts[0].code == nil || !s.parts[0].code.Once() {
		return nil
	}
	slices := func(of []slice64) (all []amd64.Slice) {
		for _, a := range of {
			all = append(all, amd64.Slice{Size: a.size, Array: a.at})
		}
		return all
	}
	return u.machine.Enter(s.parts[0].code, slices(s.in), slices(s.out), s.onto)
}

// run runs the parts. It returns false if one of them failed, and what is in the arrays for results then is of no use.
func (s *short) run(arrays *[maxShort + 1]unsafe.Pointer) bool {
	for i := range s.parts {
		if !s.parts[i].run(arrays) {
			return false
		}
	}
	return true
}

func (x *part) run(arrays *[maxShort + 1]unsafe.Pointer) bool {
	var at [maxShort]unsafe.Pointer
	for i, p := range x.at {
		at[i] = unsafe.Add(arrays[p.array], p.offset)
	}
	if x.code == nil {
		x.product.multiply(at[0], at[1], at[2])
		return true
	}
	var failed uint64
	x.code.RunShort(&at[0], x.n, &failed)
	return failed == 0
}

// callShort does what Call does, or nothing if it returns nil.
func (p *Program) callShort(args []trace.Array) []trace.Array {
	s := p.short
	if s == nil {
		return nil
	}
	arrays := s.constants
	for i, a := range args {
		arrays[s.in[i].at&unread] = start(trace.ReadFloats(a))
	}
	results := make([]trace.Array, len(p.outs))
	for i, v := range p.outs {
		var b trace.Buffer
		results[i], b = trace.NewArray(p.vars[v].typ)
		arrays[s.out[i].at&unread] = start(b.F64)
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
	arrays := s.constants
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
