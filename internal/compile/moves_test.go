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

// mover writes random funcs that move elements and compute little.
type mover struct {
	*rand.Rand
	text  strings.Builder
	types []trace.Type
}

func (m *mover) name(v int) string { return fmt.Sprintf("v%d", v) }

// say adds an equation.
func (m *mover) say(t trace.Type, format string, args ...any) int {
	m.types = append(m.types, t)
	v := len(m.types) - 1
	fmt.Fprintf(&m.text, "  %s:%v = %s\n", m.name(v), t, fmt.Sprintf(format, args...))
	return v
}

// any returns a variable that is of the type, which may be a new constant.
func (m *mover) any(t trace.Type) int {
	var all []int
	for v, u := range m.types {
		if u.Equal(t) {
			all = append(all, v)
		}
	}
	if len(all) > 0 && m.IntN(8) > 0 {
		return all[m.IntN(len(all))]
	}
	value := map[trace.DType]string{trace.F64: "1.5", trace.I64: "2", trace.Bool: "true"}[t.DType]
	return m.say(t, "full[value=%s type=%v]", value, t)
}

// number is an f64 or i64 variable.
func (m *mover) number() int {
	for {
		if v := m.IntN(len(m.types)); m.types[v].DType != trace.Bool {
			return v
		}
	}
}

func list(x []int) string {
	return "(" + strings.Trim(strings.ReplaceAll(fmt.Sprint(x), " ", ","), "[]") + ")"
}

// window returns a random slice of a shape, and the shape of that.
func (m *mover) window(shape []int, wide bool) (start, limit, step, out []int) {
	for _, n := range shape {
		lo := m.IntN(n + 1)
		hi := lo + m.IntN(n-lo+1)
		if m.IntN(2) == 0 {
			lo, hi = min(1, n), n
		} else if m.IntN(2) == 0 {
			lo, hi = 0, max(n-1, 0)
		}
		s := 1
		if wide && m.IntN(4) == 0 {
			s = 1 + m.IntN(3)
		}
		start, limit, step, out = append(start, lo), append(limit, hi), append(step, s), append(out, (hi-lo+s-1)/s)
	}
	return start, limit, step, out
}

// step adds one equation that is no update at indices.
func (m *mover) step() {
	v := m.IntN(len(m.types))
	x := m.types[v]
	shape, rank := slices.Clone(x.Shape), x.Rank()
	to := func(shape []int) trace.Type { return trace.Type{DType: x.DType, Shape: shape} }
	a := m.name(v)
	switch m.IntN(14) {
	case 0, 1: // pad
		lo, hi, step := make([]int, rank), make([]int, rank), make([]int, rank)
		for i := range shape {
			lo[i], hi[i], step[i] = m.IntN(3), m.IntN(3), 1
			if m.IntN(6) == 0 {
				step[i] = 2
			}
			shape[i] = lo[i] + hi[i] + max(0, (shape[i]-1)*step[i]+1)
			if x.Shape[i] == 0 {
				shape[i] = lo[i] + hi[i]
			}
		}
		m.say(to(shape), "pad[lo=%s hi=%s step=%s] %s", list(lo), list(hi), list(step), a)
	case 2, 3:
		m.concat(v)
	case 4, 5, 6:
		start, limit, step, out := m.window(shape, true)
		u := m.any(to(out))
		m.say(x, "add_slice[start=%s limit=%s step=%s] %s %s", list(start), list(limit), list(step), a, m.name(u))
	case 7:
		if rank > 0 {
			m.say(x, "shift[axis=%d reverse=%t fill=%d.0] %s", m.IntN(rank), m.IntN(2) == 0, m.IntN(2), a)
		}
	case 8, 9:
		start, limit, step, out := m.window(shape, true)
		m.say(to(out), "slice[start=%s limit=%s step=%s] %s", list(start), list(limit), list(step), a)
	case 10:
		if rank > 0 && m.IntN(2) == 0 {
			m.say(x, "flip[axes=(%d)] %s", m.IntN(rank), a)
		} else if rank == 2 {
			m.say(to([]int{shape[1], shape[0]}), "transpose[perm=(1,0)] %s", a)
		}
	case 11:
		flat := [][]int{{x.Size()}, {1, x.Size()}, append(slices.Clone(shape), 1)}[m.IntN(3)]
		m.say(to(flat), "reshape[shape=%s] %s", list(flat), a)
	default:
		m.compute()
	}
}

