package compile

import (
	"slices"
	"sort"

	"github.com/gradus-ad/gradus/trace"
)

// maxSmall is the number of elements up to which arrays are split into scalars.
const maxSmall = 16

// variable is what the compiler knows of a variable of the func.
type variable struct {
	typ      trace.Type
	constant *trace.Buffer // its value, if that is known
	view     *view         // where its elements are, if it has no memory of its own
	place    *view         // where those that make it put its elements, if that is a part of another
	pending  *pending      // how it will be made
	from     *equation     // that makes it element by element
	cost     int           // instructions for an element, with those for what it is made of
	group    int           // that makes it; -1 for arguments and constants
	first    int           // the first group that writes its memory
	last     int           // the last group that reads its memory
	offset   int           // in the arena, or -1
	words    int
	made     maker
	alike    alike // whether all elements of the constant are the same
	hole     bool  // it may be a hole
	line     bool  // it is the constant that unit vectors are read from
	each     bool  // it is made element by element in a loop over all of them
	viewed   bool  // there are views of it
	settled  bool  // it was made in cells
	needed   bool  // others read it than what is elementwise or moves elements
	stored   bool  // it needs memory: others than its group read it
	output   bool
}

// alike says what is known of elements: large constants are looked through once.
type alike uint8

const (
	unknown alike = iota
	notAlike
	allAlike
)

// uniform reports whether it is a constant all elements of which are the same.
func (x *variable) uniform() bool {
	if x.constant == nil {
		return false
	}
	if x.alike == unknown {
		x.alike = notAlike
		if uniform(*x.constant) {
			x.alike = allAlike
		}
	}
	return x.alike == allAlike
}

type maker uint8

const (
	byCaller maker = iota
	byEval
	byLoop
)

// writes reports whether loops can write a result straight into memory of the caller's: v is not
// among earlier results.
func (x *variable) writes(earlier []trace.Var, v trace.Var) bool {
	return x.made == byLoop && !slices.Contains(earlier, v)
}

// view says where the elements of an array are in the memory of another.
type view struct {
	root   trace.Var
	offset int
	stride []int // of each axis
	ready  int   // the first group that may read them, if it is not to be asked of the root
}

// compiler makes a program of a func.
type compiler struct {
	f       *trace.Func
	vars    []variable
	groups  []*group
	outs    []trace.Var
	copies  map[trace.Var]trace.Var // of views
	on      Backend
	parts   map[string]trace.Var
	unit    unit
	scratch int
	lowers  map[lowering]lowered

	pools    pools
	thin     uint64   // bit n-1 says that arrays of n elements are made element by element, though they are not small
	joinable []*group // those that more equations may join, in order

	recent [4]shaped
	oldest int // of those
}

// group is a set of equations that become one step.
type group struct {
	kind      groupKind
	index     int
	equations []equation
	size      int         // of what a loop goes over
	work      int         // instructions of the loop, about
	cuts      []int       // products of trailing axes at which some access of a loop breaks
	temps     []trace.Var // memory for the group alone
	rows      []trace.Var // results of a loop whose rows may be placed elsewhere
	make      func(g *group) step
}

// equation is one of the func with the variables where its operands really are. Without one, it copies a
// view.
type equation struct {
	*trace.Equation
	ins, outs []trace.Var
}

type groupKind uint8

const (
	call groupKind = iota
	scalars
	elements
	owned // made by the group's own make
	running
	update
	abreast
)

func newCompiler(f *trace.Func, on Backend) *compiler {
	const more = 8 // those of the compiler's own
	c := &compiler{f: f, vars: make([]variable, f.NumVars(), f.NumVars()+more), on: on, unit: on.unit(),
		copies: map[trace.Var]trace.Var{}, parts: map[string]trace.Var{}, lowers: map[lowering]lowered{}}
	for v := range c.vars {
		x := &c.vars[v]
		x.typ, x.group, x.first, x.offset, x.last = f.Type(trace.Var(v)), -1, -1, -1, -1
	}
	for i := range f.Equations() {
		e := &f.Equations()[i]
		_, views := e.Primitive.(viewer)
		if views || c.isPlacer(e) || elementwise(e.Primitive) {
			continue
		}
		for _, v := range e.Ins {
			c.vars[v].needed = true
		}
	}
	c.findThin()
	return c
}

// group assigns every equation to a group.
func (c *compiler) group() {
	for i := range c.f.Equations() {
		c.place(&c.f.Equations()[i])
	}
	for _, v := range c.f.Outputs() {
		v = c.whole(v)
		c.outs = append(c.outs, v)
		c.vars[v].output = true
		c.read(v, len(c.groups))
	}
	c.goAbreast()
	c.prune()
	if c.makeAgain() {
		c.prune()
	}
}

