package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// guarded is the code of a loop, and what runs in place of it where it cannot do what it should, such as
// take the sine of a huge number: the equations, by Eval.
type guarded struct {
	code      code
	carries   int // of the loop
	guard     int // the carry that becomes true where the loop fails; -1 if it cannot
	width     int // values of a carry
	branches  int // of the loop, that are jumped over
	equations []equation
	vars      []variable
}

// compile makes a loop ready to run, for the equations of a group.
func (c *compiler) compile(b *loop.Builder, g *group) guarded {
	k := guarded{guard: -1, equations: g.equations, vars: c.vars}
	if len(b.Fails) > 0 {
		k.guard = len(b.Next)
		any := b.Carry(k.guard)
		for _, m := range b.Fails {
			any = b.Or(any, m)
		}
		b.Next[k.guard] = any
	}
	k.carries = len(b.Next)
	l := b.Live().Branched(dear)
	k.width, k.branches = l.Width(), l.Branches()
	if err := l.Check(); err != nil {
		panic("BUG: " + err.Error())
	}
	k.code = c.unit.compile(l)
	c.scratch = max(c.scratch, k.code.Scratch())
	return k
}

// release ends the use of what the code was made of, unless it runs that.
func (g *guarded) release(b *loop.Builder) {
	if _, ok := g.code.(*amd64.Code); ok {
		b.Release()
	}
}

// names returns what the equations are.
func (g *guarded) names() string {
	var all []string
	for k, e := range g.equations {
		if k == maxNames {
			all = append(all, fmt.Sprintf("and %d more", len(g.equations)-k))
			break
		}
		if e.Equation == nil {
			all = append(all, "copy")
		} else {
			all = append(all, e.Primitive.Name())
		}
	}
	return strings.Join(all, " ")
}

const maxNames = 20

// failed reports whether the loop that left carries has failed.
func (g *guarded) failed(carries []uint64) bool {
	return g.guard >= 0 && slices.ContainsFunc(carries[g.guard*g.width:][:g.width], func(m uint64) bool { return m != 0 })
}

// slowly does by Eval what the loop should have done.
func (g *guarded) slowly(f *frame) {
	env := map[trace.Var]trace.Buffer{}
	get := func(v trace.Var) trace.Buffer {
		if b, ok := env[v]; ok {
			return b
		}
		if w := g.vars[v].view; w != nil {
			if b, ok := env[w.root]; ok {
				return gathered(b, g.vars[v].typ, w)
			}
		}
		if g.vars[v].view != nil || g.vars[v].place != nil {
			w := viewIn(g.vars, v)
			return gathered(bufferOf(f, g.vars, w.root), g.vars[v].typ, &w)
		}
		return bufferOf(f, g.vars, v).Shared()
	}
	for _, e := range g.equations {
		if e.Equation == nil {
			env[e.outs[0]] = get(e.ins[0])
			continue
		}
		ins := e.ins
		if e.gathers() {
			ins = e.Ins
		}
		in, out := make([]trace.Buffer, len(ins)), make([]trace.Type, len(e.outs))
		for i, v := range ins {
			in[i] = get(v)
		}
		for i, v := range e.outs {
			out[i] = g.vars[v].typ
		}
		for i, y := range e.Evaluate(in, make([]bool, len(in)), out) {
			env[e.outs[i]] = y.Shared()
		}
	}
	for _, e := range g.equations {
		for _, v := range e.outs {
			switch {
			case g.vars[v].made == byEval:
				f.set(v, f.outside(env[v]))
			case g.vars[v].stored && pointer(env[v]) != nil: // holes leave what is there
				w := viewIn(g.vars, v)
				scatter(bufferOf(f, g.vars, w.root), env[v], &w)
			}
		}
	}
}

// scatter puts the elements of b where a view says.
func scatter(root, b trace.Buffer, w *view) {
	k := 0
	eachPlace(b.Type.Shape, w, func(at int) {
		switch b.Type.DType {
		case trace.F64:
			root.F64[at] = b.F64[k]
		case trace.I64:
			root.I64[at] = b.I64[k]
		case trace.Bool:
			root.Bool[at] = b.Bool[k]
		}
		k++
	})
}

// gathered returns the elements of a view.
func gathered(root trace.Buffer, t trace.Type, w *view) trace.Buffer {
	b := trace.NewBuffer(t)
	k := 0
	eachPlace(t.Shape, w, func(at int) {
		switch t.DType {
		case trace.F64:
			b.F64[k] = root.F64[at]
		case trace.I64:
			b.I64[k] = root.I64[at]
		case trace.Bool:
			b.Bool[k] = root.Bool[at]
		}
		k++
	})
	return b
}
