package num_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
)

func TestSoftmax(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, c := range []struct {
		shape []int
		axis  int
	}{{[]int{4}, 0}, {[]int{2, 3}, 0}, {[]int{2, 3}, -1}, {[]int{2, 1, 2, 1, 3, 1}, 4}, {[]int{2, 0}, 1}} {
		t.Run(fmt.Sprintf("%v/%d", c.shape, c.axis), func(t *testing.T) {
			x := spacedArray(r, c.shape)
			p := num.Softmax(x, c.axis)
			total := num.KeepDims(num.Sum, num.Exp(x), c.axis)
			sameNumbers(t, "value", p, floats(num.Div(num.Exp(x), total)), 1e-15)
			sameNumbers(t, "log", num.Exp(num.LogSoftmax(x, c.axis)), floats(p), 1e-15)
			checkRules(t, func(x num.Array) num.Array { return num.Softmax(x, c.axis) }, x, 3)
			checkRules(t, func(x num.Array) num.Array { return num.LogSoftmax(x, c.axis) }, x, 3)
		})
	}
}

func TestSoftmaxPoints(t *testing.T) {
	lse := func(x num.Array) num.Array { return num.LogSumExp(x) }
	weighted := func(f func(num.Array, int) num.Array, w ...float64) func(num.Array) num.Array {
		return func(x num.Array) num.Array { return num.Mul(num.Vector(w...), f(x, 0)) }
	}
	e := math.E
	for _, c := range []struct {
		name           string
		f              func(num.Array) num.Array
		x, value, grad []float64
	}{
		{"logsumexp", lse, []float64{0, 1}, []float64{math.Log(1 + e)}, []float64{1 / (1 + e), e / (1 + e)}},
		{"logsumexp of -Inf alone", lse, []float64{-inf, -inf}, []float64{-inf}, []float64{0, 0}},
		{"logsumexp of -Inf", lse, []float64{0, -inf}, []float64{0}, []float64{1, 0}},
		{"logsumexp of Inf", lse, []float64{inf, 0}, []float64{inf}, []float64{nan, 0}},
		{"logsumexp of Inf and huge", lse, []float64{inf, 1e4}, []float64{inf}, []float64{nan, 0}},
		{"logsumexp of NaN", lse, []float64{nan, 0}, []float64{nan}, []float64{nan, nan}},
		{"logsumexp of large", lse, []float64{1000, 1000}, []float64{1000 + math.Ln2}, []float64{.5, .5}},
		{"logsumexp of -large", lse, []float64{-1e4, -1e4}, []float64{-1e4 + math.Ln2}, []float64{.5, .5}},
		{"logsumexp of some", func(x num.Array) num.Array {
			return num.LogSumExp(num.Where(num.Less(x, 3), num.Sqrt(x), -inf))
		}, []float64{1, 1, 3, inf}, []float64{1 + math.Ln2}, []float64{.25, .25, 0, 0}},
		{"softmax of -Inf", weighted(num.Softmax, 3, 5), []float64{0, -inf}, []float64{3, 0}, []float64{0, 0}},
		{"softmax of Inf", weighted(num.Softmax, 3, 5), []float64{inf, 0}, []float64{nan, nan}, []float64{nan, nan}},
		{"softmax of ±1e4", weighted(num.Softmax, 1, 2, 3), []float64{1e4, 1e4, -1e4}, []float64{.5, 1, 0}, []float64{-.25, .25, 0}},
		{"log softmax of ±1e4", weighted(num.LogSoftmax, 0, -1, 0), []float64{1e4, -1e4, 0}, []float64{0, 2e4, 0}, []float64{1, -1, 0}},
		{"log softmax of -Inf", weighted(num.LogSoftmax, 1, 0), []float64{0, -inf}, []float64{0, nan}, []float64{0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := num.Vector(c.x...)
			sameNumbers(t, "value", c.f(x), c.value, 1e-15)
			rev, fwd := gradients(c.f, x)
			sameNumbers(t, "reverse", num.Vector(rev...), c.grad, 1e-15)
			sameNumbers(t, "forward", num.Vector(fwd...), c.grad, 1e-15)
		})
	}
}
