package evals

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval lse: the logarithm of a sum of exponentials, without overflow, and its gradient.
var lse = Eval{
	"primal":   compiled(logSumExp, lseInput.arg),
	"gradient": compiled(transforms.Grad(logSumExp), lseInput.arg),
}

type lseInput struct{ X array }

func (in lseInput) arg() num.Array { return in.X.Array }

// logSumExp is num.LogSumExp of a vector as the suite asks for it, made of primitives.
func logSumExp(x num.Array) num.Array {
	largest := num.Amax(x)
	return num.Add(largest, num.Log(num.Sum(num.Exp(num.Sub(x, largest)))))
}
