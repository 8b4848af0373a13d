package compile

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// Program is a compiled func. It does not change and may be used from many goroutines at once.
type Program struct {
	outs    []trace.Var
	direct  []bool // of outs: the caller's memory is written
	vars    []variable
	lent    []trace.Var // whose memory belongs to one run
	steps   []step
	arena   int // words of memory for what steps hand to each other
	scratch int
	moved   int // bytes
	frames  frames
	short   *short
	entry   *amd64.Entry // of short, or nil
	Backend string

	sizesIn, sizesOut []int // in elements, of f64 arrays; nil if there are others
}

// step is one part of a program.
type step interface {
	run(f *frame)
	describe(b *strings.Builder)
}

// Compile compiles f, which should have been simplified, for a backend.
func Compile(f *trace.Func, on Backend) *Program {
	f = inStrips(f)
	c := newCompiler(f, on)
	c.group()
	p := &Program{Backend: on.Name}
	p.arena = c.layOut()
	c.addPools(p.arena)
	p.vars, p.outs, p.moved = c.vars, c.outs, c.countMoved()
	for i, v := range p.outs {
		p.direct = append(p.direct, p.vars[v].writes(p.outs[:i], v))
	}
	for _, g := range c.groups {
		if len(g.equations) == 0 {
			continue
		}
		p.steps = append(p.steps, g.step(c))
	}
	p.sizesIn, p.sizesOut = c.sizes(f.Inputs()), c.sizes(p.outs)
	p.short = shortOf(p)
	if p.entry = p.short.enter(c.unit); p.entry == nil && p.short != nil && len(p.short.own) > 0 {
		p.short = nil
	}
	if c.unit.seal() != nil { // the system has no more executable memory
		return Compile(f, Portable)
	}
	p.scratch = c.scratch
	for v := range p.vars {
		if x := &p.vars[v]; x.constant == nil && x.view == nil && x.pending == nil && (x.output || x.made != byLoop) {
			p.lent = append(p.lent, trace.Var(v))
		}
	}
	return p
}

// sizes returns those of arrays that are all f64, or nil.
func (c *compiler) sizes(vs []trace.Var) []int {
	sizes := make([]int, len(vs))
	for i, v := range vs {
		t := c.vars[v].typ
		if t.DType != trace.F64 || t.Stars() > 0 {
			return nil
		}
		sizes[i] = t.Size()
	}
	return sizes
}

func fit(data [][]float64, sizes []int) bool {
	if len(data) != len(sizes) {
		return false
	}
	for i, x := range data {
		if len(x) != sizes[i] {
			return false
		}
	}
	return true
}

// kindOf returns the kind of elements that loops know for a dtype.
func kindOf(d trace.DType) loop.Kind {
	return [...]loop.Kind{trace.F64: loop.F64, trace.I64: loop.I64, trace.Bool: loop.Bool}[d]
}

// Call runs the program on concrete arrays of the types of f's inputs and captures.
func (p *Program) Call(args []trace.Array) []trace.Array {
	if results := p.callShort(args); results != nil {
		return results
	}
	f := p.frames.get(p)
	defer p.frames.put(p, f)
	for i, a := range args {
		f.set(trace.Var(i), trace.Read(a).Shared())
	}
	outs := p.outs
	results := make([]trace.Array, len(outs))
	for i, v := range outs {
		if p.direct[i] {
			var b trace.Buffer
			results[i], b = trace.NewArray(p.vars[v].typ)
			f.base[v] = pointer(b)
		}
	}
	f.run(p)
	for i, v := range outs {
		switch {
		case p.direct[i]:
		case p.vars[v].made == byLoop:
			results[i] = trace.FromBuffer(f.buffer(p, v).Copy())
		default:
			results[i] = trace.FromBuffer(f.buffer(p, v).Shared())
		}
	}
	return results
}

// Entry is code that does what Run of a program does, unless it fails: what is in out is of no use then.
type Entry = amd64.Entry

// Entry returns the program's, or nil if there is none.
func (p *Program) Entry() *Entry { return p.entry }

// Run is Call for f64 arrays, on plain slices: it fills out. Slices may overlap. It does nothing and returns false if
// they are not as many as the arrays, or not as long, or if these are not all f64.
func (p *Program) Run(out, in [][]float64) bool {
	if p.short != nil && p.short.runSlices(out, in) {
		return true
	}
	if p.sizesIn == nil || p.sizesOut == nil || !fit(in, p.sizesIn) || !fit(out, p.sizesOut) {
		return false
	}
	f := p.frames.get(p)
	defer p.frames.put(p, f)
	f.plain = true
	for i, x := range in {
		f.base[i] = start(x)
	}
	outs := p.outs
	f.staged = f.staged[:0]
	for i, v := range outs {
		if !p.direct[i] {
			f.staged = append(f.staged, i)
			continue
		}
		f.base[v] = start(out[i])
		if len(out[i]) <= staged || overlapsAny(out[i], in) || overlapsAny(out[i], out[:i]) {
			f.base[v] = f.spare(i, len(out[i]))
			f.staged = append(f.staged, i)
		}
	}
	f.run(p)
	for _, i := range f.staged {
		if x := f.result(p, i, out); overlapsAny(x, out[:i]) { // an argument, which is written over before it is read
			copy(unsafe.Slice((*float64)(f.spare(i, len(x))), len(x)), x)
		}
	}
	for _, i := range f.staged {
		x := f.result(p, i, out)
		if overlapsAny(x, out[:i]) {
			x = unsafe.Slice((*float64)(f.spare(i, len(x))), len(x))
		}
		copy(out[i], x)
	}
	return true
}

// Bind returns what does as Run of the slices, but looks at them now and not again. It calls otherwise where that is not possible.
// One goroutine at a time may call it.
func (p *Program) Bind(out, in [][]float64, otherwise func()) func() {
	if p.short == nil {
		return otherwise
	}
	arrays := p.short.constants
	if !p.short.place(&arrays, out, in) {
		return otherwise
	}
	if p.entry != nil {
		return p.entry.Bind(&arrays, otherwise)
	}
	return func() {
		if !p.short.run(&arrays) {
			otherwise()
		}
	}
}

// result returns result i, which is not in out.
func (f *frame) result(p *Program, i int, out [][]float64) []float64 {
	if v := p.outs[i]; !p.direct[i] {
		return f.buffer(p, v).F64
	}
	return unsafe.Slice((*float64)(f.base[p.outs[i]]), len(out[i]))
}

// staged is how many elements had better be copied than compared with where all others are.
const staged = 8

func overlapsAny(x []float64, others [][]float64) bool {
	for _, y := range others {
		if len(x) > 0 && len(y) > 0 &&
			uintptr(unsafe.Pointer(&x[0])) <= uintptr(unsafe.Pointer(&y[len(y)-1])) &&
			uintptr(unsafe.Pointer(&y[0])) <= uintptr(unsafe.Pointer(&x[len(x)-1])) {
			return true
		}
	}
	return false
}

// Steps returns the number of steps.
func (p *Program) Steps() int { return len(p.steps) }

// String lists the steps of the program.
func (p *Program) String() string {
	var b strings.Builder
	for i, s := range p.steps {
		fmt.Fprintf(&b, "%d: ", i)
		s.describe(&b)
		b.WriteByte('\n')
	}
	return b.String()
}
