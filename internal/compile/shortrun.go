package compile

import (
	"runtime"
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

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
	for _, f := range x.fills {
		for k, to := 0, arrays[f.array]; k < f.count; k++ {
			*(*uint64)(unsafe.Add(to, 8*k)) = f.bits
		}
	}
	if x.rows > 0 {
		x.code.RunShortRows(&at[0], x.n, x.rows)
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
	if len(s.own) > 0 {
		return p.callEntry(args)
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

// callEntry is callShort by the entry.
func (p *Program) callEntry(args []trace.Array) []trace.Array {
	var slices [2][maxShort][]float64
	in, out := slices[0][:0], slices[1][:0]
	for _, a := range args {
		in = append(in, trace.ReadFloats(a))
	}
	results := make([]trace.Array, len(p.outs))
	for i, v := range p.outs {
		var b trace.Buffer
		results[i], b = trace.NewArray(p.vars[v].typ)
		out = append(out, b.F64)
	}
	ok := p.entry.RunSlices(out, in)
	runtime.KeepAlive(args)
	runtime.KeepAlive(results)
	if !ok {
		return nil
	}
	return results
}

// runSlices does what Run does, or nothing of use if it returns false: slices do not fit the arrays, or overlap, or the
// code fails.
func (s *short) runSlices(out, in [][]float64) bool {
	if len(s.own) > 0 {
		return false
	}
	arrays := s.constants
	if !s.place(&arrays, out, in) {
		return false
	}
	ok := s.run(&arrays)
	runtime.KeepAlive(in)
	runtime.KeepAlive(out)
	return ok
}

// place sets where arrays start that are slices. It returns false if these do not fit, or overlap.
func (s *short) place(arrays *[maxShort + 1]unsafe.Pointer, out, in [][]float64) bool {
	if len(in) != len(s.in) || len(out) != len(s.out) {
		return false
	}
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
	return true
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
