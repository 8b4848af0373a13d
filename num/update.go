package num

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// updater is a primitive that changes some elements of its first operand by the second: at the indices that
// follow, or at a place of its own.
type updater interface {
	trace.Primitive
	// part takes from an array of the first operand's shape what stands where the second operand goes.
	part(x Array, at []Array) Array
	// idle returns what changes nothing of x as second operand, which has type t.
	idle(x Array, at []Array, t trace.Type) Array
}

func (setAt) part(x Array, at []Array) Array     { return gathered(x, at) }
func (addAt) part(x Array, at []Array) Array     { return gathered(x, at) }
func (p addSlice) part(x Array, _ []Array) Array { return apply(p.slice(), x) }

func (setAt) idle(x Array, at []Array, _ trace.Type) Array   { return gathered(x, at) }
func (addAt) idle(_ Array, _ []Array, t trace.Type) Array    { return nothing(t) }
func (addSlice) idle(_ Array, _ []Array, t trace.Type) Array { return nothing(t) }

// nothing returns an array that adds nothing: of floats -0, since -0 + 0 is 0.
func nothing(t trace.Type) Array {
	switch t.DType {
	case trace.F64:
		return trace.Fill(math.Copysign(0, -1), t)
	case trace.I64:
		return trace.Fill(int64(0), t)
	}
	return trace.Fill(false, t)
}

// updated returns select(p, update(x, u), x) as an update of x by what changes nothing where p is false, if
// that is less work. So a loop whose steps update a few elements does no more under Vmap, where lanes that
// have stopped are selected.
func updated(p, a, b Array) (Array, bool) {
	q, in, ok := trace.Producer(a)
	u, updates := q.(updater)
	if !ok || !updates || !sameArray(in[0], b) || 2*in[1].Size() > b.Size() {
		return Array{}, false
	}
	at := in[2:]
	chosen := apply(selectP{}, u.part(p, at), in[1], u.idle(b, at, in[1].Type()))
	return apply(q, append([]Array{b, chosen}, at...)...), true
}

// gathered returns the slots of x at indices; if x is a broadcast, from what it repeats.
func gathered(x Array, at []Array) Array {
	q, from, ok := trace.Producer(x)
	if _, repeats := q.(broadcast); !ok || !repeats {
		return apply(gather{}, append([]Array{x}, at...)...)
	}
	own := from[0].Type().Shape
	own = append(slices.Repeat([]int{1}, x.Rank()-len(own)), own...)
	at = slices.Clone(at)
	for k, i := range at {
		if own[k] == 1 {
			at[k] = trace.Fill(int64(0), i.Type())
		}
	}
	y := apply(gather{}, append([]Array{reshaped(from[0], own)}, at...)...)
	return broadcastTo(y, slices.Concat(at[0].Type().Shape, x.Type().Shape[len(at):]))
}
