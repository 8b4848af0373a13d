package compile

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// Program is a compiled func. It does not change and may be used from many goroutines at once.
type Program struct {
	outs    []trace.Var
	vars    []variable
	lent    []trace.Var // whose memory belongs to one run
	steps   []step
	arena   int // words of memory for what steps hand to each other
	scratch int
	moved   int // bytes
	frames  frames
	Backend string
}

// step is one part of a program.
type step interface {
	run(f *frame)
	describe(b *strings.Builder)
}

// Compile compiles f, which should have been simplified, for a backend.
func Compile(f *trace.Func, on Backend) *Program {
	c := newCompiler(f, on)
	c.group()
	p := &Program{Backend: on.Name}
	p.arena = c.layOut()
	p.vars, p.outs, p.moved = c.vars, c.outs, c.countMoved()
	for _, g := range c.groups {
		if len(g.equations) == 0 {
			continue
		}
		p.steps = append(p.steps, g.step(c))
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

// kindOf returns the kind of elements that loops know for a dtype.
func kindOf(d trace.DType) loop.Kind {
	return [...]loop.Kind{trace.F64: loop.F64, trace.I64: loop.I64, trace.Bool: loop.Bool}[d]
}

// Call runs the program on concrete arrays of the types of f's inputs and captures.
func (p *Program) Call(args []trace.Array) []trace.Array {
	f := p.frames.get(p)
	defer p.frames.put(p, f)
	for i, a := range args {
		f.set(trace.Var(i), trace.Read(a).Shared())
	}
	outs := p.outs
	results := make([]trace.Array, len(outs))
	for i, v := range outs {
		if p.vars[v].writes(outs[:i], v) {
			var b trace.Buffer
			results[i], b = trace.NewArray(p.vars[v].typ)
			f.base[v] = pointer(b)
		}
	}
	f.run(p)
	for i, v := range outs {
		switch {
		case p.vars[v].writes(outs[:i], v):
		case p.vars[v].made == byLoop:
			results[i] = trace.FromBuffer(f.buffer(p, v).Copy())
		default:
			results[i] = trace.FromBuffer(f.buffer(p, v).Shared())
		}
	}
	return results
}

// Run is Call for f64 arrays, on plain slices: it fills out. Slices may overlap.
func (p *Program) Run(out, in [][]float64) {
	f := p.frames.get(p)
	defer p.frames.put(p, f)
	for i, x := range in {
		f.set(trace.Var(i), trace.Buffer{Type: p.vars[i].typ, F64: x})
	}
	outs := p.outs
	f.staged = f.staged[:0]
	for i, v := range outs {
		if !p.vars[v].writes(outs[:i], v) {
			f.staged = append(f.staged, i)
			continue
		}
		if f.base[v] = pointer(trace.Buffer{F64: out[i]}); overlapsAny(out[i], in) || overlapsAny(out[i], out[:i]) {
			f.base[v] = f.spare(i, len(out[i]))
			f.staged = append(f.staged, i)
		}
	}
	f.run(p)
	for _, i := range f.staged {
		copy(out[i], f.buffer(p, outs[i]).F64)
	}
}

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
