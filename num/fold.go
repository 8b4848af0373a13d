package num

import (
	"math"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// A reduction in a loop of the compiler folds elements into what it starts from: Fold is made of
// instructions, and Merge is the same on bits.

func (p reduceSum) Reduced() []int         { return p.Axes }
func (reduceSum) Start(trace.DType) uint64 { return 0 }

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
	largest := p.Op.Ints(0, 1)
	switch {
	case d == trace.F64 && largest:
		return math.Float64bits(math.Inf(-1))
	case d == trace.F64:
		return math.Float64bits(math.Inf(1))
	case largest:
		return 1 << 63
	}
	return math.MaxInt64
}

func (p reduceExtreme[R]) Fold(b *loop.Builder, d trace.DType, x, y loop.Value) loop.Value {
	low, high := x, y // x loses if low < high
	if !p.Op.Ints(0, 1) {
		low, high = y, x
	}
	if d == trace.I64 {
		return b.Select(b.ILess(low, high), y, x)
	}
	return b.Select(b.Or(b.Less(low, high), b.IsNaN(y)), y, x)
}

func (p reduceExtreme[R]) Merge(d trace.DType, x, y uint64) uint64 {
	if d == trace.I64 {
		return uint64(better(p.Op.Ints)(int64(x), int64(y)))
	}
	return math.Float64bits(better(p.Op.Floats)(math.Float64frombits(x), math.Float64frombits(y)))
}
