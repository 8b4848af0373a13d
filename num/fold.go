package num

import (
	"math"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// A reduction in a loop of the compiler folds elements, of which there are some, into what it starts
// from: Fold is made of instructions, and Merge is the same on bits.

func (p reduceSum) Reduced() []int { return p.Axes }

// Start is -0 for f64, since a sum of such zeros is one.
func (reduceSum) Start(d trace.DType) uint64 {
	if d == trace.I64 {
		return 0
	}
	return 1 << 63
}

func (reduceSum) Fold(b *loop.Builder, d trace.DType, x, y loop.Value) loop.Value {
	if d == trace.I64 {
		return b.IAdd(x, y)
	}
	return b.Add(x, y)
}

func (reduceSum) Merge(d trace.DType, x, y uint64) uint64 {
	if d == trace.I64 {
		return x + y
	}
	return math.Float64bits(math.Float64frombits(x) + math.Float64frombits(y))
}

func (p reduceProd) Reduced() []int { return p.Axes }

func (reduceProd) Start(d trace.DType) uint64 {
	if d == trace.I64 {
		return 1
	}
	return math.Float64bits(1)
}

func (reduceProd) Fold(b *loop.Builder, d trace.DType, x, y loop.Value) loop.Value {
	if d == trace.I64 {
		return b.IMul(x, y)
	}
	return b.Mul(x, y)
}

func (reduceProd) Merge(d trace.DType, x, y uint64) uint64 {
	if d == trace.I64 {
		return x * y
	}
	return math.Float64bits(math.Float64frombits(x) * math.Float64frombits(y))
}

func (p reduceAny) Reduced() []int         { return p.Axes }
func (reduceAny) Start(trace.DType) uint64 { return 0 }

func (reduceAny) Fold(b *loop.Builder, _ trace.DType, x, y loop.Value) loop.Value { return b.Or(x, y) }
func (reduceAny) Merge(_ trace.DType, x, y uint64) uint64                         { return x | y }

func (p reduceExtreme[R]) Reduced() []int { return p.Axes }

// Start is what loses to everything.
func (p reduceExtreme[R]) Start(d trace.DType) uint64 {
	switch {
	case d == trace.F64 && p.largest():
		return math.Float64bits(math.Inf(-1))
	case d == trace.F64:
		return math.Float64bits(math.Inf(1))
	case p.largest():
		return 1 << 63
	}
	return math.MaxInt64
}

func (p reduceExtreme[R]) Fold(b *loop.Builder, d trace.DType, x, y loop.Value) loop.Value {
	switch {
	case d == trace.F64 && p.largest():
		return b.Maximum(x, y)
	case d == trace.F64:
		return b.Minimum(x, y)
	case p.largest():
		return b.Select(b.ILess(x, y), y, x)
	}
	return b.Select(b.ILess(y, x), y, x)
}

func (p reduceExtreme[R]) Merge(d trace.DType, x, y uint64) uint64 {
	switch {
	case d == trace.I64 && p.largest():
		return uint64(max(int64(x), int64(y)))
	case d == trace.I64:
		return uint64(min(int64(x), int64(y)))
	}
	return math.Float64bits(p.best(math.Float64frombits(x), math.Float64frombits(y)))
}
