package compile

import (
	"slices"
	"sync"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/trace"
)

// callee is a func that an equation owns, compiled to run as a part of a step: it reads its operands where they are,
// and writes its results where they are wanted.
type callee struct {
	*Program
	results []result
	text    func() string // lists the steps
}

// result says how a callee gives one of its results.
type result struct {
	direct bool // loops write it where it is wanted
	hole   bool // there is none; numbers of steps are 0 then, since loops may run for lanes that nobody wants
	input  int  // it is this operand; or -1
	// shared says that it is handed on as a buffer, and with it whether it may be overwritten: it is large and made by
	// Eval, which may have changed an operand in place, or it is a stack.
	shared bool
	bytes  int
}

// callee compiles f, which has no captures. Funcs are shared by equations, and so are their programs.
func (c *compiler) callee(f *trace.Func) *callee {
	return trace.Memo(f, "compiled for "+c.on.Name, func() *callee {
		k := &callee{Program: Compile(pass.Simplify(f), c.on)}
		k.text = sync.OnceValue(k.String)
		for i, v := range k.outs {
			x := &k.vars[v]
			r := result{direct: x.writes(k.outs[:i], v), hole: x.hole && x.constant != nil && x.typ.DType != trace.I64, input: -1, bytes: bytesOf(x.typ)}
			if int(v) < len(f.Inputs()) {
				r.input = int(v)
			}
			r.shared = x.typ.Stars() > 0 || x.made == byEval && x.constant == nil && x.typ.Size() > maxSmall
			k.results = append(k.results, r)
		}
		return k
	})
}

func bytesOf(t trace.Type) int { return t.Size() * kindOf(t.DType).Size() }

// enter returns a frame for the callee, leave gives it back.
func (k *callee) enter() *frame  { return k.frames.get(k.Program) }
func (k *callee) leave(f *frame) { k.frames.put(k.Program, f) }

// target says where result i is wanted, before the callee runs.
func (k *callee) target(f *frame, i int, at unsafe.Pointer) {
	if k.results[i].direct {
		f.base[k.outs[i]] = at
	}
}

// settle puts result i where it is wanted, if it is not there yet. A hole leaves there what is there.
func (k *callee) settle(f *frame, i int, at unsafe.Pointer) {
	if r := &k.results[i]; !r.direct && !r.hole {
		move(at, f.base[k.outs[i]], r.bytes)
	}
}

// handed returns result i as a buffer. It is owned only if no other result may share its storage.
func (k *callee) handed(f *frame, i int) trace.Buffer {
	b := f.buffer(k.Program, k.outs[i])
	if k.vars[k.outs[i]].made == byLoop {
		b = b.Copy()
		b.Owned = true
	} else if slices.Contains(k.outs[:i], k.outs[i]) || slices.Contains(k.outs[i+1:], k.outs[i]) {
		b.Owned = false
	}
	return b
}

// move copies some bytes, unless they are there already, or there are none.
func move(to, from unsafe.Pointer, bytes int) {
	if to != from && from != nil {
		copy(unsafe.Slice((*byte)(to), bytes), unsafe.Slice((*byte)(from), bytes))
	}
}
