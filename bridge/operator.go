package bridge

import (
	"gonum.org/v1/gonum/mat"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// Operator is a matrix that is known by its products with vectors, which iterative solvers are
// content with; Vec returns it as those of gonum.org/v1/exp/linsolve want it. It may be used from
// many goroutines.
type Operator struct {
	rows, cols          int
	product, transposed func(num.Array) num.Array
}

// JacobianOperator returns the Jacobian of f, which maps a vector to an array, at x. The work of f
// is done here, once; a product is a pushforward, a product with the transpose a pullback.
func JacobianOperator(f func(num.Array) num.Array, x []float64) *Operator {
	at := num.Vector(x...)
	y, push := transforms.Linearize(func(x num.Array) num.Array { return num.Ravel(f(x)) }, at)
	_, pull := transforms.VJP(push, at)
	return &Operator{y.Size(), len(x), transforms.JIT(push), transforms.JIT(pull)}
}

// HessianOperator returns the Hessian of f, which maps a vector to a scalar, at x. A product costs
// a small constant times f, whatever the length of x.
func HessianOperator(f func(num.Array) num.Array, x []float64) *Operator {
	_, push := transforms.Linearize(transforms.Grad(f), num.Vector(x...))
	product := transforms.JIT(push)
	return &Operator{len(x), len(x), product, product}
}

// Dims returns the number of rows and of columns.
func (o *Operator) Dims() (rows, cols int) { return o.rows, o.cols }

// MulVecTo puts the product of the matrix, or with trans of its transpose, with x into dst.
func (o *Operator) MulVecTo(dst []float64, trans bool, x []float64) {
	rows, cols, product := o.rows, o.cols, o.product
	if trans {
		rows, cols, product = cols, rows, o.transposed
	}
	if len(x) != cols {
		panic(trace.Errorf("bridge.MulVecTo", "x has length %d, but the matrix has %d columns", len(x), cols))
	}
	mustFit("bridge.MulVecTo", dst, rows)
	copy(dst, product(num.Vector(x...)).Float64s())
}

// VecOperator is an Operator whose vectors are gonum's.
type VecOperator struct{ op *Operator }

// Vec returns the matrix as a linsolve.MulVecToer.
func (o *Operator) Vec() VecOperator { return VecOperator{o} }

// MulVecTo puts the product of the matrix, or with trans of its transpose, with x into dst. An empty
// dst is resized.
func (o VecOperator) MulVecTo(dst *mat.VecDense, trans bool, x mat.Vector) {
	n := o.op.rows
	if trans {
		n = o.op.cols
	}
	if dst.IsEmpty() && n > 0 {
		dst.ReuseAsVec(n)
	}
	y, from := make([]float64, dst.Len()), make([]float64, x.Len())
	for i := range from {
		from[i] = x.AtVec(i)
	}
	o.op.MulVecTo(y, trans, from)
	for i, v := range y {
		dst.SetVec(i, v)
	}
}
