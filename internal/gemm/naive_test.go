package gemm

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/fence"
)

// withKernels runs a test with those of every level, and without.
func withKernels(t *testing.T, f func(t *testing.T)) {
	defer func(old *kernels) { best = old }(best)
	for _, k := range append(levels(), nil) {
		name := "blas64"
		if k != nil {
			name = k.name
		}
		best = k
		t.Run(name, f)
	}
}

// operand is a matrix, or a stack of them, in memory of its own between two guard pages.
type operand struct {
	memory  []float64
	first   int // element 0, 0
	strides Strides
	stack   []int // strides of the axes of the stack
}

func (x *operand) pointer() *float64 {
	if len(x.memory) == 0 {
		return nil
	}
	return &x.memory[x.first]
}

func (x *operand) index(at []int, i, j int) int {
	k := x.first + i*x.strides.Row + j*x.strides.Col
	for d, s := range x.stack {
		k += at[d] * s
	}
	return k
}

// layout is a way in which a matrix can be in memory.
type layout int

const (
	rowMajor layout = iota
	columnMajor
	spaced   // rows and columns with gaps
	reversed // both strides negative
	far      // rows of a much wider matrix
	farColumns
	flatRows // all rows are the same memory
	flatColumns
	flat
	layouts
	layoutsOfC = flatRows
)

// newOperand returns stack[0] x stack[1] ... matrices of m by n with random elements. The memory ends (or
// starts) at a guard page.
func newOperand(t testing.TB, rnd *rand.Rand, how layout, stack []int, m, n int) *operand {
	return newOperandAt(t, rnd, rnd.IntN(2) == 0, how, stack, m, n)
}

func newOperandAt(t testing.TB, rnd *rand.Rand, end bool, how layout, stack []int, m, n int) *operand {
	s := [...]Strides{
		{n, 1}, {1, m}, {2*n + 3, 2}, {-n, -1}, {n + 517, 1}, {1, m + 517}, {0, 1}, {1, 0}, {0, 0},
	}[how]
	x := &operand{strides: s}
	lo, hi := 0, 0
	reach := func(n, stride int) {
		lo, hi = lo+min(0, (n-1)*stride), hi+max(0, (n-1)*stride)
	}
	if m > 0 && n > 0 {
		reach(m, s.Row)
		reach(n, s.Col)
	}
	for _, length := range stack {
		stride := hi - lo + 1 + rnd.IntN(3)
		if m == 0 || n == 0 {
			stride = 0 // no element, no memory: nil must stay nil
		}
		x.stack = append(x.stack, stride)
		if length > 0 {
			reach(length, stride)
		}
	}
	size := hi - lo + 1
	if m == 0 || n == 0 {
		size = 0
	}
	x.first = -lo
	bytes := fence.Bytes(t, 8*size, end)
	if size > 0 {
		x.memory = unsafe.Slice((*float64)(unsafe.Pointer(&bytes[0])), size)
	}
	for i := range x.memory {
		x.memory[i] = rnd.NormFloat64()
	}
	return x
}

// places visits all indices of a stack.
func places(stack []int, visit func(at []int)) {
	if len(stack) == 0 {
		visit(nil)
		return
	}
	places(stack[:len(stack)-1], func(at []int) {
		for i := range stack[len(stack)-1] {
			visit(append(at[:len(at):len(at)], i))
		}
	})
}

// problem is a product with its operands.
type problem struct {
	Product
	a, b, c *operand
	stack   []int
	before  []float64 // what was in C
}

func newProblem(t testing.TB, rnd *rand.Rand, m, n, k int, how [3]layout, stack ...int) *problem {
	return problemOf(m, n, k, rnd.IntN(2) == 0, newOperand(t, rnd, how[0], stack, m, k),
		newOperand(t, rnd, how[1], stack, k, n), newOperand(t, rnd, how[2], stack, m, n), stack...)
}

func problemOf(m, n, k int, add bool, a, b, c *operand, stack ...int) *problem {
	p := &problem{stack: stack, Product: Product{M: m, N: n, K: k, Add: add}, a: a, b: b, c: c}
	p.A, p.B, p.C = p.a.strides, p.b.strides, p.c.strides
	for d, n := range stack {
		p.Batch = append(p.Batch, Axis{n, p.a.stack[d], p.b.stack[d], p.c.stack[d]})
	}
	p.before = append([]float64(nil), p.c.memory...)
	return p
}

func (p *problem) run(split Split) {
	copy(p.c.memory, p.before)
	p.Run(p.c.pointer(), p.a.pointer(), p.b.pointer(), split)
}

// runSmall does what run does by a prepared product, if it is one that can be. It reports whether it is.
func (p *problem) runSmall() bool {
	s := p.Small()
	if s == nil {
		return false
	}
	copy(p.c.memory, p.before)
	s.Run(p.c.pointer(), p.a.pointer(), p.b.pointer())
	return true
}

// check compares the result with sums in twice the precision, up to the bound of sums of k products, and
// what is not part of C with what was there.
func (p *problem) check(t *testing.T) {
	t.Helper()
	touched := make([]bool, len(p.c.memory))
	places(p.stack, func(at []int) {
		for i := range p.M {
			for j := range p.N {
				c := p.c.index(at, i, j)
				touched[c] = true
				want, size := 0.0, 0.0
				var low float64
				add := func(x, y float64) { // of Ogita, Rump and Oishi: Dot2
					h := x * y
					r := math.FMA(x, y, -h)
					s := want + h
					z := s - want
					low += (want - (s - z)) + (h - z) + r
					want = s
					size += math.Abs(h)
				}
				if p.Add {
					add(p.before[c], 1)
				}
				for l := range p.K {
					add(p.a.memory[p.a.index(at, i, l)], p.b.memory[p.b.index(at, l, j)])
				}
				if !math.IsNaN(want+low) && !math.IsInf(want+low, 0) {
					want += low
				}
				got := p.c.memory[c]
				bound := float64(p.K+2) * 0x1p-53 * size
				if same := got == want || math.IsNaN(got) && math.IsNaN(want); !same && !(math.Abs(got-want) <= bound) {
					t.Fatalf("%+v: element %d, %d of %v is %v, should be %v", p.Product, i, j, at, got, want)
				}
			}
		}
	})
	for i, v := range p.c.memory {
		if !touched[i] && v != p.before[i] {
			t.Fatalf("%+v: element %d of the memory, which is not one of C, was changed", p.Product, i)
		}
	}
}
