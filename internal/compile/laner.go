package compile

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// laner makes the body of a loop in lanes from the scalar one.
type laner struct {
	n       *nativeLoop // the loop as scalar code
	s       *nativeLoop // and with symbols
	m       int         // lanes
	axis    func(shape []int) int
	b       *loop.Builder
	to      []inLane // of the values of the scalar body
	carried []element
	number  map[int]int // of the carry for some scalar carries, by the first of them
	from    [][8]int
	carries []int // the first of the scalar ones that are in each carry
}

// inLane is a value that is in a lane of a vector, or, if lane is all, in each.
type inLane struct {
	v    loop.Value
	lane int
}

const allLanes = -1

func newLaner(n, s *nativeLoop, carried []trace.Type, axis func(shape []int) int) *laner {
	r := &laner{n: n, s: s, m: s.symbols.lanes, axis: axis, b: loop.NewBuilder(), number: map[int]int{}}
	r.b.Nested, r.b.Few, r.b.Lanes = true, r.m, mostLanes
	for _, t := range carried {
		for k := range t.Size() {
			r.carried = append(r.carried, element{typ: t, at: k})
		}
	}
	for _, a := range s.b.Arrays { // Step is that from lane to lane
		r.b.Arrays = append(r.b.Arrays, loop.Array{Kind: a.Kind, Row: a.Step})
	}
	return r
}

// split returns the lane of an element, the element that is in lane 0 in its place, and how far lanes are apart; lane is
// all if the array has no lanes.
func (r *laner) split(t trace.Type, at int) (lane, first, apart int) {
	a := r.axis(t.Shape)
	if a < 0 {
		return allLanes, at, 0
	}
	return laneOf(t.Shape, a, r.m, at)
}

// laneOf is split for lanes along a given axis.
func laneOf(shape []int, axis, m, at int) (lane, first, apart int) {
	apart = strides(shape)[axis]
	lane = at / apart % m
	return lane, at - lane*apart, apart
}

// body makes the body, if it can be in lanes.
func (r *laner) body() bool {
	s := &r.s.b.Loop
	r.to = make([]inLane, len(s.Body))
	needed := r.needed()
	for v := range s.Body {
		if needed[v] {
			x, ok := r.value(s.Body[v])
			if !ok {
				return false
			}
			r.to[v] = x
		}
	}
	for _, m := range r.s.b.Fails {
		r.b.Fail(r.to[m].v)
	}
	for k := 0; k < len(r.carries); k++ {
		v, ok := r.together(r.carries[k], r.from[k], s.Next)
		if !ok {
			return false
		}
		r.b.Next[k] = v
	}
	return r.stores()
}

// needed returns which values of the scalar body are read, not counting what makes carries that are known.
func (r *laner) needed() []bool {
	s := &r.s.b.Loop
	needed := make([]bool, len(s.Body))
	for _, x := range s.Stores {
		needed[x.Value] = true
	}
	for _, m := range r.s.b.Fails {
		needed[m] = true
	}
	for c, v := range s.Next {
		if _, known := r.known(c); !known {
			needed[v] = true
			r.carry(c)
		}
	}
	for v := len(s.Body) - 1; v >= 0; v-- {
		if needed[v] {
			for _, w := range s.Body[v].Values() {
				needed[w] = true
			}
		}
	}
	return needed
}

// known returns the value of a scalar carry, in each lane, if it is known for all of them.
func (r *laner) known(c int) (values []uint64, ok bool) {
	s := r.n.steady
	if s == nil {
		return nil, false
	}
	x := r.carried[c]
	lane, first, apart := r.split(x.typ, x.at)
	n := r.m
	if lane == allLanes {
		n = 1
	}
	for k := range n {
		at := c - x.at + first + k*apart
		if slices.Contains(s.keep, at) {
			return nil, false
		}
		values = append(values, s.known[at])
	}
	return values, true
}

// carry returns the number of the carry that a scalar one is in.
func (r *laner) carry(c int) int {
	x := r.carried[c]
	_, first, apart := r.split(x.typ, x.at)
	first += c - x.at
	if k, ok := r.number[first]; ok {
		return k
	}
	k := len(r.carries)
	r.number[first] = k
	r.carries = append(r.carries, first)
	var from [8]int
	for lane := range from {
		from[lane] = first + apart*min(lane, r.m-1)
	}
	r.from = append(r.from, from)
	r.b.Carry(k)
	return k
}

