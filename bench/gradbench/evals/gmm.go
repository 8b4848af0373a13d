package evals

import (
	"math"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval gmm: the log posterior of a mixture of k normal distributions in d dimensions, given n points, with a
// Wishart prior, and its gradient by the parameters.
var gmm = Eval{
	"objective": compiled(mixture.posterior, gmmInput.arg),
	"jacobian": compiled(func(m mixture) map[string]num.Array {
		g := transforms.Grad(mixture.posterior)(m)
		return map[string]num.Array{"alpha": g.Alpha, "mu": g.Mu, "q": g.Q, "l": g.L}
	}, gmmInput.arg),
}

type gmmInput struct {
	D, K, N                   int
	M, Gamma, X, Alpha, Mu, Q array
	L                         array
}

func (in gmmInput) arg() mixture {
	return mixture{
		Alpha: in.Alpha.Array, Mu: in.Mu.Array, Q: in.Q.Array, L: num.Reshape(in.L.Array, in.K, in.D*(in.D-1)/2),
		X: in.X.Array, Gamma: in.Gamma.Array, M: in.M.Array,
	}
}

// mixture is the parameters of a mixture, one row a distribution, and what is known: points and the prior.
type mixture struct {
	Alpha num.Array // f64[k]: weights, as logarithms up to a constant
	Mu    num.Array // f64[k,d]: means
	Q     num.Array // f64[k,d]: logarithms of the diagonals of the roots of the precision matrices
	L     num.Array // f64[k,d(d-1)/2]: what is below these diagonals, column by column

	X        num.Array `grad:"-"` // f64[n,d]
	Gamma, M num.Array `grad:"-"`
}

func (m mixture) posterior() num.Array {
	n, d := m.X.Shape()[0], m.X.Shape()[1]
	roots := m.roots()
	// Each point seen from each mean, in units of the standard deviations there: f64[n,k,d].
	z := num.Sub(num.Einsum("kij,nj->nki", roots, m.X), num.Einsum("kij,kj->ki", roots, m.Mu))
	logs := num.Sub(num.Add(m.Alpha, num.Sum(m.Q, 1)), num.Mul(0.5, num.Sum(num.Square(z), 2)))
	likelihood := num.Sub(num.Sum(num.LogSumExp(logs, 1)), num.Mul(n, num.LogSumExp(m.Alpha)))
	return num.Add(likelihood, m.prior(), num.Scalar(-0.5*float64(n*d)*math.Log(2*math.Pi)))
}

// roots returns the lower triangular matrices whose squares are the precision matrices: f64[k,d,d].
func (m mixture) roots() num.Array {
	d := m.Q.Shape()[1]
	var rows, columns []int
	for j := range d {
		for i := j + 1; i < d; i++ {
			rows, columns = append(rows, i), append(columns, j)
		}
	}
	return transforms.Vmap(func(m struct{ Q, L num.Array }) num.Array {
		i, j := num.FromInts(rows, len(rows)), num.FromInts(columns, len(columns))
		return num.Set(num.Diag(num.Exp(m.Q)), m.L, i, j)
	})(struct{ Q, L num.Array }{m.Q, m.L})
}

// prior is the logarithm of the Wishart distribution of the precision matrices.
func (m mixture) prior() num.Array {
	k, d := m.Q.Shape()[0], m.Q.Shape()[1]
	freedom := num.Add(m.M, d+1)
	constant := num.Mul(freedom, d, num.Sub(num.Log(m.Gamma), 0.5*math.Ln2))
	constant = num.Sub(constant, logMultigamma(num.Mul(0.5, freedom), d))
	squares := num.Add(num.Sum(num.Square(num.Exp(m.Q))), num.Sum(num.Square(m.L)))
	spread := num.Sub(num.Mul(0.5, num.Square(m.Gamma), squares), num.Mul(m.M, num.Sum(m.Q)))
	return num.Sub(num.Mul(k, constant), spread)
}

// logMultigamma is the logarithm of the multivariate gamma function of d dimensions.
func logMultigamma(a num.Array, d int) num.Array {
	steps := num.Mul(-0.5, num.Arange(d))
	return num.Add(0.25*float64(d*(d-1))*math.Log(math.Pi), num.Sum(num.Lgamma(num.Add(a, steps))))
}
