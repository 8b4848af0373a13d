package compile

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// nativeLoop is a loop of flow whose body is scalar code: the code, and what it goes through.
type nativeLoop struct {
	guarded
	shape
	b       *loop.Builder
	arrays  []rowAccess
	ins     []trace.Var
	carried []trace.Var // the operands that are the first carry
	last    []trace.Var // the results that are the last
	size    int         // instructions of a step
	first   []*uint64   // of each carry: its first value, if that is known
	steady  *steady     // nil if no carries come to stay the same
	lanes   *lanes      // nil if a step is no row of lanes
	symbols *symbols    // how constants and larger arrays are lowered
	usual   *guarded    // the code for steps in which nothing rare happens; nil if there is none
}

// rowAccess is an array of the loop: a const, or rows.
type rowAccess struct {
	root  trace.Var
	row   trace.Type
	bytes int       // from a step to the next; 0 for a const
	spare trace.Var // for copies of the rows of an operand that is a stack, or -1
	made  bool      // by the loop, as a stack
}

// maxCarried is how many elements a loop may carry to become scalar code. Reverse mode carries
// the sums of gradients by all that the steps share, such as weights.
const maxCarried = 2048

// placeNative makes a loop whose body is scalar code a step.
func (c *compiler) placeNative(e *trace.Equation) bool {
	cond, body, shape := loopOf(e.Primitive)
	types := slices.Concat(body.Types(body.Inputs()), body.Types(body.Outputs()))
	small := smallTypes(types)
	if !small && (shape.repeats || !smallInLanes(types)) {
		return false
	}
	ins := make([]trace.Var, len(e.Ins))
	for i, v := range e.Ins {
		ins[i] = c.whole(v)
	}
	n := &nativeLoop{b: loop.NewBuilder(), shape: shape, ins: ins, symbols: &symbols{wide: !small, jumps: true}}
	if !n.lower(c, e, cond, body) {
		return false
	}
	if shape.repeats {
		n.b = n.b.WithSigns()
		n.count()
	} else {
		n.steady = steadied(n.b, n.first)
		n.lanes = c.laned(n, e, body)
	}
	if !small && n.lanes == nil {
		return false
	}
	n.last = e.Outs[:shape.carry]
	n.size = len(n.b.Body)
	c.addNative(n, equation{e, ins, e.Outs})
	return true
}

// lower makes the body.
func (n *nativeLoop) lower(c *compiler, e *trace.Equation, cond, body *trace.Func) bool {
	n.b.Sequential = true
	in := n.inputs(c, body)
	if cond != nil && !n.test(cond, in) {
		return false
	}
	out, ok := n.symbols.lowerFunc(n.b, body, in)
	if !ok || len(n.b.Next) > maxCarried {
		return false
	}
	next := 0
	for i, y := range out {
		if i < n.carry {
			next += copy(n.b.Next[next:], y)
			continue
		}
		v := e.Outs[n.out(i)]
		a := n.array(c, v, body.Type(body.Outputs()[i]), true)
		n.arrays[a].made = c.vars[v].typ.Stars() > 0
		for k, v := range y {
			n.b.Store(a, k, v)
		}
	}
	return true
}

// addNative makes the loop a group.
func (c *compiler) addNative(n *nativeLoop, e equation) {
	g := &group{kind: owned}
	if !n.repeats {
		for _, v := range e.outs[n.carry:] {
			if c.vars[v].typ.Stars() == 0 {
				g.rows = append(g.rows, v)
			}
		}
	}
	g.make = func(g *group) step {
		n.relocate(c)
		if l := n.lanes; l != nil {
			l.guarded = c.compile(l.b, g)
		} else if s := n.steady; s != nil {
			s.guarded = c.compile(s.b, g)
		}
		if after, ok := n.alone(); ok && after == 0 {
			n.guarded = guarded{guard: -1, equations: g.equations, vars: c.vars}
			return n
		}
		n.findUsual(c, g)
		n.guarded = c.compile(n.b, g)
		return n
	}
	c.add(g, e)
	for _, v := range e.outs {
		if c.vars[v].stored = true; c.vars[v].typ.Stars() > 0 {
			c.vars[v].made = byEval
		}
	}
	for i := range n.arrays {
		if a := &n.arrays[i]; !a.made && c.vars[a.root].typ.Stars() > 0 {
			a.spare = c.temp(g, c.vars[a.root].typ)
			c.vars[a.spare].made = byEval // it needs no room among the others
		}
	}
}

