package trace

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"
)

// Array is a value: a dtype, a shape and row-major elements. It is concrete (it has its
// elements) or traced (it stands for a variable of a func that is being recorded), and user
// code does not see the difference. An Array never changes; it is one pointer and travels by
// value. The zero Array is the scalar 0. Arrays cannot be compared with ==.
type Array struct {
	_ [0]func()
	c *cell
}

// cell is what an Array points to.
type cell struct {
	typ     Type
	value   atomic.Pointer[Buffer] // the elements of a concrete array, or a shadow once it is known
	splat   *Buffer                // one element, or some in turn, that stand for all, instead of value
	number  [1]float64             // the element that stands for all if that is an f64, instead of splat
	formula *formula               // how a concrete array is made, that may have no value yet
	b       *builder               // the builder of a traced array; nil for a concrete one
	outer   *cell                  // of a capture, a constant or an input: the array outside that it stands for
	id      Var                    // its variable in b
	flags   cellFlags
}

type cellFlags uint8

const (
	shadowed cellFlags = 1 << iota // a concrete value can be had while the trace runs
	free                           // carries no derivative
	isHole                         // has no elements
	isNumber                       // number stands for all elements; every concrete f64 scalar is that
	spent                          // is not used again: see Spent
)

var zero = newConcrete(Buffer{Type: Scalar, F64: []float64{0}}).c

func (a Array) cell() *cell {
	if a.c == nil {
		return zero
	}
	return a.c
}

func newConcrete(b Buffer) Array {
	if b.Hole() {
		return Hole(b.Type)
	}
	if b.Type.isFloat() {
		return newFloat(b.F64[0])
	}
	c := &boxed{cell: cell{typ: b.Type}, buffer: b}
	c.value.Store(&c.buffer)
	return Array{c: &c.cell}
}

// boxed is a concrete array, or one that is repeated, in one piece of memory.
type boxed struct {
	cell
	buffer Buffer
}

// NewArray returns a concrete array of zeros and its storage, for the caller to fill before anyone else has the
// array.
func NewArray(t Type) (Array, Buffer) {
	if t.isFloat() {
		a := newFloat(0)
		return a, a.c.few()
	}
	b := NewBuffer(t)
	return newConcrete(b), b
}

// newFloat returns a scalar.
func newFloat(x float64) Array { return fillFloat(x, Scalar) }

// fillFloat returns the f64 array of type t with x everywhere.
func fillFloat(x float64, t Type) Array {
	return Array{c: &cell{typ: t, number: [1]float64{x}, flags: isNumber}}
}

// newSplat returns the array of type t whose elements are those of one again and again: mostly, that has one.
func newSplat(one Buffer, t Type) Array {
	if len(one.F64) == 1 {
		return fillFloat(one.F64[0], t)
	}
	s := &boxed{cell: cell{typ: t}, buffer: one.Shared()}
	s.splat = &s.buffer
	return Array{c: &s.cell}
}

// FromBuffer returns the concrete array whose storage is b. The caller must not change b
// afterwards: arrays never change.
func FromBuffer(b Buffer) Array { return newConcrete(b) }

// Fill returns the concrete array of type t with v, a float64, int64 or bool of t's dtype,
// everywhere. It takes no memory.
func Fill(v any, t Type) Array {
	if x, ok := v.(float64); ok {
		return fillFloat(x, t)
	}
	return newSplat(scalarBuffer(v), t)
}

// Splat returns the value, a float64, int64 or bool, that all elements of a have, if a is
// concrete and was made as one repeated value or is a scalar.
func Splat(a Array) (any, bool) {
	c := a.cell()
	if c.b != nil || !c.repeats() {
		return nil, false
	}
	one := c.few()
	switch c.typ.DType {
	case F64:
		return one.F64[0], true
	case I64:
		return one.I64[0], true
	default:
		return one.Bool[0], true
	}
}

// SplatF64 is Splat for f64 arrays.
func SplatF64(a Array) (float64, bool) {
	c := a.cell()
	return c.number[0], c.flags&isNumber != 0
}

// repeats reports whether all elements of a concrete array are known to equal one.
func (c *cell) repeats() bool {
	switch {
	case c.flags&isNumber != 0:
		return true
	case c.splat != nil:
		return c.splat.elements() == 1
	}
	return c.typ.Rank() == 0 && c.value.Load() != nil
}

// few returns the element that c repeats, or those that it repeats in turn.
func (c *cell) few() Buffer {
	switch {
	case c.flags&isNumber != 0:
		return Buffer{F64: c.number[:]}
	case c.splat != nil:
		return *c.splat
	}
	return *c.value.Load()
}

// buffer returns the elements of a concrete array.
func (a Array) buffer() Buffer {
	c := a.cell()
	if v := c.value.Load(); v != nil {
		if l := v.onLoan(); l != nil && l.over {
			panic("BUG: an array is read after its loan is over")
		}
		b := *v
		b.Owned = b.Owned && c.flags&spent != 0
		return b
	}
	if c.flags&isHole != 0 {
		return Buffer{Type: c.typ}
	}
	if c.flags&isNumber != 0 && len(c.typ.Shape) == 0 {
		return c.few()
	}
	var b Buffer
	switch {
	case c.flags&isNumber != 0:
		b = c.few().spread(c.typ)
	case c.formula != nil:
		b = c.formula.buffer(c.typ)
	case c.splat != nil:
		b = c.splat.spread(c.typ)
	default:
		panic("BUG: a traced array has no buffer")
	}
	c.value.Store(&b)
	return b
}

