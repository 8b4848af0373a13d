// Package looptest makes random loops, to compare backends with the reference on.
package looptest

import (
	"math"
	"math/rand/v2"

	"github.com/gradus-ad/gradus/internal/loop"
)

// kinds of values in random programs. Which NaN an arithmetic operation gives is left open, so that integer
// operations read only floats whose bits are certain.
type kind uint8

const (
	float   kind = iota // any
	certain             // a float whose bits are certain
	integer
	mask
	numKinds
)

// Program is a random loop and what its test needs.
type Program struct {
	loop.Loop
	rnd     *rand.Rand
	kinds   []kind
	of      [numKinds][]loop.Value // the values that may be read as of a kind
	carries []kind
	alias   []int // the array that an array is the same as, or itself
	depth   int   // of choices in each other
	fixed   []int // the only offset of an array that may be another one, or -100
	low     []int // the places of an array that the program reads or writes without gathers, apart
	high    []int // from its steps
}

const (
	anyOffset   = -100
	gatherFrom  = -16 // Gather reads elements from here on
	gatherCount = 32
)

// Shape says how a random program is to look.
type Shape struct {
	Size       int // of the body, about
	Sequential bool
	Near       bool // values are read soon after they are made
	Entangled  bool // elements depend on each other
	Rows       bool // many, with folds at their ends; not if Sequential
	Few        int  // elements of each row, if not 0
}

// New returns a random program, which may be the same again with a rnd of the same seed.
func New(rnd *rand.Rand, s Shape) *Program {
	p := &Program{rnd: rnd}
	p.Sequential = s.Sequential
	if !s.Sequential {
		p.Lanes = []int{0, 8, 16, 32}[rnd.IntN(4)]
	}
	if s.Few > 0 {
		s.Rows, s.Entangled, p.Few, p.Lanes = true, false, s.Few, loop.LanesForFew(s.Few)
	}
	for range 1 + rnd.IntN(12) {
		p.array(s)
	}
	if rnd.IntN(2) == 0 {
		for range rnd.IntN(20) {
			p.carries = append(p.carries, []kind{certain, float, integer, mask}[rnd.IntN(4)])
		}
	}
	p.Next = make([]loop.Value, len(p.carries))
	for k := range numKinds {
		p.emit(loop.Instr{Op: loop.Const, Imm: p.constant(k)}, k)
	}
	for len(p.Body) < s.Size {
		p.instruction(s)
	}
	for range 1 + rnd.IntN(8) {
		p.store(s)
	}
	for k, c := range p.carries {
		p.Next[k] = p.pick(c, s)
	}
	if rnd.IntN(3) == 0 {
		p.permute()
	}
	if s.Sequential && rnd.IntN(3) == 0 {
		p.end(s)
	}
	if p.Nested = s.Rows && !s.Sequential; p.Nested && (s.Few == 0 || rnd.IntN(2) == 0) {
		p.fold(s)
	}
	if s.Sequential && rnd.IntN(2) == 0 {
		p.Loop = *p.Branched(1 + rnd.IntN(20))
	}
	for s.Few > 0 && p.Dependent() {
		p.Stores = p.Stores[1:]
	}
	return p
}

// fold folds some of the carries at the end of rows.
func (p *Program) fold(s Shape) {
	for k, c := range p.carries {
		if p.rnd.IntN(3) == 0 {
			continue
		}
		f := loop.Fold{Carry: k, Op: loop.Add + 2*loop.Op(p.rnd.IntN(2)), Start: p.constant(c), Array: len(p.Arrays)}
		array := loop.F64
		switch c {
		case integer:
			f.Op, array = loop.IAdd, loop.I64
		case mask:
			f.Op, array = loop.Or, loop.Bool
		}
		p.add(loop.Array{Kind: array, Row: p.row(s)}, f.Array, anyOffset)
		p.Folds = append(p.Folds, f)
	}
}

// row returns a step from row to row.
func (p *Program) row(s Shape) int {
	if !s.Rows || s.Sequential {
		return 0
	}
	return []int{0, 1, 7, 40, -3}[p.rnd.IntN(5)]
}

