package trace

import (
	"errors"
	"fmt"
)

// full is a nullary primitive: an array of one repeated value. The IR prints a scalar one as a
// literal. Value holds a float64, int64 or bool.
type full struct {
	Value any
	Type  Type
	made  *cell // what it makes, if that is known
}

func (full) Name() string                                   { return "full" }
func (full) Discreet() bool                                 { return true }
func (p full) Eval([]Buffer, []Type) []Buffer               { return []Buffer{p.array().buffer()} }
func (full) JVP(_, _ []Array, _ []Tangent) []Tangent        { return []Tangent{{}} }
func (p full) Batch([]Array, []bool, int) ([]Array, []bool) { return []Array{p.array()}, []bool{false} }

func (p full) Infer(in []Type) ([]Type, error) {
	if len(in) > 0 {
		return nil, errNoOperands
	}
	if !p.fits() {
		return nil, fmt.Errorf("%v is no element of %v", p.Value, p.Type)
	}
	return []Type{p.Type}, nil
}

// fits reports whether the value is an element of the type.
func (p full) fits() (ok bool) {
	switch p.Type.DType {
	case F64:
		_, ok = p.Value.(float64)
	case I64:
		_, ok = p.Value.(int64)
	case Bool:
		_, ok = p.Value.(bool)
	}
	return ok
}

func (p full) array() Array {
	if p.made != nil {
		return Array{c: p.made}
	}
	return Fill(p.Value, p.Type)
}

// constant is a nullary primitive: a concrete array that was used in a trace.
type constant struct{ Value Array }

func (constant) Name() string                            { return "constant" }
func (constant) Discreet() bool                          { return true }
func (p constant) Eval([]Buffer, []Type) []Buffer        { return []Buffer{p.Value.buffer().Shared()} }
func (constant) JVP(_, _ []Array, _ []Tangent) []Tangent { return []Tangent{{}} }
func (p constant) Batch([]Array, []bool, int) ([]Array, []bool) {
	return []Array{p.Value}, []bool{false}
}

// large reports whether p is told apart by the array that it is.
func (p constant) large() bool { return p.Value.Type().Stars() > 0 || p.Value.Size() > fewElements }

func (p constant) Infer(in []Type) ([]Type, error) {
	if len(in) > 0 {
		return nil, errNoOperands
	}
	return []Type{p.Value.Type()}, nil
}

var (
	errNoOperands = errors.New("takes no operands")
	errOneOperand = errors.New("needs one operand")
)

// hole is a nullary primitive: an array without elements to it, whatever its type says. It stands
// for a residual that a branch not taken never made. What carries funcs may pass it on; nothing
// reads it.
type hole struct{ Type Type }

func (hole) Name() string                            { return "hole" }
func (p hole) Infer([]Type) ([]Type, error)          { return []Type{p.Type}, nil }
func (p hole) Eval([]Buffer, []Type) []Buffer        { return []Buffer{{Type: p.Type}} }
func (hole) JVP(_, _ []Array, _ []Tangent) []Tangent { return []Tangent{{}} }
func (p hole) Batch([]Array, []bool, int) ([]Array, []bool) {
	return []Array{Hole(p.Type)}, []bool{false}
}

// Hole returns an array of type t that has no elements and must not be read.
func Hole(t Type) Array { return Array{c: &cell{typ: t, flags: isHole}} }

// HolePrimitive returns the primitive that makes a hole. The package whose primitives pass holes on
// registers it.
func HolePrimitive() Primitive { return hole{} }

// IsHole reports whether a is certain to be a hole.
func IsHole(a Array) bool {
	c := a.cell()
	if e := c.maker(); e != nil {
		_, ok := e.Primitive.(hole)
		return ok
	}
	return c.flags&isHole != 0
}

// literal returns the nullary primitive that makes the concrete array a.
func literal(a Array) Primitive {
	if IsHole(a) {
		return hole{a.Type()}
	}
	if v, ok := Splat(a); ok {
		p := full{Value: v, Type: a.Type()}
		// A larger array may have come to hold all its elements, which the func is not to keep.
		if c := a.cell(); c.repeats() && c.typ.Size() <= fewElements {
			p.made = c
		}
		return p
	}
	return constant{a}
}

// literalValue returns the concrete array that p makes, if p is nullary and makes one.
func literalValue(p Primitive) (Array, bool) {
	switch p := p.(type) {
	case full:
		return p.array(), true
	case constant:
		return p.Value, true
	case hole:
		return Hole(p.Type), true
	case units:
		return p.array(), true
	}
	return Array{}, false
}

func scalarBuffer(v any) Buffer {
	b := Buffer{}
	switch v := v.(type) {
	case float64:
		b.Type.DType, b.F64 = F64, []float64{v}
	case int64:
		b.Type.DType, b.I64 = I64, []int64{v}
	case bool:
		b.Type.DType, b.Bool = Bool, []bool{v}
	}
	return b
}