// alone returns how many steps its own code runs, if there is other code for those that follow.
func (n *nativeLoop) alone() (steps int, ok bool) {
	switch {
	case n.steady != nil:
		return n.steady.after, true
	case n.lanes != nil:
		return 0, true
	}
	return 0, false
}

// inputs returns the elements of the operands of the body.
func (n *nativeLoop) inputs(c *compiler, body *trace.Func) [][]loop.Value {
	b := n.b
	in := make([][]loop.Value, len(n.ins))
	carried := 0
	for i, t := range body.Types(body.Inputs()) {
		v := n.ins[i]
		in[i] = make([]loop.Value, t.Size())
		row := i >= n.consts+n.carry
		switch {
		case i < n.consts && c.vars[v].constant != nil:
			in[i] = n.symbols.constants(n.b, *c.vars[v].constant)
		case i < n.consts || row:
			a := n.array(c, v, t, row)
			for k := range in[i] {
				in[i][k] = b.Load(a, k)
			}
		default:
			for k := range in[i] {
				in[i][k] = b.Carry(carried)
				carried++
				n.first = append(n.first, bitsAt(c.vars[v].constant, k))
			}
			n.carried = append(n.carried, v)
		}
	}
	return in
}

// bitsAt returns element k of an array, as a value, if the array is known.
func bitsAt(c *trace.Buffer, k int) *uint64 {
	if c == nil {
		return nil
	}
	b := loop.NewBuilder()
	return &b.Body[constantAt(b, *c, k)].Imm
}

// array adds the memory of v as rows of type t, or as one array that every step sees.
func (n *nativeLoop) array(c *compiler, v trace.Var, t trace.Type, rows bool) int {
	a := rowAccess{root: v, row: t, spare: -1}
	step := 0
	if rows {
		step = t.Size()
		if n.reverse {
			step = -step
		}
		a.bytes = step * kindOf(t.DType).Size()
	}
	n.arrays = append(n.arrays, a)
	return n.b.Array(kindOf(t.DType), step)
}

// test makes the loop end where the condition does not hold. Where the condition cannot be told, it runs one step
// more, which leaves in a carry that the loop has failed.
func (n *nativeLoop) test(cond *trace.Func, in [][]loop.Value) bool {
	holds, ok := n.symbols.lowerFunc(n.b, cond, in)
	if !ok {
		return false
	}
	w := holds[0][0]
	for _, m := range n.b.Fails {
		w = n.b.Or(w, m)
	}
	n.b.EndUnless(w)
	return true
}

// count makes the last carry but the guard the number of steps.
func (n *nativeLoop) count() {
	k := len(n.b.Next)
	steps := n.b.Carry(k)
	n.b.Next[k] = n.b.IAdd(steps, n.b.Int(1))
}

func (n *nativeLoop) run(f *frame) {
	carries := f.carry(0)
	for _, v := range n.carried {
		carries = appendElements(carries, f.base[v], n.vars[v].typ)
	}
	for len(carries) < n.guarded.carries {
		carries = append(carries, 0)
	}
	f.carries = carries
	var failed bool
	if n.repeats {
		failed = n.repeat(f, carries)
	} else {
		failed = n.walk(f, carries, n.shape.steps(f, n.ins))
	}
	if failed {
		n.slowly(f)
		return
	}
	for _, v := range n.last {
		carries = takeElements(carries, f.base[v], n.vars[v].typ)
	}
}