// concat joins v with others, maybe with itself.
func (m *mover) concat(v int) {
	x, a := m.types[v], m.name(v)
	shape, rank := slices.Clone(x.Shape), x.Rank()
	if rank == 0 {
		return
	}
	axis, names := m.IntN(rank), a
	shape[axis] = 0
	for k := range 1 + m.IntN(3) {
		w := v
		if k > 0 {
			for i, t := range m.types {
				same := t.DType == x.DType && t.Rank() == rank
				for d := 0; same && d < rank; d++ {
					same = d == axis || t.Shape[d] == x.Shape[d]
				}
				if same && m.IntN(2) == 0 {
					w = i
				}
			}
			names += " " + m.name(w)
		}
		shape[axis] += m.types[w].Shape[axis]
	}
	m.say(trace.Type{DType: x.DType, Shape: shape}, "concat[axis=%d] %s", axis, names)
}

// compute adds an equation on numbers.
func (m *mover) compute() {
	v := m.number()
	x, a := m.types[v], m.name(v)
	w := m.name(m.any(x))
	switch m.IntN(9) {
	case 0:
		m.say(x, "sub %s %s", a, w)
	case 1:
		m.say(x, "add %s %s", a, w)
	case 2:
		mask := m.any(x.With(trace.Bool))
		m.say(x, "select %s %s %s", m.name(mask), a, w)
	case 3:
		m.say(x.With(trace.Bool), "lt %s %s", a, w)
	case 4:
		if x.Rank() > 0 && x.Size() > 0 {
			axis := m.IntN(x.Rank())
			m.say(trace.Type{DType: x.DType, Shape: slices.Delete(slices.Clone(x.Shape), axis, axis+1)}, "reduce_sum[axes=(%d)] %s", axis, a)
		}
	case 5:
		if x.DType == trace.F64 {
			m.say(x, "%s %s", []string{"sin", "tanh", "abs"}[m.IntN(3)], a)
		}
	case 6:
		if x.Rank() > 0 {
			axis := m.IntN(x.Rank())
			switch k := m.IntN(5); {
			case k < 2:
				m.say(x, "%s[axis=%d reverse=%t] %s", []string{"cumsum", "cumprod"}[k], axis, m.IntN(2) == 0, a)
			case k < 4:
				m.say(x, "%s[axis=%d] %s", []string{"cummax", "cummin"}[k-2], axis, a)
			case x.DType == trace.F64:
				m.say(x, "segsum[axis=%d reverse=%t] %s %s", axis, m.IntN(2) == 0, a, m.name(m.any(x.With(trace.Bool))))
			}
		}
	case 7:
		if x.Rank() > 0 && x.DType == trace.F64 {
			m.say(x, "recurrence[axis=%d reverse=%t] %s %s", m.IntN(x.Rank()), m.IntN(2) == 0, a, w)
		}
	default:
		m.update()
	}
}

