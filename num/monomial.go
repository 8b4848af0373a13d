package num

// What the pass over products asks of primitives: which of them are monomials of their operands and which are sums of two,
// and, of the product, how to make others.

// What Monomial returns, so that it need not be made each time.
var first, both, squared, cubed = []int{1}, []int{1, 1}, []int{2}, []int{3}

// Monomial returns the powers of the operands that the result is a product of, and its sign.
func (mul) Monomial() (sign float64, powers []int) { return 1, both }
func (neg) Monomial() (sign float64, powers []int) { return -1, first }

// Monomial returns the power, of squares and cubes.
func (u unary[R]) Monomial() (sign float64, powers []int) {
	switch p := any(u.Op).(type) {
	case square:
		return 1, squared
	case ipow:
		if p.N == 3 {
			return 1, cubed
		}
	}
	return 0, nil
}

// Second returns the sign of the second operand of a sum.
func (add) Second() float64 { return 1 }
func (sub) Second() float64 { return -1 }

// Times, Plus, Minus and Negative are x*y, x + y, x - y and -x.
func (mul) Times(x, y Array) Array { return apply(mul{}, x, y) }
func (mul) Plus(x, y Array) Array  { return apply(add{}, x, y) }
func (mul) Minus(x, y Array) Array { return apply(sub{}, x, y) }
func (mul) Negative(x Array) Array { return apply(neg{}, x) }

// Steady reports that a result is not 0, being too small, where operands are of ordinary size: it is for what is made by
// arithmetic or taken from operands, but not for what decays as exp does.
func (add) Steady() bool    { return true }
func (sub) Steady() bool    { return true }
func (mul) Steady() bool    { return true }
func (div) Steady() bool    { return true }
func (neg) Steady() bool    { return true }
func (fma) Steady() bool    { return true }
func (concat) Steady() bool { return true }
func (gather) Steady() bool { return true }

func (reduceSum) Steady() bool  { return true }
func (reduceNorm) Steady() bool { return true }

func (b binary[R]) Steady() bool {
	_, ok := any(b.Op).(hypot)
	return ok
}

func (u unary[R]) Steady() bool {
	switch any(u.Op).(type) {
	case square, ipow, sqrt, cbrt, sin, cos, tan, atan, log, log1p, abs:
		return true
	}
	return false
}