// value makes a value of the scalar body.
func (r *laner) value(i loop.Instr) (inLane, bool) {
	switch i.Op {
	case loop.Carry:
		c := int(i.Imm)
		lane, _, _ := r.split(r.carried[c].typ, r.carried[c].at)
		if values, ok := r.known(c); ok {
			return r.picked(values, lane), true
		}
		return inLane{r.b.Carry(r.carry(c)), lane}, true
	case loop.Pick:
		x := r.s.symbols.of[i.Imm]
		lane, first, apart := r.split(x.typ, x.at)
		values := []uint64{*bitsAt(x.from, x.at)}
		if lane != allLanes {
			values = values[:0]
			for k := range r.m {
				values = append(values, *bitsAt(x.from, first+k*apart))
			}
		}
		return r.picked(values, lane), true
	case loop.Load:
		lane, first, apart := r.split(r.s.arrays[i.A].row, int(i.Imm))
		r.b.Arrays[i.A].Step = apart
		return inLane{r.b.Load(int(i.A), first), lane}, true
	case loop.Gather, loop.Index:
		return inLane{}, false
	}
	lane := allLanes
	renumbered := make([]loop.Value, 3)
	for k, v := range i.Values() {
		x := r.to[v]
		if x.lane != allLanes && lane != allLanes && x.lane != lane {
			return inLane{}, false
		}
		lane = max(lane, x.lane)
		renumbered[k] = x.v
	}
	for k, v := range []*loop.Value{&i.A, &i.B, &i.C} {
		if k < i.Op.Operands() {
			*v = renumbered[k]
		}
	}
	return inLane{r.emit(i), lane}, true
}

// picked returns constants as a value.
func (r *laner) picked(values []uint64, lane int) inLane {
	v := r.b.Pick(values)
	if r.b.Body[v].Op == loop.Const {
		lane = allLanes
	}
	return inLane{v, lane}
}

// emit returns the value of an instruction. Of a select by constants, products with a constant that is 1 wherever they are
// selected are what they are products of.
func (r *laner) emit(i loop.Instr) loop.Value {
	if i.Op != loop.Select || r.b.Body[i.A].Op != loop.Pick {
		return r.b.Emit(i)
	}
	if x := r.b.Body[i.B]; x.Op == loop.Mul {
		switch {
		case r.one(i.A, x.A):
			i.B = x.B
		case r.one(i.A, x.B):
			i.B = x.A
		}
	}
	if c := r.b.Body[i.C]; c.Op == loop.Const && c.Imm == 0 {
		return r.b.And(i.A, i.B)
	}
	return r.b.Emit(i)
}

// one reports whether v is a constant that is 1 where mask is true.
func (r *laner) one(mask, v loop.Value) bool {
	if r.b.Body[v].Op != loop.Pick {
		return false
	}
	for k := range r.m {
		if r.b.Picks[int(r.b.Body[mask].Imm)+k] != 0 && r.b.Picks[int(r.b.Body[v].Imm)+k] != math.Float64bits(1) {
			return false
		}
	}
	return true
}

// together returns the vector of which some scalar values are the lanes: of, at the numbers from.
func (r *laner) together(first int, from [8]int, of []loop.Value) (loop.Value, bool) {
	v := r.to[of[first]].v
	for lane, k := range from[:r.m] {
		x := r.to[of[k]]
		if x.v != v || x.lane != allLanes && (x.lane != lane || from[0] == from[1]) {
			return 0, false
		}
	}
	return v, true
}

// stores makes those of each array along whatever axis is that of its lanes.
func (r *laner) stores() bool {
	all := r.s.b.Stores
	for len(all) > 0 {
		a := all[0].Array
		t := r.s.arrays[a].row
		var values []loop.Value
		for _, x := range all[:t.Size()] {
			values = append(values, x.Value)
		}
		all = all[t.Size():]
		if !r.storesOf(a, t, values) {
			return false
		}
	}
	return true
}

// storesOf stores the elements of a row.
func (r *laner) storesOf(array int, t trace.Type, values []loop.Value) bool {
	for axis := range append(t.Shape[:len(t.Shape):len(t.Shape)], 0) {
		if axis < len(t.Shape) && t.Shape[axis] != r.m {
			continue
		}
		var stores []loop.Store
		apart, ok := 0, true
		for at := range values {
			lane, from := 0, [8]int{}
			if axis < len(t.Shape) {
				lane, _, apart = laneOf(t.Shape, axis, r.m, at)
			}
			if lane > 0 {
				continue
			}
			for k := range from {
				from[k] = at + k*apart
			}
			v, fits := r.together(at, from, values)
			if ok = fits; !ok {
				break
			}
			stores = append(stores, loop.Store{Array: array, Offset: at, Value: v})
		}
		if ok {
			r.b.Arrays[array].Step = apart
			r.b.Stores = append(r.b.Stores, stores...)
			return true
		}
	}
	return false
}

// lanes returns the code.
func (r *laner) lanes() *lanes {
	return &lanes{b: r.b, count: r.m, size: len(r.b.Live().Body), from: r.from}
}