func (p *Program) array(s Shape) {
	steps := []int{1, 1, 1, 1, 0, 0, 2, -1, 3, 4, -5, 7, 8, 11}
	a := loop.Array{Kind: loop.Kind(p.rnd.IntN(3)), Step: steps[p.rnd.IntN(len(steps))], Row: p.row(s)}
	if p.rnd.IntN(2) == 0 {
		a.Kind = loop.F64
	}
	alias, fixed := len(p.Arrays), anyOffset
	if alias > 0 && p.rnd.IntN(4) == 0 {
		alias = p.alias[p.rnd.IntN(len(p.alias))]
	}
	if alias < len(p.Arrays) && (s.Few == 0 || p.Arrays[alias].Step != 0) {
		a = p.Arrays[alias]
		fixed = p.rnd.IntN(3)
		if p.fixed[alias] != anyOffset {
			fixed = p.fixed[alias]
		}
		p.fixed[alias] = fixed
	} else {
		alias = len(p.Arrays)
	}
	p.add(a, alias, fixed)
}

func (p *Program) add(a loop.Array, alias, fixed int) {
	p.Arrays = append(p.Arrays, a)
	p.alias = append(p.alias, alias)
	p.fixed = append(p.fixed, fixed)
	p.low = append(p.low, 0)
	p.high = append(p.high, 0)
}

// emit adds an instruction whose value may be read as of a kind.
func (p *Program) emit(i loop.Instr, k kind) loop.Value {
	p.Body = append(p.Body, i)
	p.kinds = append(p.kinds, k)
	v := loop.Value(len(p.Body) - 1)
	p.of[k] = append(p.of[k], v)
	if k == certain {
		p.of[float] = append(p.of[float], v)
	}
	return v
}

func (p *Program) pick(k kind, s Shape) loop.Value {
	vs := p.of[k]
	n := len(vs)
	if s.Near && p.rnd.IntN(8) > 0 {
		return vs[max(0, n-1-p.rnd.IntN(4))]
	}
	return vs[p.rnd.IntN(n)]
}

// bits returns a value that may be shifted and such.
func (p *Program) bits(s Shape) loop.Value { return p.pick(certain+kind(p.rnd.IntN(2)), s) }

func (p *Program) constant(k kind) uint64 {
	switch k {
	case integer:
		return randomInt(p.rnd)
	case mask:
		return -uint64(p.rnd.IntN(2))
	}
	return randomFloat(p.rnd)
}

// offset returns an offset from the current place of an array and notes it.
func (p *Program) offset(array int, s Shape) int {
	o := p.fixed[array]
	if o == anyOffset {
		o = p.rnd.IntN(7) - 3
	}
	p.low[array] = min(p.low[array], o)
	p.high[array] = max(p.high[array], o)
	return o
}

