package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// maxTurned bounds how many equations are written again to take an operand of a product where it comes from.
const maxTurned = 16

// turned returns an array whose transpose by perm a is: a is made as one or, element by element, of transposes and of what is
// repeated. So what a product reads need not be gone through across its rows before.
func turned(a Array, left *int) (from Array, perm []int, ok bool) {
	p, in, ok := trace.Producer(a)
	if t, moves := p.(transpose); ok && moves {
		return in[0], t.Perm, true
	}
	if _, pointwise := p.(trace.Pointwise); !ok || !pointwise || *left == 0 {
		return Array{}, nil, false
	}
	*left--
	args, found := make([]Array, len(in)), make([]bool, len(in))
	for i, x := range in {
		y, q, ok := turned(x, left)
		if !ok {
			continue
		}
		if perm != nil && !slices.Equal(perm, q) {
			return Array{}, nil, false
		}
		args[i], perm, found[i] = y, q, true
	}
	if perm == nil {
		return Array{}, nil, false
	}
	back := make([]int, len(perm))
	for i, axis := range perm {
		back[axis] = i
	}
	for i, x := range in {
		if found[i] {
			continue
		}
		if v, same := trace.Splat(x); same {
			args[i] = trace.Fill(v, trace.Type{DType: x.DType(), Shape: pickInts(x.Type().Shape, back)})
		} else if args[i], ok = (transpose{Perm: back}).Outward([]Array{x}); !ok {
			return Array{}, nil, false
		}
	}
	return apply(p, args...), perm, true
}
