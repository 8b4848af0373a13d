package num

import "math"

// IsNaN reports, element by element, whether x is not a number.
func IsNaN(x Array) Array { return NotEqual(x, x) }

// IsInf reports, element by element, whether x is an infinity of either sign.
func IsInf(x Array) Array { return Equal(Abs(x), math.Inf(1)) }
