package amd64

import (
	"cmp"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// climber finds packs from the end: where values that are stored one behind the other are made in the same way, they are made in
// lanes, of lanes, and so on up to what lies one behind the other in memory; there Larsen and Amarasinghe begin. What several
// packs take is computed in each of them: neighbours that share what is between them, as in stencils, have it in other lanes.
type climber struct {
	*loop.Loop
	packs  []climbed
	known  map[[8]loop.Value]int32 // the pack that has them
	runs   []storeRun              // that are made, in order
	seats  []int32                 // of each value: a pack in use by an instruction that has it in a lane, or -1
	needed []bool                  // values that are made alone, or taken from lanes
	used   []bool                  // packs
}

// climbed is a pack.
type climbed struct {
	lanes [8]loop.Value // its values, and -1 behind them
	count int
	by    manner
	from  [3]int32 // the packs of the operands of an instruction
	mark  int      // by gain
}

// manner is how the lanes of a pack come together.
type manner uint8

const (
	byInstruction manner = iota
	byConstants
	fromMemory // one behind the other
	fromOne    // value, in all lanes
	fromSome   // values
)

// storeRun are stores one behind the other in memory, of the lanes of a pack.
type storeRun struct {
	first, count int
	pack         int32
	gain         int // instructions that it saves, about
}

const (
	mostClimbed = 1024 // instructions of a body
	mostWeighed = 64   // runs
	mostTried   = 4    // packs, as multiples of the instructions
	leastRun    = 4    // stores
)

// climb returns the loop with what is stored made in lanes, or nil if that saves nothing.
func climb(l *loop.Loop, most int, r *room) *loop.Loop {
	if l.Ends || len(l.Next) > 1 || len(l.Body) > mostClimbed {
		return nil
	}
	c := &climber{Loop: l, known: make(map[[8]loop.Value]int32)}
	all := c.candidates(most)
	if len(all) == 0 {
		return nil
	}
	c.seats, c.needed, c.used = r.numbers.some(len(l.Body)), r.flags.some(len(l.Body)), r.flags.some(len(c.packs))
	least := c.weigh()
	for _, s := range all[:min(len(all), mostWeighed)] {
		before := c.runs
		if !c.insert(s) {
			continue
		}
		if w := c.weigh(); w < least {
			least = w
		} else {
			c.runs = before
		}
	}
	if len(c.runs) == 0 {
		return nil
	}
	c.weigh() // which leaves what is in use
	return c.rebuilt(r)
}

// insert adds a run where it is in order, unless it overlaps with others.
func (c *climber) insert(s storeRun) bool {
	at := 0
	for _, t := range c.runs {
		if s.first < t.first+t.count && t.first < s.first+s.count {
			return false
		}
		if t.first < s.first {
			at++
		}
	}
	c.runs = slices.Insert(slices.Clone(c.runs), at, s)
	return true
}

// candidates returns the runs that may be worth it, the best ones first.
func (c *climber) candidates(most int) (all []storeRun) {
	for k := range c.Stores {
		for n := most; n >= leastRun; n /= 2 {
			if !c.abreast(k, n) {
				continue
			}
			var values [8]loop.Value
			for j := range n {
				values[j] = c.Stores[k+j].Value
			}
			p := c.pack(values[:n])
			if s := (storeRun{k, n, p, c.gain(p, len(c.Stores)*n+k)}); s.gain > 0 {
				all = append(all, s)
			}
		}
	}
	slices.SortStableFunc(all, func(s, t storeRun) int { return cmp.Compare(t.gain, s.gain) })
	return all
}

// abreast reports whether n stores from number k on are one behind the other in memory, and of what one operation makes.
func (c *climber) abreast(k, n int) bool {
	if k+n > len(c.Stores) || c.Arrays[c.Stores[k].Array].Kind == loop.Bool {
		return false
	}
	first := c.Stores[k]
	for j, s := range c.Stores[k : k+n] {
		if s.Array != first.Array || s.Offset != first.Offset+j || c.Body[s.Value].Op != c.Body[first.Value].Op {
			return false
		}
	}
	return packable(c.Body[first.Value].Op)
}

// gain returns about how many instructions a pack saves, with those that it is made of but for those that have the mark already.
func (c *climber) gain(p int32, mark int) int {
	q := &c.packs[p]
	if q.mark == mark {
		return 0
	}
	q.mark = mark
	if q.by != byInstruction {
		return -q.bringing()
	}
	i := &c.Body[q.lanes[0]]
	n := q.count*effort(i.Op, 1) - effort(i.Op, q.count)
	for j := range i.Op.Operands() {
		n += c.gain(q.from[j], mark)
	}
	return n
}

// bringing returns how many instructions bring the lanes of a pack together that is not by an instruction.
func (q *climbed) bringing() int {
	switch q.by {
	case fromOne:
		return 1
	case fromSome:
		return q.count - 1
	}
	return 0
}

// effort is about how long an instruction takes, as multiples of most others.
func effort(o loop.Op, lanes int) int {
	if slow(o) {
		return 4 * max(1, lanes/2)
	}
	return 1
}

// weigh returns the effort of the loop with the runs that there are, and finds what they use and what is needed besides.
func (c *climber) weigh() (sum int) {
	clear(c.needed)
	clear(c.used)
	for v := range c.seats {
		c.seats[v] = -1
	}
	for _, s := range c.runs {
		sum += c.use(s.pack)
	}
	for k, s := 0, 0; k < len(c.Stores); sum++ {
		if s < len(c.runs) && c.runs[s].first == k {
			k += c.runs[s].count
			s++
			continue
		}
		c.needed[c.Stores[k].Value] = true
		k++
	}
	for _, v := range c.Next {
		c.needed[v] = true
	}
	for v := len(c.Body) - 1; v >= 0; v-- {
		switch i := &c.Body[v]; {
		case !c.needed[v] || i.Op <= loop.Index:
		case c.taken(loop.Value(v)):
			sum++
		default:
			sum += effort(i.Op, 1)
			for _, w := range i.Values() {
				c.needed[w] = true
			}
		}
	}
	return sum
}

// use marks a pack, and those that it is made of, as used, and returns the effort.
func (c *climber) use(p int32) int {
	if c.used[p] {
		return 0
	}
	c.used[p] = true
	q := &c.packs[p]
	switch q.by {
	case fromOne, fromSome:
		for _, v := range q.lanes[:q.count] {
			c.needed[v] = true
		}
		return q.bringing()
	case byInstruction:
		i := &c.Body[q.lanes[0]]
		sum := effort(i.Op, q.count)
		for j := range i.Op.Operands() {
			sum += c.use(q.from[j])
		}
		for _, v := range q.lanes[:q.count] {
			c.seats[v] = p
		}
		return sum
	}
	return 0
}

// taken reports whether a value that is needed is taken from a lane: it is made again if that takes no more.
func (c *climber) taken(v loop.Value) bool {
	return c.seats[v] >= 0 && slices.ContainsFunc(c.Body[v].Values(), func(w loop.Value) bool { return c.Body[w].Op > loop.Index })
}
