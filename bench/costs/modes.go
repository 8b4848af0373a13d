package costs

import (
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The contenders of this package.
const (
	function = "function"
	tangent  = "JVP"
	gradient = "gradient"
	product  = "Hessian-vector product"
)

// Modes is the part that prices each mode.
func Modes() harness.Part {
	return harness.Part{
		Name: "modes", Title: "What derivatives cost", Style: harness.Growth,
		Text:   "Times as multiples of that of the function itself, all compiled.",
		Others: []string{tangent, gradient, product},
		Rows: func() []harness.Row {
			var rows []harness.Row
			for _, m := range []model{valley, atoms, network} {
				rows = append(rows, harness.Row{
					Work: m.name, Group: "of", Base: function,
					Contenders: func() []harness.Contender { return inModes(m) },
				})
			}
			return rows
		},
	}
}

// inModes returns a model's function and its derivatives.
func inModes(m model) []harness.Contender {
	return []harness.Contender{
		unlike(ours.One(function, m.f, m.x)),
		unlike(ours.One(tangent, pushed(m.f, m.x), m.x)),
		ours.One(gradient, transforms.Grad(m.f), m.x),
		unlike(ours.One(product, func(x num.Array) num.Array { return hvp.Product(m.f)(x, x) }, m.x)),
	}
}

// pushed returns the derivative of f along dx.
func pushed(f func(num.Array) num.Array, dx num.Array) func(num.Array) num.Array {
	return func(x num.Array) num.Array {
		_, dy := transforms.JVP(f, x, dx)
		return dy
	}
}

// unlike returns a contender whose result is something else than that of others, and is not compared.
func unlike(c harness.Contender) harness.Contender {
	c.Result = nil
	return c
}
