package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// placeScalars puts an equation on small arrays among scalars, if it can be made there.
func (c *compiler) placeScalars(e *trace.Equation) bool {
	if !c.small(e) && !c.movesScalars(e) || c.outside(e) {
		return false
	}
	if !c.canLower(e) {
		return false
	}
	c.settleAll(e.Ins)
	c.addScalars(equation{e, e.Ins, e.Outs}, 0)
	return true
}

// small reports whether all arrays of an equation are.
func (c *compiler) small(e *trace.Equation) bool {
	eachAlone := elementwise(e.Primitive) || arranges(e.Primitive)
	large := func(v trace.Var) bool { return !smallType(c.f.Type(v)) && !(eachAlone && c.isThin(c.f.Type(v))) }
	return !slices.ContainsFunc(e.Ins, large) && !slices.ContainsFunc(e.Outs, large)
}

// maxMoved is the number of elements up to which an array may be put together from scalars.
const maxMoved = 64

// movesScalars reports whether e puts together what is made among scalars, or takes it apart: that takes no more
// instructions than it has new elements, even if the whole has many.
func (c *compiler) movesScalars(e *trace.Equation) bool {
	most := maxMoved
	if c.thin != 0 {
		most = maxThin * maxThin
	}
	if len(e.Ins) == 0 || len(e.Outs) != 1 || c.f.Type(e.Outs[0]).Size() > most || c.stacks(e) {
		return false
	}
	if _, ok := e.Primitive.(viewer); ok {
		if len(e.Ins) != 1 || c.f.Type(e.Outs[0]).Size() > c.f.Type(e.Ins[0]).Size() {
			return false
		}
	} else if !c.isPlacer(e) {
		return false
	}
	for _, v := range e.Ins {
		if c.f.Type(v).Size() > most || c.vars[v].constant == nil && c.among(v, scalars) == c.after(v) {
			return false
		}
	}
	return true
}

// addScalars puts an equation among scalars, from group lo on.
func (c *compiler) addScalars(e equation, lo int) {
	for _, v := range e.ins {
		lo = max(lo, c.among(v, scalars))
	}
	g := c.join(lo, func(g *group) bool { return g.kind == scalars }, func() *group { return &group{kind: scalars} })
	c.add(g, e)
}

// among returns the first group from which on v can be read, which is the one that makes it if that
// is of the given kind.
func (c *compiler) among(v trace.Var, kind groupKind) int {
	x := &c.vars[v]
	if x.view == nil && !x.settled && x.group >= 0 && c.groups[x.group].kind == kind {
		return x.group
	}
	return c.after(v)
}

// outside reports whether e moves elements of an array that is in memory: a view needs no code.
func (c *compiler) outside(e *trace.Equation) bool {
	if _, ok := e.Primitive.(viewer); !ok {
		return false
	}
	x := &c.vars[e.Ins[0]]
	return x.constant == nil && (x.pending != nil || x.settled || x.view != nil || x.group < 0 || c.groups[x.group].kind != scalars)
}

// canLower tries whether e can be made of instructions.
func (c *compiler) canLower(e *trace.Equation) bool {
	if elementwise(e.Primitive) && len(e.Ins) > 0 {
		return c.lowersOne(e)
	}
	if p, ok := e.Primitive.(arranger); ok && arranges(e.Primitive) {
		return c.allKnown(e.Ins, p.Arranges())
	}
	b := loop.NewBuilder()
	array := b.Array(loop.F64, 1)
	in := make([][]loop.Value, len(e.Ins))
	next := 0
	for i, v := range e.Ins {
		if k := c.vars[v].constant; k != nil {
			in[i] = constants(b, *k)
			continue
		}
		in[i] = make([]loop.Value, c.f.Type(v).Size())
		for k := range in[i] {
			in[i][k] = b.Load(array, next)
			next++
		}
	}
	_, ok := lower(b, e.Primitive, c.f.Types(e.Ins), in, c.f.Types(e.Outs))
	b.Release()
	return ok
}

// allKnown reports whether operands from number n on, if n is not negative, are known.
func (c *compiler) allKnown(ins []trace.Var, n int) bool {
	return n < 0 || !slices.ContainsFunc(ins[n:], func(v trace.Var) bool {
		return c.vars[v].constant == nil && c.f.Type(v).Size() > 0
	})
}

// reader makes loads of the elements of variables, for the body of one loop.
type reader struct {
	c      *compiler
	b      *loop.Builder
	roots  []trace.Var // of the arrays of the loop
	arrays map[trace.Var]int
	values [][]loop.Value // of each variable, or nil
	free   []loop.Value   // room for those
}

