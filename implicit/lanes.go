package implicit

import (
	"slices"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/trace"
)

type none struct{}

// laneByLane is a Batch rule that applies the primitive to one lane after the other.
func laneByLane(p trace.Primitive, in []trace.Array, mapped []bool) ([]trace.Array, []bool) {
	var rows []trace.Array
	for i, x := range in {
		if mapped[i] {
			rows = append(rows, x)
		}
	}
	_, ys := flow.Scan(func(c none, lane []trace.Array) (none, []trace.Array) {
		args := slices.Clone(in)
		for i := range args {
			if mapped[i] {
				args[i], lane = lane[0], lane[1:]
			}
		}
		return c, trace.Apply(p, args...)
	}, none{}, rows)
	return ys, slices.Repeat([]bool{true}, len(ys))
}
