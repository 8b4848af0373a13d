package gradcheck_test

import (
	"strings"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

type (
	array = num.Array
	// arrays is the argument of every function here.
	arrays = []array
)

func unary(f func(array) array) func(arrays) array { return func(x arrays) array { return f(x[0]) } }

func binary(f func(x, y array) array) func(arrays) array {
	return func(x arrays) array { return f(x[0], x[1]) }
}

// elementwise are the functions that JAX was asked about at several shapes and at special points.
var elementwise = map[string]func(arrays) array{
	"abs": unary(num.Abs), "acos": unary(num.Acos), "acosh": unary(num.Acosh), "asin": unary(num.Asin),
	"asinh": unary(num.Asinh), "atan": unary(num.Atan), "atanh": unary(num.Atanh), "cbrt": unary(num.Cbrt),
	"ceil": unary(num.Ceil), "cos": unary(num.Cos), "cosh": unary(num.Cosh), "digamma": unary(num.Digamma),
	"elu": unary(num.Elu), "erf": unary(num.Erf), "erfc": unary(num.Erfc), "erfinv": unary(num.Erfinv),
	"exp": unary(num.Exp), "exp2": unary(num.Exp2), "expm1": unary(num.Expm1), "floor": unary(num.Floor),
	"gelu": unary(num.Gelu), "leaky_relu": unary(num.LeakyRelu), "lgamma": unary(num.Lgamma), "log": unary(num.Log),
	"log10": unary(num.Log10), "log1p": unary(num.Log1p), "log2": unary(num.Log2), "neg": unary(num.Neg),
	"reciprocal": unary(num.Reciprocal), "relu": unary(num.Relu), "round": unary(num.Round), "sigmoid": unary(num.Sigmoid),
	"sign": unary(num.Sign), "silu": unary(num.Silu), "sin": unary(num.Sin), "sinh": unary(num.Sinh),
	"softplus": unary(num.Softplus), "sqrt": unary(num.Sqrt), "square": unary(num.Square), "tan": unary(num.Tan),
	"tanh": unary(num.Tanh),
	"trunc by where": unary(func(x array) array {
		return num.Where(num.Less(x, 0), num.Ceil(x), num.Floor(x))
	}),

	"add": binary(func(x, y array) array { return num.Add(x, y) }), "sub": binary(num.Sub[array, array]),
	"mul": binary(func(x, y array) array { return num.Mul(x, y) }), "div": binary(num.Div[array, array]),
	"pow": binary(num.Pow[array, array]), "atan2": binary(num.Atan2[array, array]), "hypot": binary(num.Hypot[array, array]),
	"logaddexp": binary(num.LogAddExp[array, array]), "maximum": binary(num.Maximum[array, array]),
	"minimum": binary(num.Minimum[array, array]), "mod": binary(num.Mod[array, array]), "xlogy": binary(num.Xlogy[array, array]),
	"where": binary(func(x, y array) array { return num.Where(num.Greater(x, y), num.Mul(x, y), num.Sub(x, y)) }),
}

// along returns f with its last argument.
func along[A any](f func(array, A) array, a A) func(arrays) array {
	return func(x arrays) array { return f(x[0], a) }
}

func over(f func(array, ...int) array, axes ...int) func(arrays) array {
	return func(x arrays) array { return f(x[0], axes...) }
}

// squared is for functions that only move elements, so that second derivatives see them.
func squared(f func(x arrays) array) func(arrays) array {
	return func(x arrays) array { return num.Square(f(x)) }
}

var ofArrays = map[string]func(arrays) array{
	"sum": over(num.Sum), "sum 0": over(num.Sum, 0), "sum -1": over(num.Sum, -1), "mean": over(num.Mean, 1),
	"prod": over(num.Prod), "prod 0": over(num.Prod, 0), "prod one zero": over(num.Prod), "prod two zeros": over(num.Prod),
	"var": over(num.Var, 0), "std": over(num.Std, 1), "amax": over(num.Amax, 0), "amin": over(num.Amin, 1),
	"amax ties": over(num.Amax), "amin ties": over(num.Amin), "logsumexp": over(num.LogSumExp, 1),
	"logsumexp large": over(num.LogSumExp), "logsumexp -inf": over(num.LogSumExp), "norm": over(num.Norm),
	"norm 0": over(num.Norm, 0), "cumsum": along(num.CumSum, 0), "cumprod": along(num.CumProd, 0),
	"cumprod zero": along(num.CumProd, 0), "cummax": along(num.CumMax, 0), "cummin": along(num.CumMin, 0),
	"softmax": along(num.Softmax, 1), "log_softmax": along(num.LogSoftmax, 0), "sort": along(num.Sort, 0),
	"sort rows": along(num.Sort, 1),
	"top_k":     unary(func(x array) array { values, _ := num.TopK(x, 3); return values }),

	"dot": binary(num.Dot), "matmul": binary(num.MatMul), "matmul batched": binary(num.MatMul),
	"matmul vector": binary(num.MatMul), "outer": binary(num.Outer), "cross": binary(num.Cross),
	"einsum trace": func(x arrays) array { return num.Einsum("ii->", x...) },
	"einsum":       func(x arrays) array { return num.Einsum("bij,bjk,k->bi", x...) },
	"diag":         unary(num.Diag), "trace": unary(num.Trace), "tril": over(num.Tril), "triu 1": over(num.Triu, 1),
	"transpose": squared(over(num.Transpose, 2, 0, 1)),
	"flip":      unary(func(x array) array { return num.Pow(num.Flip(x, 1), 3) }),
	"roll":      unary(func(x array) array { return num.Mul(num.Roll(x, 2, 0), x) }),
	"repeat":    squared(unary(func(x array) array { return num.Repeat(x, 3, 0) })),
	"tile":      squared(over(num.Tile, 2, 3)),
	"pad":       squared(unary(func(x array) array { return num.Pad(x, 1, 2, 0, 1) })),
	"concat":    squared(func(x arrays) array { return num.Concat(0, x[0], x[1], x[0]) }),
	"stack":     squared(func(x arrays) array { return num.Stack(1, x...) }),
	"take":      squared(unary(func(x array) array { return num.Take(x, num.FromInts([]int{2, 0, 2}, 3), 0) })),
	"take along": squared(unary(func(x array) array {
		return num.TakeAlong(x, num.FromInts([]int{1, 0}, 2, 1), 1)
	})),
	"set":    squared(binary(func(x, v array) array { return num.Set(x, v, num.FromInts([]int{3, 1}, 2)) })),
	"add at": squared(binary(func(x, v array) array { return num.AddAt(x, v, num.FromInts([]int{3, 1, 3}, 3)) })),
	"slice": squared(unary(func(x array) array {
		return num.Stride(num.Slice(x, 1, 3, 0, num.End), 1, 2)
	})),
	"clip":          squared(unary(func(x array) array { return num.Clip(x, -0.5, 0.5) })),
	"stop_gradient": unary(func(x array) array { return num.Mul(num.StopGradient(x), x) }),

	"cholesky": unary(func(x array) array {
		return linalg.Cholesky(num.Add(num.MatMul(x, num.Transpose(x)), num.Mul(3, num.Eye(4))))
	}),
	"det": unary(linalg.Det), "inv": unary(linalg.Inv), "logdet": unary(linalg.LogDet), "solve": binary(linalg.Solve),
	"solve vector":     binary(linalg.Solve),
	"triangular lower": binary(func(a, b array) array { return linalg.SolveTriangular(a, b, linalg.Lower) }),
	"triangular upper": binary(func(a, b array) array { return linalg.SolveTriangular(a, b, linalg.Upper) }),
	"lstsq":            binary(func(a, b array) array { return linalg.Lstsq(a, b) }),

	"scan": binary(scanned), "while": unary(stopped),
	"cond": unary(func(x array) array {
		return flow.Cond(num.Greater(num.Sum(x), 0), num.Sin, func(x array) array { return num.Pow(x, 3) }, x)
	}),
	"fori": unary(func(x array) array {
		return flow.For(0, 5, func(i, c array) array {
			return num.Add(num.Mul(num.Cos(c), x), num.Convert(i, trace.F64))
		}, x)
	}),
	"map":              unary(func(x array) array { return flow.Map(func(r array) array { return num.Mul(num.Sum(r), r) }, x) }),
	"associative_scan": unary(func(x array) array { return flow.AssociativeScan(func(a, b array) array { return num.Mul(a, b) }, x) }),
	"perceptron": func(x arrays) array {
		return num.Mean(num.Square(num.MatMul(num.Tanh(num.MatMul(x[0], x[1])), x[2])))
	},
	"mixture": binary(func(x, m array) array {
		d := num.Sub(num.ExpandDims(x, 1), m)
		return num.Sum(num.LogSumExp(num.Neg(num.Sum(num.Square(d), -1)), 1))
	}),
}

func scanned(init, xs array) array {
	end, ys := flow.Scan(func(c, a array) (array, array) {
		c = num.Add(num.Mul(num.Sin(c), a), c)
		return c, num.Mul(c, a)
	}, init, xs)
	return num.Concat(0, ys, num.ExpandDims(end, 0))
}

func stopped(x array) array {
	end := flow.While(
		func(s [2]array) array { return num.Less(s[0], 10) },
		func(s [2]array) [2]array {
			return [2]array{num.Add(num.Mul(s[0], 1.5), num.Mul(0.1, num.Sin(s[1]))), num.Mul(s[1], 0.9)}
		}, [2]array{num.Add(num.Abs(x), 1), x})
	return end[1]
}

// ours returns our function for a row's name.
func ours(name string) func(arrays) array {
	if f, ok := ofArrays[name]; ok {
		return f
	}
	name, _, _ = strings.Cut(name, "/")
	return elementwise[name]
}
