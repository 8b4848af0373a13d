package jac

import (
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// recorded is a user's function, recorded at an argument.
type recorded[In any] struct {
	*trace.Traced
	like   In
	in     trace.Tree
	active []bool // the inputs and captures of Func that carry a derivative
	out    trace.Type
}

func record[In any](name string, f func(In) num.Array, in In) *recorded[In] {
	r := &recorded[In]{like: in, in: trace.Flatten(name, in)}
	if len(r.in.Values) == 0 {
		panic(trace.Errorf(name, "the argument, a %T, holds no arrays", in))
	}
	fixed := make([]bool, len(r.in.Values))
	for i, l := range r.in.Leaves {
		fixed[i] = l.Const
	}
	r.Traced = trace.Record(r.in.Values, fixed, true, func(args []trace.Array) []trace.Array {
		y := f(trace.Unflatten(in, args))
		if y.DType() != trace.F64 {
			panic(trace.Errorf(name, "needs a function with an f64 array as its result, not %v", y.Type()))
		}
		r.out = y.Type()
		return []trace.Array{y}
	})
	r.active = make([]bool, len(r.in.Values)+len(r.Captures))
	for i, x := range r.in.Values {
		r.active[i] = x.DType() == trace.F64 && !fixed[i]
	}
	if !slices.Contains(r.active, true) {
		panic(trace.Errorf(name, `the argument holds no f64 arrays that vary, outside of fields tagged grad:"-"`))
	}
	return r
}

// args returns what the func is applied to: the argument's leaves and the captured arrays.
func (r *recorded[In]) args() []trace.Array {
	return append(r.in.Values[:len(r.in.Values):len(r.in.Values)], r.Captures...)
}

// inputs returns the types of the leaves that carry a derivative.
func (r *recorded[In]) inputs() []trace.Type {
	var types []trace.Type
	for i, x := range r.in.Values {
		if r.active[i] {
			types = append(types, x.Type())
		}
	}
	return types
}

// forward returns the Jacobian from one pushed direction for each input.
func (r *recorded[In]) forward() In {
	columns := r.sweep(r.push)[0] // [inputs, out...]
	from := 0
	return r.tree(func(leaf trace.Type) trace.Array {
		x := columns
		if leaf.Size() < x.Shape()[0] {
			x = num.Slice(x, from, from+leaf.Size())
		}
		from += leaf.Size()
		return num.Reshape(num.MoveAxis(x, 0, -1), r.out.Size(), leaf.Size())
	})
}

// reverse returns the Jacobian from one pulled direction for each output.
func (r *recorded[In]) reverse() In {
	rows := r.sweep(r.pull) // [outputs, in...], one for each active leaf
	return r.tree(func(trace.Type) trace.Array {
		x := rows[0]
		rows = rows[1:]
		return x
	})
}

// tree returns a tree like the argument: in place of each active leaf, in order, what block gives,
// and zeros in place of the others.
func (r *recorded[In]) tree(block func(leaf trace.Type) trace.Array) In {
	leaves := make([]trace.Array, len(r.in.Values))
	for i, x := range r.in.Values {
		t := trace.TypeOf(x.DType(), append(r.out.Shape[:r.out.Rank():r.out.Rank()], x.Shape()...)...)
		if r.active[i] {
			leaves[i] = num.Reshape(block(x.Type()), t.Shape...)
		} else {
			leaves[i] = num.Zero(t)
		}
	}
	return trace.Unflatten(r.like, leaves)
}

// known is the type of Traced.Known.
type known = func(trace.Var) (trace.Array, bool)

// push records what a tangent of the active leaves does to the result, given the func's arguments.
func (r *recorded[In]) push(args []trace.Array, values known) linear {
	return capture(r.inputs(), func(dx []trace.Tangent) []trace.Array {
		duals := make([]dual.Dual, len(args))
		for i, x := range args {
			duals[i] = dual.Const(x)
			if r.active[i] {
				duals[i].Tangent, dx = dx[0], dx[1:]
			}
		}
		return []trace.Array{dual.Run(r.Func, duals, values)[0].Values()}
	})
}

// pull records what a cotangent of the result does to the active leaves.
func (r *recorded[In]) pull(args []trace.Array, values known) linear {
	_, tp := tape.Record(r.Func, args, r.active, false, values)
	return capture([]trace.Type{r.out}, func(ct []trace.Tangent) []trace.Array {
		return tape.Pull(tp.Func, tp.Residuals, ct[:len(tp.Func.Outputs())])
	})
}

// sweep applies what push or pull recorded to the whole basis.
func (r *recorded[In]) sweep(mode func([]trace.Array, known) linear) []trace.Array {
	l := mode(r.args(), r.Known)
	return l.sweep(r.lanes(l))
}

// lanes returns how many directions go through in one pass.
func (r *recorded[In]) lanes(l linear) int {
	n := l.basis()
	k := min(max(budget/max(l.bytes(), 1), 1), max(n, 1))
	for _, x := range r.args() {
		if x.Traced() {
			return max(k, (n+unrolled-1)/unrolled)
		}
	}
	return k
}