// walk runs a loop of a number of steps that is known now.
func (n *nativeLoop) walk(f *frame, carries []uint64, steps int) (failed bool) {
	args := f.args(len(n.arrays))
	for i := range n.arrays {
		a := &n.arrays[i]
		switch {
		case a.made:
			args[i] = f.room(n.vars, a.root, steps*max(a.bytes, -a.bytes))
			f.stack(n.vars, a.root, steps)
		case a.spare >= 0 && a.bytes != 0:
			args[i] = f.flat(n.vars, a.root, a.spare, steps)
		default:
			args[i] = f.base[a.root]
		}
		if a.bytes < 0 && steps > 0 {
			args[i] = unsafe.Add(args[i], (1-steps)*a.bytes)
		}
	}
	few := steps
	if after, ok := n.alone(); ok {
		few = min(steps, after)
	}
	if few > 0 {
		n.code.Run(args, few, carries, f.scratch)
		failed = n.failed(carries)
	}
	if few == steps {
		return failed
	}
	for i := range n.arrays {
		args[i] = unsafe.Add(args[i], few*n.arrays[i].bytes)
	}
	if n.lanes != nil {
		return n.lanes.run(f, args, steps-few, carries) || failed
	}
	return n.steady.run(f, args, steps-few, carries) || failed
}

// repeat runs a loop until it ends, as many steps at a time as there is room for the rows that it makes.
func (n *nativeLoop) repeat(f *frame, carries []uint64) (failed bool) {
	count := len(carries) - 1
	if n.guard >= 0 {
		count--
	}
	args := f.args(len(n.arrays))
	done := 0
	for room := fewSteps; ; room *= 2 {
		if n.most > 0 {
			room = min(room, n.most+1)
		}
		for i := range n.arrays {
			if a := &n.arrays[i]; a.made {
				args[i] = unsafe.Add(f.room(n.vars, a.root, room*a.bytes), done*a.bytes)
			} else {
				args[i] = f.base[a.root]
			}
		}
		n.advance(f, args, room-done, carries, count)
		if done = int(carries[count]); done < room || n.failed(carries) {
			break
		}
		if done == n.most+1 && n.most > 0 {
			n.tooMany(n.equations[0].Equation)
		}
	}
	for _, a := range n.arrays {
		if a.made {
			f.stack(n.vars, a.root, done)
		}
	}
	*(*int64)(f.base[n.equations[0].outs[n.shape.carry]]) = int64(done)
	return n.failed(carries)
}

// fewSteps is how many steps of a loop that repeats run before its stacks grow.
const fewSteps = 256

// appendElements appends the elements of an array, as values.
func appendElements(values []uint64, p unsafe.Pointer, t trace.Type) []uint64 {
	n := t.Size()
	if t.DType != trace.Bool {
		return append(values, unsafe.Slice((*uint64)(p), n)...)
	}
	for _, x := range unsafe.Slice((*bool)(p), n) {
		if x {
			values = append(values, ^uint64(0))
		} else {
			values = append(values, 0)
		}
	}
	return values
}

// takeElements is its inverse. It returns the values behind.
func takeElements(values []uint64, p unsafe.Pointer, t trace.Type) []uint64 {
	n := t.Size()
	if t.DType != trace.Bool {
		copy(unsafe.Slice((*uint64)(p), n), values)
	} else {
		for i := range n {
			*(*bool)(unsafe.Add(p, i)) = values[i] != 0
		}
	}
	return values[n:]
}

func (n *nativeLoop) describe(b *strings.Builder) {
	steps := fmt.Sprint(n.length)
	if n.length == trace.Star {
		steps = "any number of"
	}
	size := fmt.Sprint(n.size)
	branches := n.branches
	if n.steady != nil {
		branches = max(branches, n.steady.branches)
	}
	if branches > 0 {
		size = fmt.Sprintf("%d branches, %s", branches, size)
	}
	after, other := n.alone()
	switch {
	case n.lanes != nil:
		size += fmt.Sprintf(" instructions, after %d steps %d on %d lanes", after, n.lanes.size, n.lanes.count)
	case other:
		size += fmt.Sprintf(" instructions, after %d steps %d", after, len(n.steady.b.Body))
	}
	fmt.Fprintf(b, "scalars %s times, %s instructions: %s", steps, size, n.names())
}
