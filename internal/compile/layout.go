package compile

import "github.com/gradus-ad/gradus/trace"

// span is memory in the arena that is in use up to the end of a group.
type span struct{ lo, hi, last int }

// layOut gives memory to what steps hand to each other, and returns how many words that takes. Two
// variables share memory if they are not needed at the same time. Each gets the first place that is free.
func (c *compiler) layOut() int {
	room := newGaps()
	spans := make([]*span, len(c.vars))
	ends := make([][]*span, len(c.groups)+1) // those that were to end with a group, as they began
	size := 0
	for g, begins := range c.begins() {
		if g > 0 {
			for _, s := range ends[g-1] {
				if s.last >= g { // it has grown older since
					ends[s.last] = append(ends[s.last], s)
				} else {
					room.free(s.lo, s.hi)
				}
			}
		}
		for _, v := range begins {
			x := &c.vars[v]
			x.words = max(1, (x.typ.Size()*kindOf(x.typ.DType).Size()+7)/8)
			if c.groups[g].kind == update && c.inPlace(c.groups[g]) {
				s := spans[c.groups[g].equations[0].ins[0]]
				spans[v], x.offset, s.last = s, s.lo, max(x.last, g)
				continue
			}
			x.offset = room.take(x.words)
			s := &span{x.offset, x.offset + x.words, max(x.last, x.group)}
			spans[v], ends[s.last] = s, append(ends[s.last], s)
			size = max(size, s.hi)
		}
	}
	return size
}

// begins returns, for each group, the variables whose memory is needed from there on.
func (c *compiler) begins() [][]trace.Var {
	begins := make([][]trace.Var, len(c.groups))
	for v := range c.vars {
		x := &c.vars[v]
		if x.made == byLoop && x.stored && !x.output && x.place == nil && x.first >= 0 {
			begins[x.first] = append(begins[x.first], trace.Var(v))
		}
	}
	return begins
}