// update adds an equation with indices, of which some are out of range.
func (m *mover) update() {
	v := m.IntN(len(m.types))
	x := m.types[v]
	k := 1 + m.IntN(max(x.Rank(), 1))
	if x.Rank() == 0 || slices.Contains(x.Shape[:k], 0) {
		return
	}
	at := trace.TypeOf(trace.I64, [][]int{{}, {3}, {40}, {2, 9}}[m.IntN(4)]...)
	indices := ""
	for range k {
		indices += " " + m.name(m.any(at))
	}
	slots := trace.Type{DType: x.DType, Shape: slices.Concat(at.Shape, x.Shape[k:])}
	switch m.IntN(3) {
	case 0:
		m.say(slots, "gather %s%s", m.name(v), indices)
	case 1:
		u := m.any(slots)
		m.say(x, "set_at %s %s%s", m.name(v), m.name(u), indices)
	case 2:
		u := m.any(slots)
		m.say(x, "add_at %s %s%s", m.name(v), m.name(u), indices)
	}
}

// randomMoves returns a func of a number of equations or so, and arguments for it.
func randomMoves(seed uint64, size int) (*trace.Func, []num.Array) {
	m := &mover{Rand: rand.New(rand.NewPCG(seed, 1))}
	shapes := [][]int{{40}, {5}, {3, 20}, {37, 1}, {0, 3}, {}, {16}, {17}, {2, 3, 4}, {6, 7}}
	var args []num.Array
	var head []string
	arg := func(x num.Array) {
		m.types = append(m.types, x.Type())
		args = append(args, x)
		head = append(head, fmt.Sprintf("v%d:%v", len(args)-1, x.Type()))
	}
	for k := range uint64(2 + m.IntN(3)) {
		shape := shapes[m.IntN(len(shapes))]
		arg([]num.Array{floats(seed+k, shape...), wild(seed+k, seed%2 == 0, shape...), ints(seed+k, shape...), mask(seed+k, shape...)}[m.IntN(4)])
	}
	arg(floats(seed, 30))
	for _, s := range [][]int{{}, {3}, {40}, {2, 9}} {
		arg(num.Convert(num.Round(num.Mul(20, floats(seed, s...))), trace.I64))
	}
	for len(m.types) < len(args)+size {
		if m.step(); m.types[len(m.types)-1].Size() > 3000 {
			break
		}
	}
	return m.parsed(head, 4), args
}

// parsed returns the func that has been written, which returns the last variable and one in some of the others.
func (m *mover) parsed(head []string, some int) *trace.Func {
	outs := ""
	for v := range m.types {
		if m.IntN(some) == 0 || v == len(m.types)-1 {
			outs += " " + m.name(v)
		}
	}
	text := fmt.Sprintf("func(%s) {\n%s  return%s\n}", strings.Join(head, ", "), m.text.String(), outs)
	f, err := trace.Parse(text)
	if err != nil {
		panic(fmt.Sprint(err, "\n", text))
	}
	return f
}

// TestMoves compares random funcs that move elements with Eval. Arguments must be as they were.
func TestMoves(t *testing.T) {
	n := 600
	if testing.Short() {
		n = 150
	}
	for seed := range uint64(n) {
		testMoves(t, seed, 2+int(seed%14))
	}
}

func FuzzMoves(f *testing.F) {
	f.Add(uint64(454), byte(0xf5)) // as well
	f.Add(uint64(1), uint8(10))
	f.Fuzz(func(t *testing.T, seed uint64, size uint8) { testMoves(t, seed, int(size%64)) })
}

func testMoves(t *testing.T, seed uint64, size int) {
	t.Helper()
	f, args := randomMoves(seed, size)
	want := f.Eval(args...)
	var kept []num.Array
	for _, a := range args {
		kept = append(kept, trace.FromBuffer(trace.Read(a).Copy()))
	}
	for _, f := range []*trace.Func{f, pass.Simplify(f)} {
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			for range 2 {
				if err := same(run(p, args), want); err != nil {
					t.Fatalf("seed %d, size %d, %s: %v\n%v%v", seed, size, on.Name, err, f, p)
				}
			}
			if err := same(args, kept); err != nil {
				t.Fatalf("seed %d, size %d, %s: an argument has changed: %v\n%v%v", seed, size, on.Name, err, f, p)
			}
		}
	}
}