// room returns room for the elements of a variable.
func (r *reader) room(n int) []loop.Value {
	if len(r.free) < n {
		r.free = make([]loop.Value, max(n, 256))
	}
	room := r.free[:n:n]
	r.free = r.free[n:]
	return room
}

func (c *compiler) newReader() *reader {
	return &reader{c: c, b: loop.NewBuilder(), arrays: map[trace.Var]int{}, values: make([][]loop.Value, len(c.vars))}
}

// array returns the number of the array that is the memory of a variable.
func (r *reader) array(v trace.Var) int {
	if a, ok := r.arrays[v]; ok {
		return a
	}
	a := r.b.Array(kindOf(r.c.vars[v].typ.DType), 0)
	r.arrays[v] = a
	r.roots = append(r.roots, v)
	return a
}

// elements returns all elements of a variable.
func (r *reader) elements(v trace.Var) []loop.Value {
	if e := r.values[v]; e != nil {
		return e
	}
	x := &r.c.vars[v]
	var e []loop.Value
	switch {
	case x.constant != nil:
		e = constants(r.b, *x.constant)
	default:
		w := r.c.viewOf(v)
		k := r.c.vars[w.root].constant
		eachPlace(x.typ.Shape, &w, func(at int) {
			if k != nil {
				e = append(e, constantAt(r.b, *k, at))
			} else {
				e = append(e, r.b.Load(r.array(w.root), at))
			}
		})
	}
	r.values[v] = e
	return e
}

// eachPlace visits where the elements of a view are, in order.
func eachPlace(shape []int, w *view, visit func(at int)) {
	var walk func(axis, at int)
	walk = func(axis, at int) {
		if axis == len(shape) {
			visit(at)
			return
		}
		for i := range shape[axis] {
			walk(axis+1, at+i*w.stride[axis])
		}
	}
	walk(0, w.offset)
}

// scalarStep is straight-line code.
type scalarStep struct {
	guarded
	roots []trace.Var
	size  int
}

func (c *compiler) scalarStep(g *group) step {
	r := c.newReader()
	r.b.Sequential = true
	r.b.Reserve(c.instructions(g))
	var in [][]loop.Value
	var types, out []trace.Type
	var at []loop.Value
	for _, e := range g.equations {
		in, types, out = in[:0], types[:0], out[:0]
		for _, v := range e.ins {
			in, types = append(in, r.elements(v)), append(types, c.vars[v].typ)
		}
		for _, v := range e.outs {
			out = append(out, c.vars[v].typ)
		}
		if e.Equation == nil {
			r.values[e.outs[0]] = in[0]
			continue
		}
		if elementwise(e.Primitive) {
			y := r.room(out[0].Size())
			at = slices.Grow(at[:0], len(in))[:len(in)]
			if r.values[e.outs[0]] = y; !lowerEach(r.b, e.Primitive, types, in, y, at) {
				panic("BUG: " + e.Primitive.Name() + " could be lowered before")
			}
			continue
		}
		ys, ok := lower(r.b, e.Primitive, types, in, out)
		if !ok {
			panic("BUG: " + e.Primitive.Name() + " could be lowered before")
		}
		for i, v := range e.outs {
			r.values[v] = ys[i]
		}
	}
	for _, e := range g.equations {
		for _, v := range e.outs {
			if c.vars[v].stored {
				w, k := c.viewOf(v), 0
				a := r.array(w.root)
				eachPlace(c.vars[v].typ.Shape, &w, func(at int) {
					r.b.Store(a, at, r.values[v][k])
					k++
				})
			}
		}
	}
	s := &scalarStep{guarded: c.compile(r.b, g), roots: r.roots}
	s.size = len(r.b.Body)
	s.release(r.b)
	return s
}

// instructions returns about how many elementwise equations of a group take, if they have half of them in common.
func (c *compiler) instructions(g *group) int {
	n := 0
	for _, e := range g.equations {
		if e.Equation != nil && elementwise(e.Primitive) {
			n += c.vars[e.outs[0]].typ.Size() * (c.loweredOf(e.Primitive, e.ins).size - len(e.ins))
		}
	}
	return n / 2
}

func (s *scalarStep) run(f *frame) {
	args := f.args(len(s.roots))
	for i, v := range s.roots {
		args[i] = f.base[v]
	}
	var carries []uint64
	if s.carries > 0 {
		carries = f.carry(s.carries)
		clear(carries)
	}
	s.code.Run(args, 1, carries, f.scratch)
	if s.failed(carries) {
		s.slowly(f)
	}
}

func (s *scalarStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "scalars, %d instructions: %s", s.size, s.names())
}
