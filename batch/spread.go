package batch

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Spread repeats the results that are not mapped along a leading axis of length n.
func Spread(out []trace.Array, mapped []bool, n int) []trace.Array {
	all := make([]trace.Array, len(out))
	for i, a := range out {
		if !mapped[i] {
			a = num.Lanes(a, n)
		}
		all[i] = a
	}
	return all
}
