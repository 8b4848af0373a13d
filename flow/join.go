package flow

import (
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/trace"
)

// joined returns the levels that hold those of every branch, result by result.
func joined(all []dual.Levels) dual.Levels {
	j := all[0]
	j.Of = append([]dual.Level(nil), j.Of...)
	for _, l := range all[1:] {
		j.Tracked = j.Tracked || l.Tracked
	}
	for _, l := range all[1:] {
		for i, x := range l.Of {
			j.Of[i] = j.Join(j.Of[i], x)
		}
	}
	return j
}

// pack returns the values and the masks of tangents of some arrays at their own levels.
func pack(in []trace.Array, t []trace.Tangent) (values, masks []trace.Array) {
	return dual.LevelsOf(t).Pack(typesOf(in), t)
}

func typesOf(in []trace.Array) []trace.Type {
	types := make([]trace.Type, len(in))
	for i, a := range in {
		types[i] = a.Type()
	}
	return types
}
