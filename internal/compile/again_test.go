package compile_test

import (
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// around is what reverse mode makes of a sum of squares along an axis: it needs twice what was squared once the sum is known.
func around(x []num.Array) []num.Array {
	u := num.Sub(x[0], x[1])
	sum := num.KeepDims(num.Sum, num.Square(u), 1)
	return []num.Array{num.Mul(2, u, num.Exp(num.Neg(sum)))}
}

// TestAgain has loops that make again what others would have to store.
func TestAgain(t *testing.T) {
	x := floats(1, 300, 40)
	agree(t, around, x, floats(2, 40))
	agree(t, around, x, floats(2, 300, 40)) // of two arrays: stored
	agree(t, around, x, x)
	agree(t, func(x []num.Array) []num.Array { // read at indices, by a product and as a result too
		u := num.Mul(2, x[0])
		sum := num.KeepDims(num.Sum, num.Square(u), 1)
		y := num.Mul(u, sum)
		return []num.Array{y, num.Take(num.Reshape(u, -1), num.FromInts([]int{5, 7}, 2), 0)}
	}, x)
	agree(t, func(x []num.Array) []num.Array {
		u := num.Mul(2, x[0])
		return []num.Array{num.Mul(u, num.KeepDims(num.Sum, num.Square(u), 1)), num.MatMul(u, x[1])}
	}, x, floats(3, 40, 4))
	agree(t, func(x []num.Array) []num.Array {
		u := num.Mul(2, x[0])
		return []num.Array{num.Mul(u, num.KeepDims(num.Sum, num.Square(u), 1)), u}
	}, x)
}

// TestAgainMemory holds that what is made again is not stored.
func TestAgainMemory(t *testing.T) {
	types := []trace.Type{trace.TypeOf(trace.F64, 300, 40), trace.TypeOf(trace.F64, 40)}
	p := compile.Compile(trace.Build(types, around), compile.Default())
	if most := 8 * 40 * 300; p.Arena() >= most {
		t.Errorf("%d bytes between steps, want less than %d\n%v", p.Arena(), most, p)
	}
}