// whole returns the variable that holds the elements of v, in order: v, or a copy if v is a view.
func (c *compiler) whole(v trace.Var) trace.Var {
	c.settle(v)
	if c.vars[v].view == nil && c.vars[v].place == nil {
		return v
	}
	if w, ok := c.copies[v]; ok {
		return w
	}
	w := c.fresh(c.vars[v].typ)
	c.copies[v] = w
	if !c.placeRows(v, w) {
		c.placeCopy(v, w)
	}
	return w
}

// place assigns one equation.
func (c *compiler) place(e *trace.Equation) {
	if len(e.Ins) == 0 && len(e.Outs) == 1 {
		if c.placeLine(e) {
			return
		}
		if b, ok := constantOf(e); ok {
			c.vars[e.Outs[0]].constant = &b
			return
		}
		if e.Primitive.Name() == trace.HolePrimitive().Name() {
			x := &c.vars[e.Outs[0]]
			b := trace.NewBuffer(x.typ) // nobody looks at it, but code may read it
			x.constant, x.hole = &b, true
			return
		}
	}
	switch {
	case c.placeOwner(e):
		return
	case trace.HasEffect(e.Primitive) || c.stacks(e) || len(e.Ins) == 0 || c.passesHoles(e):
		c.placeCall(e)
		return
	case c.placeScalars(e) || c.postpone(e):
		return
	}
	c.settleAll(e.Ins)
	switch {
	case c.placeView(e) || c.placeSpread(e):
	case c.placeElements(e):
	case c.placeRunning(e) || c.placeGather(e) || c.placeUpdate(e) || c.placeProduct(e) || c.placeAbreast(e):
	default:
		c.placeCall(e)
	}
}

// constantOf returns the value of an equation without operands.
func constantOf(e *trace.Equation) (trace.Buffer, bool) {
	a := trace.ApplyOne(e.Primitive)
	if trace.IsHole(a) || a.Type().Stars() > 0 {
		return trace.Buffer{}, false
	}
	return trace.Read(a), true
}

// stacks reports whether there are some among what an equation reads or makes.
func (c *compiler) stacks(e *trace.Equation) bool {
	for _, vs := range [][]trace.Var{e.Ins, e.Outs} {
		for _, v := range vs {
			if c.vars[v].typ.Stars() > 0 {
				return true
			}
		}
	}
	return false
}

// passesHoles reports whether an equation, which owns funcs, is given a hole, or what another such has made,
// which may be one.
func (c *compiler) passesHoles(e *trace.Equation) bool {
	if _, ok := e.Primitive.(trace.Splitter); !ok {
		return false
	}
	return slices.ContainsFunc(e.Ins, func(v trace.Var) bool { return c.vars[v].hole })
}

// fewEquations is how many a group may have before room is made for all that it could have.
const fewEquations = 256

// add puts an equation that reads and makes some variables into a group, which may be new.
func (c *compiler) add(g *group, e equation) {
	if len(g.equations) == 0 {
		g.index = len(c.groups)
		c.groups = append(c.groups, g)
		if g.kind == scalars || g.kind == elements {
			c.joinable = append(c.joinable, g)
		}
	}
	if n := len(g.equations); n == cap(g.equations) {
		more := n + 1 // append adds a quarter when there are many
		if n >= fewEquations {
			more = max(more, len(c.f.Equations())-n) // mostly one group has most
		}
		g.equations = slices.Grow(g.equations, more)
	}
	g.equations = append(g.equations, e)
	for _, v := range e.ins {
		if c.vars[v].group != g.index {
			c.read(v, g.index)
		}
	}
	for _, v := range e.outs {
		x := &c.vars[v]
		x.group, x.first, x.made = g.index, g.index, byLoop
		if g.kind == call {
			_, owner := e.Primitive.(trace.Splitter)
			x.made, x.hole = byEval, owner
		}
	}
}

// read notes that a group reads the memory of a variable.
func (c *compiler) read(v trace.Var, by int) {
	x := &c.vars[v]
	if root := c.rootOf(v); root != v {
		c.read(root, by)
	}
	if x.view != nil {
		return
	}
	x.stored = true
	x.last = max(x.last, by)
}

// after returns the first group that may read the memory of v.
func (c *compiler) after(v trace.Var) int {
	if w := c.vars[v].view; w != nil {
		if w.ready > 0 {
			return w.ready
		}
		return c.after(w.root)
	}
	return c.vars[v].group + 1
}

// join returns the first group from lo on for which ok holds, or a new one.
func (c *compiler) join(lo int, ok func(*group) bool, fresh func() *group) *group {
	from := sort.Search(len(c.joinable), func(i int) bool { return c.joinable[i].index >= lo })
	for _, g := range c.joinable[from:] {
		if ok(g) {
			return g
		}
	}
	return fresh()
}

// step makes the group a step of the program.
func (g *group) step(c *compiler) step {
	switch g.kind {
	case scalars:
		return c.scalarStep(g)
	case elements, abreast:
		return c.elementStep(g)
	case owned:
		return g.make(g)
	case running:
		return c.runningStep(g)
	case update:
		return c.updateStep(g)
	}
	return c.callStep(g)
}
