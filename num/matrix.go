package num

import "github.com/gradus-ad/gradus/trace"

// mustBeMatrix refuses arrays of fewer than two axes.
func mustBeMatrix(name string, x Array) {
	if x.Rank() < 2 {
		panic(trace.Errorf(name, "needs a matrix: %v", x.Type()))
	}
}

// Diag makes the matrix with a vector on its diagonal and zeros elsewhere, and of a matrix, square or
// not, its diagonal.
func Diag(x Array) Array {
	switch x.Rank() {
	case 1:
		n := x.Size()
		return apply(addAt{}, Zero(trace.TypeOf(x.DType(), n, n)), x, Arange(n), Arange(n))
	case 2:
		return diagonal(x, 2)
	}
	panic(trace.Errorf("diag", "needs a vector or a matrix: %v", x.Type()))
}

// Trace returns the sum of the diagonal of a matrix. Of an array with more axes it sums those of the
// matrices in the last two.
func Trace(x Array) Array {
	mustBeMatrix("trace", x)
	n := x.Rank()
	d := diagonal(transposed(x, append([]int{n - 2, n - 1}, leading(n-2)...)), 2)
	return Sum(d, 0)
}

// Tril returns the lower triangle of the matrices in the last two axes, with zeros above the
// diagonal k. That is the main one if k is not given, one above it if k is 1, and one below if -1.
func Tril(x Array, k ...int) Array {
	d := diagonalNumber("tril", x, k)
	return triangle(x, func(i, j int) bool { return j-i <= d })
}

// Triu returns the upper triangle of the matrices in the last two axes, with zeros below the
// diagonal k; see Tril.
func Triu(x Array, k ...int) Array {
	d := diagonalNumber("triu", x, k)
	return triangle(x, func(i, j int) bool { return j-i >= d })
}

func diagonalNumber(name string, x Array, k []int) int {
	mustBeMatrix(name, x)
	switch len(k) {
	case 0:
		return 0
	case 1:
		return k[0]
	}
	panic(trace.Errorf(name, "needs one diagonal, not %v", k))
}

// triangle keeps the elements of matrices for which keep is true of the row and the column.
func triangle(x Array, keep func(i, j int) bool) Array {
	shape := x.Type().Shape[x.Rank()-2:]
	m := trace.NewBuffer(trace.TypeOf(trace.Bool, shape...))
	for p := range m.Bool {
		m.Bool[p] = keep(p/shape[1], p%shape[1])
	}
	return apply(selectP{}, broadcastTo(trace.FromBuffer(m), x.Type().Shape), x, zerosLike(x))
}

// Cross returns the vector products of the vectors of 3 in the last axes of a and b; the other axes
// broadcast.
func Cross(a, b Array) Array {
	for _, x := range []Array{a, b} {
		if s := x.Type().Shape; len(s) == 0 || s[len(s)-1] != 3 {
			panic(trace.Errorf("cross", "needs vectors of 3 in the last axis: %v x %v", a.Type(), b.Type()))
		}
	}
	in := align("cross", trace.I64, operand{array: a}, operand{array: b})
	a, b = in[0], in[1]
	return Roll(Sub(Mul(a, Roll(b, -1, -1)), Mul(Roll(a, -1, -1), b)), -1, -1)
}
