package compile

import (
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Some carries do not depend on what a loop goes through, such as the masks of tangents, which say what these touch
// so far: what they are after each step is known when the loop is compiled, and soon they stay the same. From then on
// the loop runs other code, in which they are constants.

// steady is the code for the steps after which some carries stay.
type steady struct {
	guarded
	b     *loop.Builder
	after int      // steps
	keep  []int    // the carries that there are, by number
	known []uint64 // of the others: the values that they keep
}

// maxChanging is how many steps carries may take to stay the same.
const maxChanging = 4

// steadied returns the code for the later steps of a loop, if there are carries that come to stay the same. first has the first
// values of carries, as far as they are known.
func steadied(b *loop.Builder, first []*uint64) *steady {
	k := known{Loop: &b.Loop, of: slices.Clone(first), made: make([]bool, len(b.Body))}
	for {
		k.close()
		before, now, steps := k.simulate()
		if before == nil {
			return nil
		}
		if slices.Equal(before, now) {
			return k.steady(b, now, steps)
		}
		for i := range now {
			if before[i] != now[i] {
				k.of[i] = nil
			}
		}
	}
}

// known are the carries that depend on nothing but each other.
type known struct {
	*loop.Loop
	of   []*uint64 // their first values, nil for other carries
	made []bool    // the values of the body that depend on nothing else
}

// close leaves out the carries that depend on others.
func (k *known) close() {
	for stable := false; !stable; {
		for v := range k.Body {
			i := &k.Body[v]
			switch i.Op {
			case loop.Load, loop.Gather, loop.Index:
				k.made[v] = false
			case loop.Carry:
				k.made[v] = k.of[i.Imm] != nil
			default:
				k.made[v] = !slices.ContainsFunc(i.Values(), func(w loop.Value) bool { return !k.made[w] })
			}
		}
		stable = true
		for c, v := range k.Next {
			if k.of[c] != nil && !k.made[v] {
				k.of[c], stable = nil, false
			}
		}
	}
}

// simulate runs steps until the known carries stay, or too many, and returns the last two values of all carries, and
// after how many steps the first of these stood.
func (k *known) simulate() (before, now []uint64, steps int) {
	now = make([]uint64, len(k.of))
	some := false
	for c, x := range k.of {
		if x != nil {
			now[c], some = *x, true
		}
	}
	if !some {
		return nil, nil, 0
	}
	v := make([]uint64, len(k.Body))
	for steps = range maxChanging {
		before = slices.Clone(now)
		for i := range k.Body {
			if x := &k.Body[i]; k.made[i] {
				v[i] = compute(x, v, before)
			}
		}
		for c, w := range k.Next {
			if k.of[c] != nil {
				now[c] = v[w]
			}
		}
		if slices.Equal(before, now) {
			break
		}
	}
	return before, now, steps
}

func compute(x *loop.Instr, v, carries []uint64) uint64 {
	switch x.Op {
	case loop.Const:
		return x.Imm
	case loop.Carry:
		return carries[x.Imm]
	}
	var in [3]uint64
	for j, w := range x.Values() {
		in[j] = v[w]
	}
	return loop.Compute(x.Op, in[0], in[1], in[2], x.Imm)
}

// steady writes the body again, with constants for the known carries.
func (k *known) steady(b *loop.Builder, values []uint64, steps int) *steady {
	s := &steady{b: loop.NewBuilder(), after: steps}
	s.b.Arrays, s.b.Sequential = b.Arrays, true
	number := make([]int, len(k.of))
	for c, x := range k.of {
		if x == nil {
			number[c] = len(s.keep)
			s.keep = append(s.keep, c)
		}
	}
	s.known = values
	to := make([]loop.Value, len(b.Body))
	for v, i := range b.Body {
		switch {
		case i.Op == loop.Carry && k.of[i.Imm] != nil:
			to[v] = s.b.Bits(values[i.Imm])
		case i.Op == loop.Carry:
			to[v] = s.b.Carry(number[i.Imm])
		default:
			i.Renumber(to)
			to[v] = s.b.Emit(i)
		}
	}
	for _, x := range b.Stores {
		s.b.Store(x.Array, x.Offset, to[x.Value])
	}
	for j, c := range s.keep {
		s.b.Carry(j)
		s.b.Next[j] = to[b.Next[c]]
	}
	for _, m := range b.Fails {
		s.b.Fail(to[m])
	}
	return s
}

// run runs the steps after the first ones, of which arrays are at the first.
func (s *steady) run(f *frame, args []unsafe.Pointer, steps int, carries []uint64) (failed bool) {
	f.later = slices.Grow(f.later[:0], s.carries)[:s.carries]
	clear(f.later)
	for j, c := range s.keep {
		f.later[j] = carries[c]
	}
	s.code.Run(args, steps, f.later, f.scratch)
	copy(carries, s.known)
	for j, c := range s.keep {
		carries[c] = f.later[j]
	}
	return s.failed(f.later)
}
