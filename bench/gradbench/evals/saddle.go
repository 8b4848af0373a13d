package evals

import "github.com/gradus-ad/gradus/num"

// The eval saddle: the saddle point of |x|^2 - |y|^2, by a descent in x of what an ascent in y finds; that ascent is
// differentiated.
var saddle = mixtures(func(outer, inner gradient) func(num.Array) num.Array {
	f := func(x, y num.Array) num.Array { return num.Sub(num.Dot(x, x), num.Dot(y, y)) }
	return func(start num.Array) num.Array {
		argmax := func(x num.Array) num.Array {
			return argmin(func(y num.Array) num.Array { return num.Neg(f(x, y)) }, start, inner)
		}
		x := argmin(func(x num.Array) num.Array { return f(x, argmax(x)) }, start, outer)
		return num.Concat(0, x, argmax(x))
	}
}, func(in struct{ Start array }) num.Array { return in.Start.Array })
