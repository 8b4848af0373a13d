package num

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/gemm"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// This file is what the compiler asks of primitives: it knows them by these methods, which are optional.
//
//	Lower(b, dtype, in) makes an element of the result from the elements at the same place of operands of
//	one dtype; dtype is that of the last.
//	Expand(b, types, in) makes all elements of the result from all elements of operands.
//	Alongside marks an Expand that may be run for each place along an axis that the result has too, as
//	that of arrays which have length 1 there.
//	Arranges says how many of the first operands the elements of the result are taken from, as they
//	are, by place; all if it is negative. Operands behind are indices. Elements taken from nowhere are 0.
//
// They report failure for what they cannot make, which then runs by Eval.

// lower1 and lower2 are rules that can be lowered, for f64.
type lower1 interface {
	Lower(b *loop.Builder, x loop.Value) loop.Value
}

type lower2 interface {
	Lower(b *loop.Builder, x, y loop.Value) loop.Value
}

// lowerInts1 and lowerInts2 are those for i64.
type lowerInts1 interface {
	LowerInts(b *loop.Builder, x loop.Value) loop.Value
}

type lowerInts2 interface {
	LowerInts(b *loop.Builder, x, y loop.Value) loop.Value
}

func lowerRule1(op any, b *loop.Builder, d trace.DType, x loop.Value) (loop.Value, bool) {
	if r, ok := op.(lower1); ok && d == trace.F64 {
		return r.Lower(b, x), true
	}
	if r, ok := op.(lowerInts1); ok && d == trace.I64 {
		return r.LowerInts(b, x), true
	}
	return 0, false
}

func lowerRule2(op any, b *loop.Builder, d trace.DType, x, y loop.Value) (loop.Value, bool) {
	if r, ok := op.(lower2); ok && d == trace.F64 {
		return r.Lower(b, x, y), true
	}
	if r, ok := op.(lowerInts2); ok && d == trace.I64 {
		return r.LowerInts(b, x, y), true
	}
	return 0, false
}

func (u unary[R]) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	return lowerRule1(u.Op, b, d, in[0])
}

func (s step[R]) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	return lowerRule1(s.Op, b, d, in[0])
}

func (p binary[R]) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	return lowerRule2(p.Op, b, d, in[0], in[1])
}

func (c comparison[R]) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	return lowerRule2(c.Op, b, d, in[0], in[1])
}

// arithmetic lowers a primitive with an instruction for each dtype of numbers.
func arithmetic(d trace.DType, floats, ints func(x, y loop.Value) loop.Value, in []loop.Value) (loop.Value, bool) {
	switch d {
	case trace.F64:
		return floats(in[0], in[1]), true
	case trace.I64:
		return ints(in[0], in[1]), true
	}
	return 0, false
}

func (add) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	return arithmetic(d, b.Add, b.IAdd, in)
}

func (sub) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	return arithmetic(d, b.Sub, b.ISub, in)
}

func (mul) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	return arithmetic(d, b.Mul, b.IMul, in)
}

func (div) Lower(b *loop.Builder, _ trace.DType, in []loop.Value) (loop.Value, bool) {
	return b.Div(in[0], in[1]), true
}

func (neg) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	if d == trace.I64 {
		return b.ISub(b.Int(0), in[0]), true
	}
	return b.Neg(in[0]), true
}

func (and) Lower(b *loop.Builder, _ trace.DType, in []loop.Value) (loop.Value, bool) {
	return b.And(in[0], in[1]), true
}

func (or) Lower(b *loop.Builder, _ trace.DType, in []loop.Value) (loop.Value, bool) {
	return b.Or(in[0], in[1]), true
}

func (not) Lower(b *loop.Builder, _ trace.DType, in []loop.Value) (loop.Value, bool) {
	return b.Not(in[0]), true
}

func (selectP) Lower(b *loop.Builder, _ trace.DType, in []loop.Value) (loop.Value, bool) {
	return b.Select(in[0], in[1], in[2]), true
}

func (stopGradient) Lower(_ *loop.Builder, _ trace.DType, in []loop.Value) (loop.Value, bool) {
	return in[0], true
}

func (c convert) Lower(b *loop.Builder, from trace.DType, in []loop.Value) (loop.Value, bool) {
	x := in[0]
	switch {
	case from == trace.Bool && c.To == trace.F64:
		return b.And(x, b.Float(1)), true
	case from == trace.Bool:
		return b.And(x, b.Int(1)), true
	case from == trace.F64 && c.To == trace.I64:
		return b.ToInt(x), true
	case from == trace.F64:
		return b.NotEqual(x, b.Float(0)), true
	case c.To == trace.F64:
		return b.FromInt(x), true
	}
	return b.Not(b.IEqual(x, b.Int(0))), true
}

