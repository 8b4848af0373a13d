package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// plan is what there is to know of a loop before code is written. The place of an instruction is its number in
// the body. Behind them come the places of what happens at the end of an element: the stores,
// and then the next values of the carries.
type plan struct {
	*loop.Loop
	branches
	first   []int32 // the uses of value v are uses[first[v]:first[v+1]], in order
	uses    []int32
	early   []bool  // what must be read where it stands, as its memory changes before its last use
	selects []bool  // comparisons that do nothing but select
	target  []int32 // the carry whose next value a value is, if it may be computed right into its register, or -1
	serial  bool    // elements must be handled one by one
	hoists  bool    // what does not move may be read before the loop
	touched []int   // how often each array is used
	prompt  []bool  // see there
	stores  [][]int // of each value: the stores that happen as soon as it is made; or nil
	span    []uint8 // of a bundled loop: how many lanes values have
	parts   [2]bool // whether vectors of 4 and of 8 may have elements that are not there

	room     *room
	operands []loop.Value // room for reads
}

func newPlan(l *loop.Loop, r *room) *plan {
	p := &plan{
		Loop:    l,
		room:    r,
		early:   r.flags.zeros(len(l.Body)),
		selects: r.flags.zeros(len(l.Body)),
		touched: make([]int, len(l.Arrays)),
		span:    lanesOf(l),
	}
	p.findForks()
	p.findStores()
	p.findUses()
	p.findEarly()
	p.findCarries()
	p.findHomes()
	p.serial = l.Sequential || l.Few == 0 && l.Dependent()
	p.hoists = true
	for _, s := range l.Stores {
		p.touched[s.Array]++
		if a := l.Arrays[s.Array]; l.Few > 0 && a.Row == 0 || l.Few == 0 && a.Step == 0 {
			p.hoists = false
		}
	}
	for v := range l.Body {
		if i := &l.Body[v]; p.live(loop.Value(v)) && (i.Op == loop.Load || i.Op == loop.Gather) {
			p.touched[i.A]++
		}
	}
	for _, f := range l.Folds {
		p.touched[f.Array]++
	}
	p.findParts()
	return p
}

// findParts finds whether all loads and stores have a form that leaves alone elements that are not there.
func (p *plan) findParts() {
	p.parts = [2]bool{true, true}
	for v := range p.Body {
		if i := &p.Body[v]; p.live(loop.Value(v)) && i.Op == loop.Load {
			a := p.Arrays[i.A]
			p.parts[0] = p.parts[0] && a.Kind != loop.Bool && (a.Step == 0 || a.Step == 1)
			p.parts[1] = p.parts[1] && (a.Kind != loop.Bool || a.Step == 0 || a.Step == 1)
		}
	}
	for _, s := range p.Stores {
		a := p.Arrays[s.Array]
		p.parts[0] = p.parts[0] && a.Kind != loop.Bool && a.Step == 1
		p.parts[1] = p.parts[1] && (a.Kind != loop.Bool || a.Step == 1)
	}
}

func (p *plan) live(v loop.Value) bool { return p.first[v] < p.first[v+1] }

func (p *plan) usesOf(v loop.Value) []int32 { return p.uses[p.first[v]:p.first[v+1]] }

// last returns the place of the last use of a value that is alive.
func (p *plan) last(v loop.Value) int { return int(p.uses[p.first[v+1]-1]) }

// findStores finds the stores that are prompt.
func (p *plan) findStores() {
	p.prompt = prompt(p.Loop, p.room)
	for s, is := range p.prompt {
		if !is {
			continue
		}
		if p.stores == nil {
			p.stores = make([][]int, len(p.Body))
		}
		v := p.Stores[s].Value
		p.stores[v] = append(p.stores[v], s)
	}
}

// storePlace returns the place of a store: that of its value, or one at the end.
func (p *plan) storePlace(s int) int {
	if p.prompt[s] {
		return int(p.Stores[s].Value)
	}
	return len(p.Body) + s
}

// nextPlace returns the place of a next value.
func (p *plan) nextPlace(k int) int { return len(p.Body) + len(p.Stores) + k }

