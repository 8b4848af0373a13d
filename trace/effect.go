package trace

import "reflect"

// Effect is a primitive that does something beside giving its results, such as to call a function of
// the user. Its equations are merged with no others and never dropped, and they run in the order
// in which they were recorded. It may have unexported fields that are Go funcs; Parse leaves them nil.
type Effect interface {
	Primitive
	// Quiet returns the results without the effect.
	Quiet(in []Array) []Array
}

// HasEffect reports whether an equation of p does more than giving its results: if p is an Effect, or
// owns a func that holds one, at any depth.
func HasEffect(p Primitive) bool {
	switch p.(type) {
	case Effect:
		return true
	case Splitter:
		for _, f := range Funcs(p) {
			if f != nil && f.effects {
				return true
			}
		}
	}
	return false
}

// ApplyAmong is Apply in a walk that records where args belong. An effect whose operands have all become
// constants happens when what is recorded runs, not while it is recorded.
func ApplyAmong(args []Array, p Primitive, ins ...Array) []Array {
	if len(ins) > 0 && HasEffect(p) && target(p.Name(), ins) == nil {
		if b := target(p.Name(), args); b != nil {
			ins = append([]Array{{c: b.lift(ins[0])}}, ins[1:]...)
		}
	}
	return Apply(p, ins...)
}

// HasEffects reports whether an equation of f, at any depth, has an effect.
func (f *Func) HasEffects() bool { return f.effects }

// Quiet returns f without effects, for values that have been computed elsewhere or are to be
// looked at only.
func (f *Func) Quiet() *Func {
	if !f.effects {
		return f
	}
	return Memo(f, "quiet", func() *Func {
		types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
		return Build(types, func(args []Array) []Array {
			env := make([]Array, len(f.types))
			copy(env, args)
			f.Walk(args, func(e *Equation) {
				for i, y := range ApplyQuiet(e.Primitive, gather(env, e.Ins)...) {
					env[e.Outs[i]] = y
				}
			})
			return gather(env, f.outputs)
		}).WithCaptures(f.captures)
	})
}

// ApplyQuiet is Apply of p without its effects.
func ApplyQuiet(p Primitive, ins ...Array) []Array {
	if e, ok := p.(Effect); ok {
		return e.Quiet(ins)
	}
	return Apply(quiet(p), ins...)
}

// quiet returns p, which is no Effect itself, with funcs that have none.
func quiet(p Primitive) Primitive {
	if HasEffect(p) {
		return WithFuncs(p, (*Func).Quiet)
	}
	return p
}

// WithFuncs returns p with what change makes of each of its funcs.
func WithFuncs(p Primitive, change func(*Func) *Func) Primitive {
	v := reflect.New(reflect.TypeOf(p)).Elem()
	v.Set(reflect.ValueOf(p))
	for _, param := range paramsOf(v.Type()) {
		switch field := param.in(v); field.Type() {
		case funcType:
			field.Set(reflect.ValueOf(change(field.Interface().(*Func))))
		case funcsType:
			var fs []*Func
			for _, f := range field.Interface().([]*Func) {
				fs = append(fs, change(f))
			}
			field.Set(reflect.ValueOf(fs))
		}
	}
	return v.Interface().(Primitive)
}
