package python

import (
	"fmt"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// orders has derivatives of derivatives of a function of one number.
func orders() (rows []harness.Row) {
	f := func(x num.Array) num.Array { return num.Mul(num.Exp(num.Sin(x)), num.Tanh(x)) }
	for n := 1; n <= 6; n++ {
		f = transforms.Grad(f)
		rows = append(rows, compare(fmt.Sprintf("exp(sin x) tanh x: derivative of order %d", n), fmt.Sprintf("batches.order_%d", n), f,
			func() num.Array { return num.Scalar(0.7) }, jax, torch, functorch))
	}
	return rows
}
