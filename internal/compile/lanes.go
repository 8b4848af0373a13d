package compile

import (
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// Where each step of a loop does the same to several elements, such as the tangents in some directions, these are the lanes
// of vectors. A value of the body, which is scalar code, is then one of the lanes of some vector, or the same in all
// of them. To find out, the body is made once more, with constants left as symbols: what is known of them would make the code
// of one lane differ from that of the next.

// lanes is the code of a loop that has a vector for each few carries, and for each few elements of arrays.
type lanes struct {
	guarded
	b     *loop.Builder
	count int      // lanes that are in use
	size  int      // instructions
	from  [][8]int // of each carry, the scalar carries that its lanes are
}

// symbols are the elements of constants with an axis of some length, as the Picks of a body that never runs.
type symbols struct {
	lanes int  // the length; 0 if there are no symbols
	wide  bool // the body is for lanes only: arrays may be small for each lane
	of    []element
	jumps bool // branches may become jumps
}

// allow reports whether arrays are small enough to be elements.
func (s *symbols) allow(types []trace.Type) bool {
	if s != nil && s.wide {
		return smallInLanes(types)
	}
	return smallTypes(types)
}

// smallInLanes reports whether arrays would be small if axes of theirs, of one length, were lanes.
func smallInLanes(types []trace.Type) bool {
	for m := fewestLanes; m <= mostLanes; m++ {
		large := func(t trace.Type) bool {
			return t.Stars() > 0 || t.Size() > maxSmall && (t.Size() > m*maxSmall || !slices.Contains(t.Shape, m))
		}
		if !slices.ContainsFunc(types, large) {
			return true
		}
	}
	return false
}

// element is one of those of an array.
type element struct {
	typ  trace.Type
	at   int
	from *trace.Buffer // of a constant
}

// constants returns the elements of a known array.
func (s *symbols) constants(b *loop.Builder, k trace.Buffer) []loop.Value {
	if s == nil || s.lanes == 0 || uniform(k) || k.Type.DType == trace.I64 || !slices.Contains(k.Type.Shape, s.lanes) {
		return constants(b, k)
	}
	values := make([]loop.Value, k.Type.Size())
	for at := range values {
		values[at] = b.Emit(loop.Instr{Op: loop.Pick, Imm: uint64(len(s.of))})
		s.of = append(s.of, element{k.Type, at, &k})
	}
	return values
}

const (
	fewestLanes = 3
	mostLanes   = 8
	fewestSteps = 8     // of a loop in lanes
	longestBody = 20000 // instructions of scalar code that lanes are looked for in
)

// laned returns the loop in lanes, if that can be and pays.
func (c *compiler) laned(n *nativeLoop, e *trace.Equation, body *trace.Func) *lanes {
	if c.on.level == amd64.None || n.length != trace.Star && n.length < fewestSteps || len(n.b.Body) > longestBody {
		return nil
	}
	types := body.Types(body.Inputs())[n.consts:][:n.carry]
	var tried []int
	for _, t := range types {
		for _, m := range t.Shape {
			if m < fewestLanes || m > mostLanes || slices.Contains(tried, m) {
				continue
			}
			tried = append(tried, m)
			s := &nativeLoop{b: loop.NewBuilder(), shape: n.shape, ins: n.ins, symbols: &symbols{lanes: m, wide: n.symbols.wide}}
			if !s.lower(c, e, nil, body) {
				continue
			}
			if l := n.inLanes(c.on.level, s, types); l != nil {
				return l
			}
		}
	}
	return nil
}

// inLanes tries which axes the lanes go along: the first or the last that is of their number, of all arrays or of those
// that have others too. s is the body with symbols.
func (n *nativeLoop) inLanes(level amd64.Level, s *nativeLoop, carried []trace.Type) *lanes {
	m := s.symbols.lanes
	first := func(shape []int) int { return slices.Index(shape, m) }
	last := func(shape []int) int {
		for a := len(shape) - 1; a >= 0; a-- {
			if shape[a] == m {
				return a
			}
		}
		return -1
	}
	for _, axis := range []func(shape []int) int{first, last} {
		for _, least := range []int{1, 2} {
			r := newLaner(n, s, carried, func(shape []int) int {
				if len(shape) < least {
					return -1
				}
				return axis(shape)
			})
			if r.body() {
				if r.pays(level) {
					return r.lanes()
				}
				return nil
			}
		}
	}
	return nil
}

// pays reports whether fewer instructions are left, counting twice those of two vectors.
func (r *laner) pays(level amd64.Level) bool {
	before := r.n.effort()
	copies, division := 1, 16
	if level == amd64.AVX2 {
		copies, division = (r.m+3)/4, 8
	}
	after := copies * effort(r.b.Live(), division)
	return 4*after <= 3*before
}

// effort returns what a step takes as scalar code.
func (n *nativeLoop) effort() int {
	b := n.b
	if n.steady != nil {
		b = n.steady.b
	}
	return effort(b.Live(), 4)
}

// effort counts the instructions of a body, those that divide for several.
func effort(l *loop.Loop, division int) int {
	sum := len(l.Stores)
	for k := range l.Body {
		switch o := l.Body[k].Op; {
		case o == loop.Div || o == loop.Sqrt:
			sum += division
		case o > loop.Index:
			sum++
		}
	}
	return sum
}

// run runs the steps after the first ones, of which arrays are at the first.
func (l *lanes) run(f *frame, args []unsafe.Pointer, steps int, carries []uint64) (failed bool) {
	f.later = slices.Grow(f.later[:0], l.carries*mostLanes)[:l.carries*mostLanes]
	clear(f.later)
	for k, from := range l.from {
		for lane, c := range from {
			f.later[k*mostLanes+lane] = carries[c]
		}
	}
	l.code.RunRows(args, l.count, steps, f.later, f.scratch)
	for k, from := range l.from {
		for lane, c := range from[:l.count] {
			carries[c] = f.later[k*mostLanes+lane]
		}
	}
	return l.guard >= 0 && slices.ContainsFunc(f.later[l.guard*mostLanes:][:l.count], func(m uint64) bool { return m != 0 })
}
