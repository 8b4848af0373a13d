package loop

import "slices"

// choice is the Imm of a Select of which no more need be computed than what it gives.
const choice = 1

// Choose returns x where the mask m is true, otherwise y, as Select does. It is meant for branches of which one is not
// taken: see Branched.
func (b *Builder) Choose(m, x, y Value) Value {
	return b.Emit(Instr{Op: Select, A: m, B: x, C: y, Imm: choice})
}

// Branched returns a sequential loop with jumps where that saves much: what only one side of choices by a mask needs
// stands in a branch, if both sides together take dear additions or more. So a step need not wait for the
// mask either: the processor guesses it. The loop computes the same.
func (l *Loop) Branched(dear int) *Loop {
	chooses := func(i Instr) bool { return i.Op == Select && i.Imm == choice }
	if !slices.ContainsFunc(l.Body, chooses) {
		return l
	}
	n := len(l.Body)
	b := &brancher{
		Loop: l, dear: dear, reads: make([]int32, n), inside: make([]int32, n), level: make([]int32, n),
		above: make([]int32, n), tried: make([]bool, n), number: make([]Value, n),
	}
	all := make([]Value, n)
	for k := range l.Body {
		all[k] = Value(k)
		for _, v := range l.Body[k].Values() {
			b.reads[v]++
		}
	}
	for _, v := range l.ends() {
		b.reads[v]++
	}
	b.write(b.forks(all))
	return b.loop()
}

// ends returns what is read when the body has been run, or ends it.
func (l *Loop) ends() (values []Value) {
	for _, s := range l.Stores {
		values = append(values, s.Value)
	}
	if values = append(values, l.Next...); l.Ends {
		values = append(values, l.While)
	}
	return values
}

// brancher finds branches. At each level, which is the body or a side of a branch, it goes through what stands
// there, from the last choice to the first.
type brancher struct {
	*Loop
	dear   int
	reads  []int32 // how often each value is read
	inside []int32 // and by how many of those that only one side needs
	level  []int32 // where a value stands that may go into a branch
	levels int32
	above  []int32 // the last choices that needed a value, by a number
	stamp  int32
	tried  []bool // choices that are joins, or stay selects
	out    []Instr
	number []Value // of the values in out
}

// part is a value, or a fork.
type part struct {
	v Value
	*fork
}

// fork is a branch: its mask, what only one side needs, and the choices that join the sides.
type fork struct {
	mask  Value
	sides [2][]Value
	joins []Value
}

// forks finds the branches of a level.
func (b *brancher) forks(values []Value) []part {
	b.levels++
	level := b.levels
	parts := make([]part, len(values))
	for k, v := range values {
		parts[k].v, b.level[v] = v, level
	}
	for {
		at := len(parts) - 1
		for at >= 0 && (parts[at].fork != nil || !b.open(parts[at].v)) {
			at--
		}
		if at < 0 {
			return parts
		}
		f := b.gather(parts, at)
		cost := len(f.joins)
		for side := range f.sides {
			f.sides[side] = b.side(f, side, level)
			for _, v := range f.sides[side] {
				cost += b.Body[v].Op.effort()
			}
		}
		if cost >= b.dear {
			parts = b.place(f, parts, at)
		}
	}
}

// open reports whether v is a choice of which nothing is decided yet.
func (b *brancher) open(v Value) bool {
	i := &b.Body[v]
	return i.Op == Select && i.Imm == choice && !b.tried[v]
}

// gather returns a fork of the choice at a place and those before it by the same mask that are not needed to make it. What
// is needed is marked.
func (b *brancher) gather(parts []part, at int) *fork {
	b.stamp++
	f := &fork{mask: b.Body[parts[at].v].A}
	for k := at; k >= 0; k-- {
		p := parts[k]
		switch {
		case p.fork != nil:
			if b.needed(p) {
				p.each(b.need)
			}
		case b.needed(p):
			b.need(p.v)
		case b.open(p.v) && b.Body[p.v].A == f.mask:
			b.tried[p.v] = true
			f.joins = append(f.joins, p.v)
			b.need(p.v)
		}
	}
	slices.Reverse(f.joins)
	return f
}

// needed reports whether the fork that is gathered needs a part.
func (b *brancher) needed(p part) bool {
	if p.fork != nil {
		return slices.ContainsFunc(p.joins, func(v Value) bool { return b.above[v] == b.stamp })
	}
	return b.above[p.v] == b.stamp
}