func (p *Program) instruction(s Shape) {
	arithmetic := []loop.Op{
		loop.Add, loop.Sub, loop.Mul, loop.Div, loop.Sqrt, loop.FMA, loop.FMA, loop.Min, loop.Max,
		loop.Floor, loop.Ceil, loop.Trunc, loop.Nearest,
	}
	compare := []loop.Op{loop.Less, loop.LessEqual, loop.Equal, loop.NotEqual}
	bitwise := []loop.Op{loop.And, loop.Or, loop.Xor, loop.AndNot}
	ints := []loop.Op{loop.IAdd, loop.ISub, loop.IMul}
	one := func(ops []loop.Op) loop.Op { return ops[p.rnd.IntN(len(ops))] }
	i := loop.Instr{}
	three := func(o loop.Op, k kind) {
		i.Op, i.A, i.B, i.C = o, p.pick(k, s), p.pick(k, s), p.pick(k, s)
	}
	result := [...]kind{loop.F64: certain, loop.I64: integer, loop.Bool: mask}
	if s.Sequential && p.depth < 3 && p.rnd.IntN(10) <= p.depth {
		p.choices(s)
		return
	}
	switch p.rnd.IntN(16) {
	case 0, 1, 2, 3:
		three(one(arithmetic), float)
		p.emit(i, float)
	case 4:
		three(one(compare), float)
		p.emit(i, mask)
	case 5, 6:
		k := float + kind(p.rnd.IntN(int(numKinds)))
		three(loop.Select, k)
		i.A = p.pick(mask, s)
		i.Imm = uint64(p.rnd.IntN(2)) // a choice or not
		p.emit(i, k)
	case 7:
		three(one(bitwise), mask)
		p.emit(i, mask)
	case 8:
		i = loop.Instr{Op: one(bitwise), A: p.bits(s), B: p.bits(s)}
		p.emit(i, certain+kind(p.rnd.IntN(2)))
	case 9:
		if p.rnd.IntN(2) == 0 {
			three(one(ints), integer)
			p.emit(i, integer)
			return
		}
		three(loop.ILess+loop.Op(p.rnd.IntN(2)), integer)
		p.emit(i, mask)
	case 10:
		i = loop.Instr{Op: loop.Shl + loop.Op(p.rnd.IntN(2)), A: p.bits(s), Imm: p.rnd.Uint64N(70)}
		p.emit(i, certain+kind(p.rnd.IntN(2)))
	case 11:
		if p.rnd.IntN(2) == 0 {
			p.emit(loop.Instr{Op: loop.FromInt, A: p.pick(integer, s)}, certain)
			return
		}
		p.emit(loop.Instr{Op: loop.ToInt, A: p.pick(float, s)}, integer)
	case 12:
		x := p.pick(float, s) // a NaN becomes a certain one
		m := p.emit(loop.Instr{Op: loop.Equal, A: x, B: x}, mask)
		p.emit(loop.Instr{Op: loop.Select, A: m, B: x, C: p.pick(certain, s)}, certain)
	case 13, 14:
		a := p.rnd.IntN(len(p.Arrays))
		p.emit(loop.Instr{Op: loop.Load, A: loop.Value(a), Imm: uint64(p.offset(a, s))}, result[p.Arrays[a].Kind])
	case 15:
		p.special(s, result[:])
	}
}

// choices adds some choices by one mask, and what they choose from, which nobody else reads.
func (p *Program) choices(s Shape) {
	p.depth++
	m := p.pick(mask, s)
	var kinds []kind
	for range 1 + p.rnd.IntN([]int{5, 5, 5, 40}[p.rnd.IntN(4)]) {
		kinds = append(kinds, kind(p.rnd.IntN(int(numKinds))))
	}
	var sides [2][]loop.Value
	for side := range sides {
		outside := p.of
		for range p.rnd.IntN(20) {
			p.instruction(s)
		}
		for _, k := range kinds {
			sides[side] = append(sides[side], p.pick(k, Shape{Near: true}))
		}
		p.of = outside
	}
	p.depth--
	for j, k := range kinds {
		p.emit(loop.Instr{Op: loop.Select, A: m, B: sides[0][j], C: sides[1][j], Imm: 1}, k)
	}
}

// special adds an instruction that reads no values, or a gather.
func (p *Program) special(s Shape, result []kind) {
	if s.Few > 0 && p.rnd.IntN(3) == 0 {
		k := kind(p.rnd.IntN(int(numKinds)))
		p.emit(loop.Instr{Op: loop.Pick, Imm: uint64(len(p.Picks))}, k)
		for range s.Few {
			p.Picks = append(p.Picks, p.constant(k))
		}
		return
	}
	switch p.rnd.IntN(4) {
	case 0:
		k := kind(p.rnd.IntN(int(numKinds)))
		p.emit(loop.Instr{Op: loop.Const, Imm: p.constant(k)}, k)
	case 1:
		if n := len(p.carries); n > 0 {
			k := p.rnd.IntN(n)
			p.emit(loop.Instr{Op: loop.Carry, Imm: uint64(k)}, p.carries[k])
		}
	case 2:
		p.emit(loop.Instr{Op: loop.Index}, integer)
	case 3:
		a := p.rnd.IntN(len(p.Arrays))
		if p.fixed[a] != anyOffset {
			return // gathers read no array that may be another one
		}
		p.low[a], p.high[a] = min(p.low[a], gatherFrom), max(p.high[a], gatherFrom+gatherCount-1)
		m := p.emit(loop.Instr{Op: loop.Const, Imm: gatherCount - 1}, integer)
		f := p.emit(loop.Instr{Op: loop.Const, Imm: 1<<64 + gatherFrom}, integer)
		x := p.emit(loop.Instr{Op: loop.And, A: p.pick(integer, s), B: m}, integer)
		x = p.emit(loop.Instr{Op: loop.IAdd, A: x, B: f}, integer)
		p.emit(loop.Instr{Op: loop.Gather, A: loop.Value(a), B: x}, result[p.Arrays[a].Kind])
	}
}

