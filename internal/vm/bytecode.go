package vm

import (
	"math"

	"github.com/gradus-ad/gradus/internal/loop"
)

// bytecode is the body of a loop whose elements run one by one. Its values stand in scratch memory, constants
// first; operands are places there, in bytes. Pairs of instructions, of which only the second reads the first, are one:
// to tell which instruction comes next takes longer than most instructions.
type bytecode struct {
	code      []instr
	constants []uint64
	need      int // words of scratch memory
	stores    []int32
	next      []int32
	while     int32
}

// instr is an instruction: it makes d of a, b, c and e. What more it needs to know is in imm, and for arrays in a.
type instr struct {
	op            opcode
	d, a, b, c, e int32
	imm           int
}

// opcode is an operation of loops, or one of those that follow them.
type opcode int32

const (
	mulAdd  opcode = iota + 64 // a*b + c, rounded twice
	mulSub                     // a*b - c
	subMul                     // c - a*b
	mulMul                     // a*b*c
	addAdd                     // a + b + c
	fmaFMA                     // fma(fma(a, b, c), b, e)
	loadF64                    // of 64 bits
	loadBool
	unless // a, go on at imm
	jump   // to imm
)

// pairs says what two operations become where the second reads the first as operand A, or B, and nobody else does.
var pairs = map[[2]loop.Op][2]opcode{
	{loop.Mul, loop.Add}: {mulAdd, mulAdd},
	{loop.Mul, loop.Sub}: {mulSub, subMul},
	{loop.Mul, loop.Mul}: {mulMul, mulMul},
	{loop.Add, loop.Add}: {addAdd, addAdd},
}

// writer makes bytecode.
type writer struct {
	*loop.Loop
	*bytecode
	reads []int // how often each value is read
	into  []int // the instruction of which a value has become a part, or -1
	last  []int // the last instruction that reads each value
	place []int32
	free  []int32
	jumps []int // the instructions that lead behind the sides of branches that are open
}

func newBytecode(l *loop.Loop) *bytecode {
	n := len(l.Body)
	w := &writer{Loop: l, bytecode: &bytecode{}, reads: make([]int, n), into: make([]int, n), last: make([]int, n), place: make([]int32, n)}
	w.count()
	w.pair()
	for k, i := range l.Body {
		if i.Op == loop.Const {
			w.place[k] = int32(8 * len(w.constants))
			w.constants = append(w.constants, i.Imm)
		}
	}
	w.need = len(w.constants)
	for k := range l.Body {
		if l.Body[k].Op != loop.Const && w.into[k] < 0 {
			w.write(k)
		}
	}
	for _, s := range l.Stores {
		w.stores = append(w.stores, w.place[s.Value])
	}
	for _, v := range l.Next {
		w.next = append(w.next, w.place[v])
	}
	if l.Ends {
		w.while = w.place[l.While]
	}
	return w.bytecode
}

// count finds how often values are read. What is read at the end counts twice, so that it stays.
func (w *writer) count() {
	for k := range w.Body {
		w.into[k] = -1
		for _, v := range w.Body[k].Values() {
			w.reads[v]++
		}
	}
	end := func(v loop.Value) { w.reads[v] += 2; w.last[v] = len(w.Body) }
	for _, s := range w.Stores {
		end(s.Value)
	}
	for _, v := range w.Next {
		end(v)
	}
	if w.Ends {
		end(w.While)
	}
}

// pair makes two instructions one, and then finds where values are read last.
func (w *writer) pair() {
	for k := range w.Body {
		if j := w.inner(k); j >= 0 {
			w.into[j] = k
		}
	}
	for k := range w.Body {
		at := k
		if w.into[k] >= 0 {
			at = w.into[k]
		}
		for _, v := range w.Body[k].Values() {
			w.last[v] = max(w.last[v], at)
		}
	}
}

// inner returns the operand of instruction k that becomes a part of it, or -1.
func (w *writer) inner(k int) int {
	i := &w.Body[k]
	alone := func(v loop.Value) bool {
		return w.reads[v] == 1 && w.into[v] < 0 && w.whole(int(v))
	}
	switch {
	case i.Op == loop.FMA && alone(i.A) && w.Body[i.A].Op == loop.FMA && w.Body[i.A].B == i.B:
		return int(i.A)
	case i.Op.Operands() != 2 || i.Op == loop.Gather:
		return -1
	}
	for _, v := range []loop.Value{i.A, i.B} {
		if _, ok := pairs[[2]loop.Op{w.Body[v].Op, i.Op}]; ok && alone(v) {
			return int(v)
		}
	}
	return -1
}

// whole reports whether no other instruction is a part of k yet.
func (w *writer) whole(k int) bool {
	for _, v := range w.Body[k].Values() {
		if w.into[v] == k {
			return false
		}
	}
	return true
}

// branch writes a jump, and lets the one before lead here. Joins are selects: what a side leaves that is not taken does no
// harm there.
func (w *writer) branch(i loop.Instr) {
	n := len(w.jumps) - 1
	if i.Op != loop.If {
		defer func(from int) { w.code[from].imm = len(w.code) }(w.jumps[n])
		w.jumps = w.jumps[:n]
	}
	switch i.Op {
	case loop.If:
		w.code = append(w.code, instr{op: unless, a: w.place[i.A]})
	case loop.Else:
		w.code = append(w.code, instr{op: jump})
	case loop.End:
		return
	}
	w.jumps = append(w.jumps, len(w.code)-1)
}

// write writes instruction k, with the one that is a part of it.
func (w *writer) write(k int) {
	i := w.Body[k]
	if i.Op == loop.If || i.Op == loop.Else || i.Op == loop.End {
		w.branch(i)
		return
	}
	reads := i.Values()
	x := instr{op: opcode(i.Op), imm: int(i.Imm)}
	for _, v := range i.Values() {
		if w.into[v] == k {
			x = w.both(w.Body[v], i, v)
			reads = append(reads, w.Body[v].Values()...)
			w.last[v] = -1
		}
	}
	switch {
	case x.op >= mulAdd:
	case i.Op == loop.Load:
		if x.op, x.a = loadF64, int32(i.A); w.Arrays[i.A].Kind == loop.Bool {
			x.op = loadBool
		}
	case i.Op == loop.Gather:
		x.a, x.b = int32(i.A), w.place[i.B]
	default:
		for j, v := range i.Values() {
			*[]*int32{&x.a, &x.b, &x.c}[j] = w.place[v]
		}
	}
	for j, v := range reads {
		if w.last[v] == k && w.Body[v].Op != loop.Const && w.into[v] != k && !contains(reads[:j], v) {
			w.free = append(w.free, w.place[v])
		}
	}
	if n := len(w.free); n > 0 {
		x.d, w.free = w.free[n-1], w.free[:n-1]
	} else {
		x.d = int32(8 * w.need)
		w.need++
	}
	w.place[k] = x.d
	w.code = append(w.code, x)
}

// both returns the instruction for i, of which inner, that makes v, is a part.
func (w *writer) both(inner, i loop.Instr, v loop.Value) instr {
	if i.Op == loop.FMA {
		return instr{op: fmaFMA, a: w.place[inner.A], b: w.place[inner.B], c: w.place[inner.C], e: w.place[i.C]}
	}
	ops, other := pairs[[2]loop.Op{inner.Op, i.Op}], i.B
	op := ops[0]
	if v == i.B {
		op, other = ops[1], i.A
	}
	return instr{op: op, a: w.place[inner.A], b: w.place[inner.B], c: w.place[other]}
}

// mask returns b as a value.
func mask(b bool) uint64 {
	if b {
		return math.MaxUint64
	}
	return 0
}