// need marks what v reads.
func (b *brancher) need(v Value) {
	for _, w := range b.Body[v].Values() {
		b.above[w] = b.stamp
	}
}

// each visits all values of a fork.
func (f *fork) each(visit func(Value)) {
	for _, vs := range [][]Value{f.sides[0], f.sides[1], f.joins} {
		for _, v := range vs {
			visit(v)
		}
	}
}

// side returns what only one side of a fork needs, in order. What is had without computing is not worth a branch.
func (b *brancher) side(f *fork, side int, level int32) (values []Value) {
	var reached []Value
	read := func(v Value) {
		reached = append(reached, v)
		if b.inside[v]++; b.inside[v] == b.reads[v] && b.level[v] == level && b.Body[v].Op.effort() > 0 {
			values = append(values, v)
		}
	}
	for _, j := range f.joins {
		read(*[]*Value{&b.Body[j].B, &b.Body[j].C}[side])
	}
	for k := 0; k < len(values); k++ {
		for _, v := range b.Body[values[k]].Values() {
			read(v)
		}
	}
	for _, v := range reached {
		b.inside[v] = 0
	}
	slices.Sort(values)
	return values
}

// place puts a fork, the last of whose joins is at a place, among the parts of its level: behind what it needs, and before
// all else from its first join on.
func (b *brancher) place(f *fork, parts []part, at int) []part {
	f.each(func(v Value) { b.level[v] = 0 })
	first := slices.IndexFunc(parts, func(p part) bool { return p.fork == nil && p.v == f.joins[0] })
	out, behind := make([]part, 0, len(parts)), []part{}
	for k, p := range parts {
		switch {
		case p.fork == nil && b.level[p.v] == 0: // a part of f
		case k < first || k < at && b.needed(p):
			out = append(out, p)
		default:
			behind = append(behind, p)
		}
	}
	return append(append(out, part{fork: f}), behind...)
}

// write writes parts with all that is in them.
func (b *brancher) write(parts []part) {
	for _, p := range parts {
		f := p.fork
		if f == nil {
			b.emit(p.v, b.plain(p.v))
			continue
		}
		b.out = append(b.out, Instr{Op: If, A: b.number[f.mask]})
		b.write(b.forks(f.sides[0]))
		b.out = append(b.out, Instr{Op: Else})
		b.write(b.forks(f.sides[1]))
		b.out = append(b.out, Instr{Op: End, Imm: uint64(len(f.joins))})
		for _, j := range f.joins {
			i := b.Body[j]
			i.Renumber(b.number)
			b.emit(j, Instr{Op: Select, A: i.A, B: i.B, C: i.C})
		}
	}
}

// emit writes the instruction of a value.
func (b *brancher) emit(v Value, i Instr) {
	b.number[v] = Value(len(b.out))
	b.out = append(b.out, i)
}

// plain returns an instruction that is no join. A choice is a select then.
func (b *brancher) plain(v Value) Instr {
	i := b.Body[v]
	i.Renumber(b.number)
	switch {
	case i.Op != Select:
		return i
	case b.Body[b.Body[v].C] == Instr{Op: Const}:
		return Instr{Op: And, A: i.A, B: i.B}
	}
	return Instr{Op: Select, A: i.A, B: i.B, C: i.C}
}

// loop returns the loop with what has been written as its body.
func (b *brancher) loop() *Loop {
	out := *b.Loop
	out.Body, out.Stores, out.Next = b.out, slices.Clone(b.Stores), slices.Clone(b.Next)
	for k := range out.Stores {
		out.Stores[k].Value = b.number[out.Stores[k].Value]
	}
	for k, v := range out.Next {
		out.Next[k] = b.number[v]
	}
	if out.Ends {
		out.While = b.number[out.While]
	}
	return &out
}

// effort returns about how many additions an instruction takes; 0 if there is nothing to compute.
func (o Op) effort() int {
	switch o {
	case Const, Load, Carry, Pick, Index:
		return 0
	case Div, Sqrt:
		return 4
	}
	return 1
}

// Joins returns from where to where the joins stand that follow instruction k, if it is an End.
func (l *Loop) Joins(k int) (from, to int) {
	if l.Body[k].Op != End {
		return k, k
	}
	return k + 1, k + 1 + int(l.Body[k].Imm)
}

// Branches returns how many branches the loop has.
func (l *Loop) Branches() (n int) {
	for k := range l.Body {
		if l.Body[k].Op == If {
			n++
		}
	}
	return n
}
