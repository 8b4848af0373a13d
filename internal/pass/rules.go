package pass

import "github.com/gradus-ad/gradus/trace"

// What the passes ask of primitives; package num says what it means.
type (
	outwarder interface {
		Outward(in []trace.Array) (trace.Array, bool)
	}
	untransposer interface {
		Untransposed(in []trace.Array) (trace.Array, bool)
	}
	cheapener interface {
		Cheaper(in []trace.Array, alone []bool) (trace.Array, bool)
	}
	contracter interface {
		Contract(in []trace.Array) (trace.Array, bool)
	}
	repeater interface{ Repeats() }
)

// outward moves what makes more elements of few behind what can be done with the few.
func outward(f *trace.Func) *trace.Func {
	if !hasA[repeater](f) {
		return f
	}
	var o one
	return f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		if y, ok := repeated(e, in); ok {
			return y, true
		}
		if p, ok := e.Primitive.(outwarder); ok {
			return o.of(p.Outward(in))
		}
		return nil, false
	})
}

// repeated applies a function of elements to what its operands are all broadcasts of, and then repeats.
func repeated(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
	if _, ok := e.Primitive.(trace.Pointwise); !ok || len(e.Outs) != 1 || trace.HasEffect(e.Primitive) {
		return nil, false
	}
	var repeat trace.Primitive
	var few trace.Type
	args := make([]trace.Array, len(in))
	for i, a := range in {
		if _, ok := trace.Splat(a); ok {
			continue
		}
		p, from, ok := trace.Producer(a)
		if _, repeats := p.(repeater); !ok || !repeats {
			return nil, false
		}
		if args[i] = from[0]; repeat != nil && !few.With(trace.F64).Equal(from[0].Type().With(trace.F64)) {
			return nil, false
		}
		repeat, few = p, from[0].Type()
	}
	if repeat == nil {
		return nil, false
	}
	for i, a := range in {
		if v, ok := trace.Splat(a); ok {
			args[i] = trace.Fill(v, few.With(a.DType()))
		}
	}
	return trace.Apply(repeat, trace.Apply(e.Primitive, args...)[0]), true
}

// products lets products take their operands as they are, not transposed, where that is all that is made of
// them.
func products(f *trace.Func) *trace.Func {
	if !hasA[untransposer](f) {
		return f
	}
	read := readers(f)
	var o one
	return f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		p, ok := e.Primitive.(untransposer)
		if !ok || len(e.Ins) == 1 && read[e.Ins[0]] > 1 { // the product is needed as it is too
			return nil, false
		}
		return o.of(p.Untransposed(in))
	})
}

// cheaper puts what costs less in place of functions that have the same value, but for rounding: powers, quotients
// and products with an operand that is known.
func cheaper(f *trace.Func) *trace.Func {
	if !hasA[cheapener](f) {
		return f
	}
	read := readers(f)
	var alone []bool // operands that nothing else reads
	var o one
	return f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		p, ok := e.Primitive.(cheapener)
		if !ok {
			return nil, false
		}
		alone = alone[:0]
		for _, v := range e.Ins {
			alone = append(alone, read[v] == 1)
		}
		return o.of(p.Cheaper(in, alone))
	})
}

// contract rounds products that are added to something once. It looks at what makes the operands only, so that
// what is computed twice, before and behind a checkpoint, comes out the same.
func contract(f *trace.Func) *trace.Func {
	if !hasA[contracter](f) {
		return f
	}
	var o one
	return f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		if p, ok := e.Primitive.(contracter); ok {
			return o.of(p.Contract(in))
		}
		return nil, false
	})
}