// store adds a store. If elements are not to depend on each other, an array that is read or stored
// elsewhere is left alone, mostly.
func (p *Program) store(s Shape) {
	a := p.rnd.IntN(len(p.Arrays))
	if !s.Entangled && p.fixed[a] == anyOffset {
		for k := range p.Body {
			if i := &p.Body[k]; (i.Op == loop.Load || i.Op == loop.Gather) && int(i.A) == a {
				return
			}
		}
	}
	k := [...]kind{loop.F64: float, loop.I64: integer, loop.Bool: mask}[p.Arrays[a].Kind]
	first, n := p.offset(a, s), 1
	if step := p.Arrays[a].Step; step > 1 && p.fixed[a] == anyOffset && p.rnd.IntN(2) == 0 {
		n = step // all of an element
		p.high[a] = max(p.high[a], first+n-1)
	}
	for i := range n {
		v := p.pick(k, s)
		if s.Few > 0 && p.Arrays[a].Step == 0 {
			v = p.emit(loop.Instr{Op: loop.Const, Imm: p.constant(k)}, k)
		}
		p.Stores = append(p.Stores, loop.Store{Array: a, Offset: first + i, Value: v})
	}
}

// permute lets some carries take the places of others of the same kind.
func (p *Program) permute() {
	to := p.rnd.Perm(len(p.carries))
	for k, j := range to {
		if p.carries[k] == p.carries[j] && p.rnd.IntN(4) > 0 {
			p.Next[k] = p.emit(loop.Instr{Op: loop.Carry, Imm: uint64(j)}, p.carries[j])
		}
	}
}

// end lets the loop end early: by a mask that is made early or late, in the first elements or afterwards.
func (p *Program) end(s Shape) {
	p.Ends, p.While = true, p.pick(mask, s)
	if p.rnd.IntN(4) > 0 {
		i := p.emit(loop.Instr{Op: loop.Index}, integer)
		n := p.emit(loop.Instr{Op: loop.Const, Imm: uint64(p.rnd.IntN(100))}, integer)
		few := p.emit(loop.Instr{Op: loop.ILess, A: i, B: n}, mask)
		p.While = p.emit(loop.Instr{Op: loop.Or, A: few, B: p.While}, mask)
	}
}

// Specials are floats at which something may go wrong.
var Specials = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, math.Inf(1), math.Inf(-1), math.NaN(),
	math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1022, 0x1.fffffffffffffp-1023,
	math.MaxFloat64, -math.MaxFloat64, 1 << 52, 1<<52 + 0.5, 1<<51 + 0.5, -1<<51 - 1.5, 1 << 53, 1 << 62, 1 << 63, -1 << 63,
	1<<63 - 1024, -1<<63 - 2048, 1 << 31, -1 << 31, 0x1.ffffffffffffep52, 0.49999999999999994,
}

func randomFloat(rnd *rand.Rand) uint64 {
	switch rnd.IntN(8) {
	case 0:
		return math.Float64bits(Specials[rnd.IntN(len(Specials))])
	case 1:
		return rnd.Uint64()
	case 2:
		return math.Float64bits(float64(rnd.IntN(20) - 10))
	case 3:
		return math.Float64bits(math.Ldexp(rnd.NormFloat64(), rnd.IntN(70)))
	}
	return math.Float64bits(rnd.NormFloat64())
}

func randomInt(rnd *rand.Rand) uint64 {
	switch rnd.IntN(4) {
	case 0:
		return rnd.Uint64()
	case 1:
		return uint64(rnd.IntN(100) - 50)
	case 2: // near powers of 2, where conversion rounds
		return -uint64(rnd.IntN(2)) ^ (1<<rnd.IntN(64) + uint64(rnd.IntN(5)-2))
	}
	return rnd.Uint64() >> rnd.IntN(64)
}