// findUses finds the uses of each value by what is alive itself.
func (p *plan) findUses() {
	n := len(p.Body)
	count := p.room.numbers.zeros(n + 1)
	for _, s := range p.Stores {
		count[s.Value]++
	}
	for _, v := range p.Next {
		count[v]++
	}
	if p.Ends {
		count[p.While]++
	}
	for k := n - 1; k >= 0; k-- {
		for _, v := range p.reads(k, count[k] > 0) {
			count[v]++
		}
	}
	p.first = p.room.numbers.zeros(n + 1)
	total := int32(0)
	for v, c := range count {
		p.first[v] = total
		total += c
	}
	p.uses = p.room.numbers.zeros(int(total))
	at := count // which is needed no more
	copy(at, p.first)
	use := func(v loop.Value, place int) {
		p.uses[at[v]] = int32(place)
		at[v]++
	}
	if p.Ends {
		use(p.While, int(p.While)) // as soon as it is known
	}
	for s, x := range p.Stores {
		if p.prompt[s] {
			use(x.Value, p.storePlace(s))
		}
	}
	for k := range p.Body {
		for _, v := range p.reads(k, p.live(loop.Value(k))) {
			use(v, k)
		}
	}
	for s, x := range p.Stores {
		if !p.prompt[s] {
			use(x.Value, p.storePlace(s))
		}
	}
	for k, v := range p.Next {
		use(v, p.nextPlace(k))
	}
	for v := range p.Body {
		if p.selects[v] = comparison(p.Body[v].Op); !p.selects[v] {
			continue
		}
		for _, u := range p.usesOf(loop.Value(v)) {
			if int(u) >= n || int(u) == v || p.Body[u].Op != loop.Select || p.Body[u].B == loop.Value(v) || p.Body[u].C == loop.Value(v) {
				p.selects[v] = false
			}
		}
	}
}

// lanesOf returns how many lanes a value has, of those that a bundled loop joins.
func (p *plan) lanesOf(v loop.Value) int {
	if p.span == nil {
		return 1
	}
	return int(p.span[v])
}

func comparison(o loop.Op) bool {
	return o >= loop.Less && o <= loop.NotEqual || o == loop.ILess || o == loop.IEqual
}

// spot is a place in memory. Two arrays may be the same one, if they have the same kind and step.
type spot struct {
	loop.Array
	offset int
}

// findEarly finds the loads and carries that are still used when a store, or a next value, may have changed
// what is in memory.
func (p *plan) findEarly() {
	stored := make(map[spot]int)
	for s := len(p.Stores) - 1; s >= 0; s-- {
		x := p.Stores[s]
		for k := range p.lanesOf(x.Value) {
			stored[spot{p.Arrays[x.Array], x.Offset + k}] = p.storePlace(s)
		}
	}
	for v := range p.Body {
		i := &p.Body[v]
		if !p.live(loop.Value(v)) {
			continue
		}
		switch i.Op {
		case loop.Load:
			for k := range p.lanesOf(loop.Value(v)) {
				s, ok := stored[spot{p.Arrays[i.A], int(i.Imm) + k}]
				p.early[v] = p.early[v] || ok && p.last(loop.Value(v)) > s
			}
		case loop.Carry:
			p.early[v] = p.last(loop.Value(v)) > p.nextPlace(int(i.Imm))
		}
	}
}

// findCarries finds which value may be computed right into the register of a carry: the next one, made when
// the carry has been read for the last time, and the loop cannot end before that.
func (p *plan) findCarries() {
	last := make([]int, len(p.Next))
	for v := range p.Body {
		if i := &p.Body[v]; i.Op == loop.Carry && p.live(loop.Value(v)) {
			last[i.Imm] = max(last[i.Imm], p.last(loop.Value(v)))
		}
	}
	p.target = p.room.numbers.some(len(p.Body))
	for v := range p.target {
		p.target[v] = -1
	}
	for k, v := range p.Next {
		if p.target[v] < 0 && last[k] <= int(v) && !(p.Ends && p.made(v) <= int32(p.While)) {
			p.target[v] = int32(k)
		}
	}
}
