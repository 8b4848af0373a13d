package compile_test

import (
	"testing"

	"github.com/gradus-ad/gradus/num"
)

// TestShortRows has rows of all lengths that are run at once, and some more: what is made of each element, of each row, and of all
// rows.
func TestShortRows(t *testing.T) {
	for n := 1; n <= 34; n++ {
		if testing.Short() && n > 3 && n%8 > 1 {
			continue
		}
		x, y, k := floats(1, 300, 2, n), wild(2, true, 40, 3, n), ints(3, 90, n)
		agree(t, func(x []num.Array) []num.Array {
			return []num.Array{num.Sum(num.Square(x[0]), 2), num.Sum(x[0], 0), num.Sum(x[0], 1)}
		}, x)
		agree(t, func(x []num.Array) []num.Array {
			return []num.Array{num.Mul(x[0], num.KeepDims(num.Amax, x[0], 0)), num.Amin(x[0], 2), num.Prod(num.Sin(x[0]), 0)}
		}, x)
		agree(t, func(x []num.Array) []num.Array {
			return []num.Array{num.Sum(x[0], 0, 2), num.Amax(x[0], 1), num.Sum(num.Add(x[0], 1), 0)}
		}, y)
		agree(t, func(x []num.Array) []num.Array {
			return []num.Array{num.Sum(x[0], 0), num.Amax(x[0], 0), num.Any(num.Greater(x[0], 2), 0), num.Sum(x[0], 1)}
		}, k)
	}
}
