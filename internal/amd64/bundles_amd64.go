package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// Code for single elements does the same to several values, where it can, in the lanes of vectors: functions such as the
// sine are dozens of instructions, and those of other arguments are the same ones. This is superword-level parallelism,
// but that it starts from arguments and not from memory; Larsen and Amarasinghe, PLDI 2000.

// bundle is what is computed of some arguments, one a lane, and of constants. Pack 0 are the arguments; what is computed may
// need more of them, which are packs too.
type bundle struct {
	args  []loop.Value
	packs []pack
	gain  int // instructions that it saves, about
}

// pack is an instruction for several lanes.
type pack struct {
	lanes [8]loop.Value // what it stands for, or -1
	count int
	key   packKey // its constants are those of the first lane
	mixed [3]bool // operands that are other constants in other lanes
	given bool    // the lanes are arguments
	made  int16   // a pack that is made of this one, as its first operand that is no constant; or 0
	next  int16   // another one that is made of the same, or 0
}

// packKey is what the instructions of a pack have in common. An operand is a pack of the bundle, or a constant.
type packKey struct {
	op       loop.Op
	imm      uint64
	from     [3]int16 // -1 for a constant
	constant [3]uint64
}

// seat is where a value is computed.
type seat struct{ bundle, pack, lane int16 }

var nowhere = seat{-1, -1, -1}

const (
	leastGain    = 6     // of a bundle
	mostMore     = 3     // further arguments of each lane
	fewPacks     = 2     // for which there are no further ones
	mostBundled  = 12288 // instructions of a body
	mostCareful  = 4096  // and of one for which it may be tried as long as it takes
	mostSameArgs = 64    // arguments that something is done to, of which bundles are made
)

// bundler finds bundles.
type bundler struct {
	*loop.Loop
	most    int     // lanes
	least   int     // arguments of a bundle
	pairs   bool    // the loop ends early: see pairs_amd64.go
	first   []int32 // the instructions that read value v are users[first[v]:first[v+1]], each of them once
	users   []loop.Value
	outside []bool  // read at the end
	depth   []int32 // see depthOf
	seats   []seat
	bundles []*bundle

	together []int32 // of each value: a number for its pack in a bundle that was found to be worth it alone, or 0
	packings int32   // how many such numbers there are

	// of the bundle that is tried
	lane  []int8
	pack  []int16
	found []loop.Value

	room *room
	*attempts
}

// attempts is room that what is tried leaves to what is tried next, and a bundler to the next one.
type attempts struct {
	packs  []pack
	wishes []wish
	uses   uses
	marks  marks
	args   []loop.Value
	tried  bundle
	out    []bool // of prune

	candidateArgs [][]loop.Value
	worth, last   []candidate
}

func newBundler(l *loop.Loop, most, least int, r *room) *bundler {
	n := len(l.Body)
	b := &bundler{
		Loop: l, most: most, least: least, pairs: l.Ends, room: r, attempts: &r.attempts,
		first: r.numbers.zeros(n + 2), outside: r.flags.zeros(n), seats: r.seats.some(n),
		lane: r.lanes.some(n), pack: r.shorts.some(n), found: r.values.some(n)[:0],
	}
	for k := range l.Body {
		b.seats[k], b.lane[k] = nowhere, -1
		values := l.Body[k].Values()
		for i, v := range values {
			if firstOf(values, i) {
				b.first[v+2]++
			}
		}
	}
	for v := range n {
		b.first[v+2] += b.first[v+1]
	}
	b.users = r.values.some(int(b.first[n+1]))
	for k := range l.Body {
		values := l.Body[k].Values()
		for i, v := range values {
			if firstOf(values, i) {
				b.users[b.first[v+1]] = loop.Value(k)
				b.first[v+1]++
			}
		}
	}
	for _, s := range l.Stores {
		b.outside[s.Value] = true
	}
	for _, v := range l.Next {
		b.outside[v] = true
	}
	if l.Ends {
		b.outside[l.While] = true
	}
	return b
}

// firstOf reports whether number k of what an instruction reads is none that it reads before.
func firstOf(values []loop.Value, k int) bool {
	return k == 0 || values[k] != values[0] && (k == 1 || values[k] != values[1])
}

func (b *bundler) usersOf(v loop.Value) []loop.Value { return b.users[b.first[v]:b.first[v+1]] }

// depthOf returns how many instructions it takes to make v, one after the other.
func (b *bundler) depthOf(v loop.Value) int32 {
	if b.depth == nil {
		b.depth = b.room.numbers.zeros(len(b.Body))
		for k := range b.Body {
			for _, w := range b.Body[k].Values() {
				b.depth[k] = max(b.depth[k], b.depth[w]+1)
			}
		}
	}
	return b.depth[v]
}

// packable reports whether an operation is the same for single elements and for vectors of every length.
func packable(o loop.Op) bool {
	switch o {
	case loop.IMul, loop.FromInt, loop.ToInt, loop.Gather:
		return false
	}
	return o >= loop.Add
}

func (b *bundler) add(x *bundle) {
	x.eachMember(func(v loop.Value, p, lane int) { b.seats[v] = seat{int16(len(b.bundles)), int16(p), int16(lane)} })
	b.bundles = append(b.bundles, x)
}

func (b *bundler) remove() {
	last := len(b.bundles) - 1
	b.bundles[last].eachMember(func(v loop.Value, _, _ int) { b.seats[v] = nowhere })
	b.bundles = b.bundles[:last]
}

// eachMember visits the values that a bundle computes.
func (x *bundle) eachMember(visit func(v loop.Value, pack, lane int)) {
	for p := range x.packs {
		for l, v := range x.packs[p].lanes {
			if v >= 0 && !x.packs[p].given {
				visit(v, p, l)
			}
		}
	}
}
