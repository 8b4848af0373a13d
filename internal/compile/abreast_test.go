package compile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// abreast writes random funcs on arrays that have a long axis, n, and a few elements beside it.
type abreast struct {
	mover
	n int
}

// beside adds one equation.
func (m *abreast) beside() {
	v := m.IntN(len(m.types))
	x, a := m.types[v], m.name(v)
	shape, rank := slices.Clone(x.Shape), x.Rank()
	to := func(shape []int) trace.Type { return trace.Type{DType: x.DType, Shape: shape} }
	axis := m.IntN(max(rank, 1))
	switch m.IntN(12) {
	case 0, 1: // broadcast
		if k := []int{2, 3, m.n}[m.IntN(3)]; x.Size()*k <= 32*m.n && !slices.Contains(shape, k) {
			shape = append([]int{k}, shape...)
			m.say(to(shape), "broadcast[shape=%s] %s", list(shape), a)
		}
	case 2:
		perm := m.Perm(rank)
		for i, p := range perm {
			shape[i] = x.Shape[p]
		}
		m.say(to(shape), "transpose[perm=%s] %s", list(perm), a)
	case 3:
		shape = slices.Insert(shape, axis, 1)
		m.say(to(shape), "reshape[shape=%s] %s", list(shape), a)
	case 4:
		if rank > 1 && axis > 0 && shape[axis] < m.n && shape[axis-1] < m.n {
			shape = slices.Delete(shape, axis, axis+1)
			shape[axis-1] *= x.Shape[axis]
			m.say(to(shape), "reshape[shape=%s] %s", list(shape), a)
		}
	case 5:
		if rank > 0 {
			m.say(x, "flip[axes=(%d)] %s", axis, a)
		}
	case 6:
		start, limit, step, out := m.window(shape, false)
		for i, n := range shape {
			if n == m.n || out[i] == 0 {
				start[i], limit[i], step[i], out[i] = 0, n, 1, n
			}
		}
		m.say(to(out), "slice[start=%s limit=%s step=%s] %s", list(start), list(limit), list(step), a)
	case 7, 8:
		if rank == 0 || shape[axis] == m.n && m.IntN(4) > 0 {
			return
		}
		reduced := to(slices.Delete(shape, axis, axis+1))
		name := map[trace.DType][]string{
			trace.F64: {"reduce_norm", "reduce_sum", "reduce_max", "reduce_norm", "reduce_sum", "reduce_prod"},
			trace.I64: {"reduce_sum", "reduce_max"}, trace.Bool: {"reduce_any"}}[x.DType]
		m.say(reduced, "%s[axes=(%d)] %s", name[m.IntN(len(name))], axis, a)
	case 9:
		if x.DType == trace.Bool {
			return
		}
		w := m.any(x)
		if x.DType == trace.F64 && max(v, w) >= 5 { // what has been rounded is compared with itself alone
			w = v
		}
		m.say(x.With(trace.Bool), "ne %s %s", a, m.name(w))
	default:
		if x.DType != trace.F64 {
			m.say(x, "select %s %s %s", m.name(m.any(x.With(trace.Bool))), a, m.name(m.any(x)))
			return
		}
		if v < 5 { // an argument: it has no code for huge numbers
			m.say(x, "sin %s", a)
			return
		}
		name := []string{"add", "mul", "sub", "div", "hypot"}[m.IntN(5)]
		m.say(x, "%s %s %s", name, a, m.name(m.any(x)))
	}
}

// places adds an equation whose result is made of parts, each of which goes to its place along a short axis.
func (m *abreast) places() {
	v := m.IntN(len(m.types))
	x := m.types[v]
	axis := slices.IndexFunc(x.Shape, func(n int) bool { return n != m.n })
	if axis < 0 || 3*x.Size() > 32*m.n {
		return
	}
	shape, zeros, ones := slices.Clone(x.Shape), make([]int, x.Rank()), slices.Repeat([]int{1}, x.Rank())
	if m.IntN(2) == 0 {
		w := m.any(x)
		shape[axis] *= 3
		m.say(trace.Type{DType: x.DType, Shape: shape}, "concat[axis=%d] %s %s %s", axis, m.name(v), m.name(w), m.name(v))
		return
	}
	lo, hi := slices.Clone(zeros), slices.Clone(zeros)
	lo[axis] = x.Shape[axis]
	shape[axis] *= 2
	whole := trace.Type{DType: x.DType, Shape: shape}
	padded := m.say(whole, "pad[lo=%s hi=%s step=%s] %s", list(lo), list(hi), list(ones), m.name(v))
	m.beside() // may read a part before the other comes, or what is there
	m.say(whole, "add_slice[start=%s limit=%s step=%s] %s %s", list(zeros), list(x.Shape), list(ones), m.name(padded), m.name(m.any(x)))
}

func randomAbreast(seed uint64, size int, places bool) (*trace.Func, []num.Array) {
	m := &abreast{mover{Rand: rand.New(rand.NewPCG(seed, 3))}, []int{33, 40, 57, 4099}[seed%4]}
	var args []num.Array
	var head []string
	for k, shape := range [][]int{{m.n, 2}, {m.n}, {3, m.n, 2}, {2, 2}, {2, m.n}} {
		x := floats(seed+uint64(k), shape...)
		switch m.IntN(6) {
		case 0:
			x = wild(seed, true, shape...)
		case 1:
			x = num.Mul(x, []float64{1e-200, 1e200}[m.IntN(2)])
		case 2:
			x = mask(seed, shape...)
		case 3:
			x = ints(seed, shape...)
		}
		m.types, args = append(m.types, x.Type()), append(args, x)
		head = append(head, fmt.Sprintf("v%d:%v", k, x.Type()))
	}
	for range 3 * size {
		switch {
		case len(m.types) >= len(args)+size:
		case places && m.IntN(4) == 0:
			m.places()
		default:
			m.beside()
		}
	}
	return m.parsed(head, 5), args
}

// TestAbreast compares random funcs of arrays that have a long axis in common with Eval.
func TestAbreast(t *testing.T) {
	n := 400
	if testing.Short() {
		n = 100
	}
	met := 0
	for seed := range uint64(n) {
		met += testAbreast(t, seed, 4+int(seed%24), seed%2 == 1)
	}
	if met < n/5 {
		t.Errorf("arrays of different ranks meet in one loop in %d of %d funcs only", met, n)
	}
}

func FuzzAbreast(f *testing.F) {
	f.Add(uint64(926), byte(0x71), false) // values to weave that each take temps to be had
	f.Add(uint64(1339), uint8(23), true)  // a view of what goes to its place in the same loop
	f.Add(uint64(1), uint8(10), true)
	f.Fuzz(func(t *testing.T, seed uint64, size uint8, places bool) { testAbreast(t, seed, int(size%64), places) })
}

// testAbreast returns 1 if the func has a loop abreast.
func testAbreast(t *testing.T, seed uint64, size int, places bool) (met int) {
	t.Helper()
	f, args := randomAbreast(seed, size, places)
	want := f.Eval(args...)
	for _, f := range []*trace.Func{f, pass.Simplify(f)} {
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			for range 2 {
				if err := same(run(p, args), want); err != nil {
					t.Fatalf("seed %d, size %d, places %t, %s: %v\n%v%v", seed, size, places, on.Name, err, f, p)
				}
			}
			if strings.Contains(p.String(), "elements at each") {
				met = 1
			}
		}
	}
	return met
}
