package trace

// A constant that is made of unit vectors alone has as many elements as there are vectors times elements, nearly all of them
// zeros. It is a formula: a concrete array that knows how it is made, has elements once somebody reads them, and goes into a func
// as the equations that make it. So executors can make it in passing, and it takes no memory.

// formula says how a concrete array is made.
type formula struct {
	primitive Primitive
	ins       []Array // formulas and repeated values
}

// fewInFormula is the number of elements up to which it is a constant in a func all the same: small ones are looked into.
const fewInFormula = 2048

func formulaOf(p Primitive, ins []Array, t Type) Array {
	return Array{c: &cell{typ: t, formula: &formula{p, ins}}}
}

// computeFormula returns what p makes of formulas, if that is one: it moves elements or goes from element to element.
func computeFormula(p Primitive, ins []Array, outs []Type) (Array, bool) {
	some := false
	for _, a := range ins {
		if c := a.cell(); c.formula != nil {
			some = true
		} else if !c.repeats() {
			return Array{}, false
		}
	}
	if !some || len(outs) != 1 || HasEffect(p) || outs[0].Stars() > 0 || outs[0].Size() <= fewInFormula {
		return Array{}, false
	}
	_, moves := p.(Mover)
	if _, pointwise := p.(Pointwise); !pointwise && !moves {
		return Array{}, false
	}
	return formulaOf(p, append([]Array(nil), ins...), outs[0]), true
}

// buffer computes the elements.
func (f *formula) buffer(t Type) Buffer {
	ins := make([]Buffer, len(f.ins))
	for i, a := range f.ins {
		ins[i] = a.buffer()
	}
	return evaluate(f.primitive, ins, []Type{t})[0].Shared()
}

// liftConcrete returns the variable that is to hold a concrete array.
func (b *builder) liftConcrete(c *cell) *cell {
	if c.formula == nil {
		c.keep() // a func can run again
		types := [1]Type{c.typ}
		return b.emit(literal(Array{c: c}), nil, types[:])[0]
	}
	ins := make([]*cell, len(c.formula.ins))
	for i, a := range c.formula.ins {
		ins[i] = b.lift(a)
	}
	return b.emit(c.formula.primitive, ins, nil)[0]
}