func (equal) Lower(b *loop.Builder, x, y loop.Value) loop.Value         { return b.Equal(x, y) }
func (equal) LowerInts(b *loop.Builder, x, y loop.Value) loop.Value     { return b.IEqual(x, y) }
func (notEqual) Lower(b *loop.Builder, x, y loop.Value) loop.Value      { return b.NotEqual(x, y) }
func (notEqual) LowerInts(b *loop.Builder, x, y loop.Value) loop.Value  { return b.Not(b.IEqual(x, y)) }
func (less) Lower(b *loop.Builder, x, y loop.Value) loop.Value          { return b.Less(x, y) }
func (less) LowerInts(b *loop.Builder, x, y loop.Value) loop.Value      { return b.ILess(x, y) }
func (lessEqual) Lower(b *loop.Builder, x, y loop.Value) loop.Value     { return b.LessEqual(x, y) }
func (lessEqual) LowerInts(b *loop.Builder, x, y loop.Value) loop.Value { return b.Not(b.ILess(y, x)) }

func (abs) LowerInts(b *loop.Builder, x loop.Value) loop.Value {
	return b.Select(b.ILess(x, b.Int(0)), b.ISub(b.Int(0), x), x)
}

func (sign) LowerInts(b *loop.Builder, x loop.Value) loop.Value {
	zero := b.Int(0)
	return b.Select(b.ILess(x, zero), b.Int(-1), b.And(b.ILess(zero, x), b.Int(1)))
}

func (square) LowerInts(b *loop.Builder, x loop.Value) loop.Value { return b.IMul(x, x) }

func (maximum) LowerInts(b *loop.Builder, x, y loop.Value) loop.Value {
	return b.Select(b.ILess(x, y), y, x)
}

func (minimum) LowerInts(b *loop.Builder, x, y loop.Value) loop.Value {
	return b.Select(b.ILess(y, x), y, x)
}

func (clip) Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool) {
	if d == trace.I64 {
		return minimum{}.LowerInts(b, maximum{}.LowerInts(b, in[0], in[1]), in[2]), true
	}
	return b.Clip(in[0], in[1], in[2]), true
}

func (mover) Arranges() int  { return 1 }
func (pad) Arranges() int    { return 1 }
func (concat) Arranges() int { return -1 }
func (gather) Arranges() int { return 1 }
func (setAt) Arranges() int  { return 2 }

// Expand folds the elements along the axes in the order of Eval.
func (p reduceSum) Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool) {
	plus := b.Add
	if types[0].DType == trace.I64 {
		plus = b.IAdd
	}
	return foldRows(types[0], p.Axes, in[0], func(x []loop.Value) loop.Value { return sumValues(b, plus, x) }), true
}

// sumValues is sumFloats.
func sumValues(b *loop.Builder, plus func(x, y loop.Value) loop.Value, x []loop.Value) loop.Value {
	switch m := len(x) / 2; {
	case len(x) == 0:
		return b.Float(0)
	case len(x) > 64:
		return plus(sumValues(b, plus, x[:m]), sumValues(b, plus, x[m:]))
	}
	s := x[0]
	for _, v := range x[1:] {
		s = plus(s, v)
	}
	return s
}

// Expand scales as norm does, by a factor that is 1 for most.
func (p reduceNorm) Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool) {
	return foldRows(types[0], p.Axes, in[0], func(x []loop.Value) loop.Value { return normValues(b, x) }), true
}

// normValues is norm. A quotient by a power of two is a product to the bit.
func normValues(b *loop.Builder, x []loop.Value) loop.Value {
	squares := make([]loop.Value, len(x))
	sum := func(scale loop.Value) loop.Value {
		for i, v := range x {
			v = b.Mul(v, scale)
			squares[i] = b.Mul(v, v)
		}
		return sumValues(b, b.Add, squares)
	}
	one := b.Float(1)
	s := sum(one)
	small, large := b.Less(s, b.Float(0x1p-900)), b.Less(b.Float(0x1p1000), s)
	b.Rarely(small)
	b.Rarely(large)
	scale := b.Select(small, b.Float(0x1p600), b.Select(large, b.Float(0x1p-600), one))
	back := b.Select(small, b.Float(0x1p-600), b.Select(large, b.Float(0x1p600), one))
	return b.Mul(b.Sqrt(sum(scale)), back)
}