// Spent returns a for its last use: what it is given to may overwrite the storage of a, if that was
// made for a alone. It is for interpreters, which know that nobody else has a, and who call Kept after that use.
func Spent(a Array) Array {
	c := a.cell()
	v := c.value.Load()
	if c.b != nil || v == nil || !v.Owned {
		return a
	}
	s := &cell{typ: c.typ, flags: c.flags | spent}
	s.value.Store(v)
	return Array{c: s}
}

// Kept ends what Spent began: what got a may have given it back as it is, and then it is in use again.
func Kept(a Array) { a.cell().keep() }

func (c *cell) keep() {
	if c.flags&spent != 0 { // nobody else has it
		c.flags &^= spent
	}
}

// Traced reports whether a stands for a variable of a func that is being recorded.
func (a Array) Traced() bool { return a.cell().b != nil }

// Type returns the dtype and shape.
func (a Array) Type() Type { return a.cell().typ }

// DType returns the type of the elements.
func (a Array) DType() DType { return a.cell().typ.DType }

// Shape returns the length of each axis: empty for a scalar.
func (a Array) Shape() []int { return slices.Clone(a.cell().typ.Shape) }

// Rank returns the number of axes.
func (a Array) Rank() int { return a.cell().typ.Rank() }

// Size returns the number of elements.
func (a Array) Size() int { return a.cell().typ.Size() }

// Read returns the storage of a concrete array without copying it, or of a traced array whose
// concrete value is known and carries no derivative. The storage must not be changed.
// It panics with an *Error for any other traced array.
func Read(a Array) Buffer { return a.read("Read", true) }

// ReadFloats is Read for the elements of an f64 array.
func ReadFloats(a Array) []float64 {
	if c := a.cell(); c.b == nil {
		if v := c.value.Load(); v != nil && v.beside == nil {
			return v.F64
		}
	}
	return Read(a).F64
}

// Float64 returns the value of an array of one element. Like every method that gives numbers
// away, it refuses a traced array, unless the concrete value is known and carries no
// derivative, as after num.StopGradient.
func (a Array) Float64() float64 {
	return one(a, "Float64", F64, a.read("Float64", true).F64)
}

// Int returns the value of an integer array of one element. Unlike Float64 it may read a traced
// array where the arguments of the transform are concrete (define-by-run).
func (a Array) Int() int {
	return int(one(a, "Int", I64, a.read("Int", false).I64))
}

// Bool returns the value of a bool array of one element. Unlike Float64 it may read a traced
// array where the arguments of the transform are concrete (define-by-run), so that
// if num.Less(x, y).Bool() works under Grad, JVP, VJP and Linearize.
func (a Array) Bool() bool {
	return one(a, "Bool", Bool, a.read("Bool", false).Bool)
}

// Float64s returns a copy of the elements in row-major order.
func (a Array) Float64s() []float64 {
	a.want("Float64s", F64)
	return slices.Clone(a.read("Float64s", true).F64)
}

// Ints returns a copy of the elements in row-major order.
func (a Array) Ints() []int {
	a.want("Ints", I64)
	v := a.read("Ints", false).I64
	ints := make([]int, len(v))
	for i, x := range v {
		ints[i] = int(x)
	}
	return ints
}

// Bools returns a copy of the elements in row-major order.
func (a Array) Bools() []bool {
	a.want("Bools", Bool)
	return slices.Clone(a.read("Bools", false).Bool)
}

func (a Array) want(method string, d DType) {
	if a.DType() != d {
		reader := [...]string{F64: "Float64", I64: "Int", Bool: "Bool"}[a.DType()]
		if strings.HasSuffix(method, "s") {
			reader += "s"
		}
		panic(Errorf("", "%s of an array of %v: use %s, or num.Convert", method, a.Type(), reader))
	}
}

func one[E any](a Array, method string, d DType, v []E) E {
	a.want(method, d)
	if a.Size() != 1 {
		panic(Errorf("", "%s needs an array of one element, not %v", method, a.Type()))
	}
	return v[0]
}

// At returns x[i, j, ...]: the element, or the sub-array, at the given positions along the
// leading axes. Negative positions count from the end. It can be traced and differentiated.
// It panics with an *Error if a position is out of range.
func (a Array) At(i ...int) Array { return atHook(a, i) }

// atHook is At, which package num provides since it is made of primitives.
var atHook = func(Array, []int) Array { panic("BUG: package num is not linked in") }

// ProvideAt makes the method At known. It is for package num to call from an init function.
func ProvideAt(at func(x Array, i []int) Array) { atHook = at }

// origin returns the cell that a capture or a constant stands for, through every func between.
func (c *cell) origin() *cell {
	for c.outer != nil && int(c.id) >= len(c.b.inputs) {
		c = c.outer
	}
	return c
}

// Same reports whether two arrays are certain to be equal: one variable, one concrete array, or
// the same value repeated in the same shape. It may be false for arrays that turn out equal.
func Same(a, b Array) bool {
	if a.cell().origin() == b.cell().origin() {
		return true
	}
	x, ok := Splat(a)
	y, ok2 := Splat(b)
	if !ok || !ok2 || !a.Type().Equal(b.Type()) {
		return false
	}
	if f, ok := x.(float64); ok {
		return math.Float64bits(f) == math.Float64bits(y.(float64))
	}
	return x == y
}
