package num

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Array is a value of a dtype and a shape, concrete or traced; see [trace.Array].
type Array = trace.Array

// Operand is what stands in a formula: an array or a constant. A constant takes the shape of
// the other operand; an int takes its dtype too, a float64 makes integers and bools f64.
type Operand interface{ Array | ~float64 | int }

// operand is an Operand after the type switch: an array, or a constant without a shape.
type operand struct {
	array   Array
	literal any // float64 or int64, or nil
}

func operandOf[A Operand](a A) operand {
	switch v := any(a).(type) {
	case Array:
		return operand{array: v}
	case float64:
		return operand{literal: v}
	case int:
		return operand{literal: int64(v)}
	default: // a defined type whose underlying type is float64
		return operand{literal: reflect.ValueOf(a).Float()}
	}
}

// dtype returns the dtype that the operand has or, if a constant, asks for.
func (o operand) dtype() trace.DType {
	switch o.literal.(type) {
	case nil:
		return o.array.DType()
	case int64:
		return trace.I64
	}
	return trace.F64
}

// wider returns the dtype that holds both: bool < i64 < f64.
func wider(a, b trace.DType) trace.DType { return min(a, b) }

// as returns the operand as an array of the given type, to whose shape it must broadcast.
func (o operand) as(t trace.Type) Array {
	switch v := o.literal.(type) {
	case nil:
		return broadcastTo(convertTo(o.array, t.DType), t.Shape)
	case int64:
		return trace.Fill(number(float64(v), v, t.DType), t)
	case float64:
		return trace.Fill(number(v, int64(v), t.DType), t)
	}
	panic("BUG: bad literal")
}

func number(f float64, i int64, d trace.DType) any {
	switch d {
	case trace.F64:
		return f
	case trace.I64:
		return i
	}
	return i != 0
}

// align returns the operands of the named operation as arrays of one shape, by numpy's
// broadcasting rules, and of the dtype that holds them all, which is at least atLeast.
func align(name string, atLeast trace.DType, ops ...operand) []Array {
	return appendAligned(make([]Array, 0, len(ops)), name, atLeast, ops)
}

// appendAligned appends them to arrays.
func appendAligned(arrays []Array, name string, atLeast trace.DType, ops []operand) []Array {
	d := atLeast
	for _, o := range ops {
		d = wider(d, o.dtype())
	}
	shape := broadcastShape(name, ops...)
	for _, o := range ops {
		arrays = append(arrays, o.as(trace.Type{DType: d, Shape: shape}))
	}
	return arrays
}

func broadcastShape(name string, ops ...operand) []int {
	var shape []int
	for _, o := range ops {
		if o.literal != nil {
			continue
		}
		s, ok := broadcastShapes(shape, o.array.Type().Shape)
		if !ok {
			panic(trace.Errorf(name, "shapes do not broadcast: %s", typesOf(ops)))
		}
		shape = s
	}
	return shape
}

// broadcastShapes returns the shape to which two shapes broadcast: aligned at the last axis,
// lengths are equal or one of them is 1.
func broadcastShapes(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	shape := slices.Clone(a)
	tail := shape[len(a)-len(b):]
	for i, n := range b {
		switch {
		case tail[i] == n || n == 1:
		case tail[i] == 1:
			tail[i] = n
		default:
			return nil, false
		}
	}
	return shape, true
}

func typesOf(ops []operand) string {
	s := ""
	for i, o := range ops {
		if i > 0 {
			s += " x "
		}
		if o.literal != nil {
			s += fmt.Sprint(o.literal)
		} else {
			s += o.array.Type().String()
		}
	}
	return s
}

// float returns x as f64.
func float(x Array) Array { return convertTo(x, trace.F64) }

// apply applies a primitive of one result.
func apply(p trace.Primitive, in ...Array) Array { return trace.ApplyOne(p, in...) }

// asIs returns the operand as an array of its own dtype and shape; a constant is a scalar.
func (o operand) asIs() Array {
	if o.literal == nil {
		return o.array
	}
	return o.as(trace.Type{DType: o.dtype()})
}