func (reduceNorm) Alongside() {}

func (p reduceAny) Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool) {
	return foldRows(types[0], p.Axes, in[0], func(x []loop.Value) loop.Value {
		any := b.Bits(0)
		for _, v := range x {
			any = b.Or(any, v)
		}
		return any
	}), true
}

// foldRows applies fold to the values along axes.
func foldRows(t trace.Type, axes []int, x []loop.Value, fold func([]loop.Value) loop.Value) []loop.Value {
	numbered, n := rows(placesOf(t), axes)
	y := make([]loop.Value, reducedType(t, axes)[0].Size())
	for i := range y {
		row := make([]loop.Value, n)
		for k, at := range numbered.I64[i*n : (i+1)*n] {
			row[k] = x[at]
		}
		y[i] = fold(row)
	}
	return y
}

// placesOf returns the places of the elements of an array as an array of that shape.
func placesOf(t trace.Type) trace.Buffer {
	b := trace.NewBuffer(t.With(trace.I64))
	for i := range b.I64 {
		b.I64[i] = int64(i)
	}
	return b
}

func (p reduceProd) Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool) {
	return foldInOrder(b, p, types[0], p.Axes, in[0]), true
}

func (p reduceExtreme[R]) Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool) {
	return foldInOrder(b, p, types[0], p.Axes, in[0]), true
}

// folder is a reduction as the compiler knows it.
type folder interface {
	Fold(b *loop.Builder, d trace.DType, x, y loop.Value) loop.Value
	Start(d trace.DType) uint64
}

func foldInOrder(b *loop.Builder, p folder, t trace.Type, axes []int, x []loop.Value) []loop.Value {
	return foldRows(t, axes, x, func(x []loop.Value) loop.Value {
		if len(x) == 0 {
			return b.Bits(p.Start(t.DType))
		}
		y := x[0]
		for _, v := range x[1:] {
			y = p.Fold(b, t.DType, y, v)
		}
		return y
	})
}

// Expand sums products in the order of gemm.
func (p dot) Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool) {
	if types[0].DType != trace.F64 {
		return nil, false
	}
	lfree, rfree := p.free(types)
	x := permuted(placesOf(types[0]), p.Order(types, 0)).I64
	y := permuted(placesOf(types[1]), slices.Concat(p.RhsBatch, rfree, p.RhsContract)).I64
	k := trace.Type{Shape: pickInts(types[0].Shape, p.LhsContract)}.Size()
	m := trace.Type{Shape: pickInts(types[0].Shape, lfree)}.Size()
	n := trace.Type{Shape: pickInts(types[1].Shape, rfree)}.Size()
	batch := trace.Type{Shape: pickInts(types[0].Shape, p.LhsBatch)}.Size()
	z := make([]loop.Value, 0, batch*m*n)
	for i := range batch * m {
		for j := range n {
			v, w := x[i*k:(i+1)*k], y[(i/m*n+j)*k:][:k]
			z = append(z, sumProducts(b, gemm.Lanes(m, n), k, func(l int) (x, y loop.Value) { return in[0][v[l]], in[1][w[l]] }))
		}
	}
	return z, true
}

// sumProducts adds k products up in lanes, and then the lanes in halves.
func sumProducts(b *loop.Builder, lanes, k int, factors func(l int) (v, w loop.Value)) loop.Value {
	zero := b.Float(0)
	sums := slices.Repeat([]loop.Value{zero}, lanes)
	for l := range k {
		v, w := factors(l)
		sums[l%lanes] = b.FMA(v, w, sums[l%lanes])
	}
	for half := lanes / 2; half > 0; half /= 2 {
		for i := range min(half, max(0, k-half)) {
			sums[i] = b.Add(sums[i], sums[i+half])
		}
	}
	return sums[0]
}

// Expand adds to the elements of the part.
func (p addSlice) Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool) {
	part := p.slice().Eval([]trace.Buffer{placesOf(types[0])}, []trace.Type{types[1].With(trace.I64)})[0]
	return addTo(b, types[0].DType, in[0], in[1], part.I64), true
}

// addTo adds each value of u to the element of x at the place that is said.
func addTo(b *loop.Builder, d trace.DType, x, u []loop.Value, at []int64) []loop.Value {
	y := slices.Clone(x)
	for i, v := range u {
		switch z := &y[at[i]]; d {
		case trace.F64:
			*z = b.Add(*z, v)
		case trace.I64:
			*z = b.IAdd(*z, v)
		case trace.Bool:
			*z = b.Or(*z, v)
		}
	}
	return y
}
