package compile_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/looptest"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// state is what loops carry whose steps branch.
type state struct {
	X, Y, Z num.Array // f64[2], f64, f64
	N, M    num.Array // i64, bool
}

// chooser writes random steps with branches in each other.
type chooser struct {
	seed uint64
	huge bool // sines of huge numbers, which loops cannot take
}

// step does what the chooser's seed says, the same each time.
func (c chooser) step(s state) state {
	s.N = num.Add(s.N, 1)
	return c.some(rand.New(rand.NewPCG(c.seed, 5)), 3, s)
}

// some changes the state a few times, in branches up to so many in each other.
func (c chooser) some(r *rand.Rand, depth int, s state) state {
	for range 1 + r.IntN(5) {
		s = c.change(r, depth, s)
	}
	return s
}

func (c chooser) change(r *rand.Rand, depth int, s state) state {
	switch k := r.IntN(14); {
	case k == 0:
		s.X = num.Add(num.Mul(0.5, s.X), s.Y)
	case k == 1:
		s.X = num.Div(s.X, num.Add(1, num.Norm(s.X)))
	case k == 2:
		s.Y = num.Sub(num.Mul(0.7, s.Y), num.Mul(0.4, s.Z))
	case k == 3:
		s.Z = num.Div(num.Add(s.Z, num.Sum(s.X)), num.Add(1, num.Square(s.Y)))
	case k == 4:
		s.Y, s.Z = s.Z, s.Y
	case k == 5:
		s.X = num.Flip(s.X)
	case k == 6:
		s.Y = num.Sin(s.Y)
	case k == 7:
		s.M = num.Less(s.Y, s.Z)
	case k == 8:
		s.Z = num.Sub(s.Z, num.Convert(s.N, trace.F64))
	case k == 9 && c.huge:
		s.Y = num.Add(s.Y, num.Sin(num.Mul(1e12, num.Convert(s.N, trace.F64))))
	case k >= 10 && depth > 0:
		return c.branch(r, depth, s)
	}
	return s
}

// branch does one of two or three things.
func (c chooser) branch(r *rand.Rand, depth int, s state) state {
	side := func() func(state) state {
		seed, never := r.Uint64(), r.IntN(8) == 0
		return func(s state) state {
			if s = c.some(rand.New(rand.NewPCG(seed, 6)), depth-1, s); never {
				s.Z = num.Log(num.Sub(num.Mul(-1, num.Square(s.Y)), 1)) // NaN
			}
			return s
		}
	}
	switch r.IntN(6) {
	case 0:
		return flow.Switch(num.Mod(s.N, 3), []func(state) state{side(), side(), side()}, s)
	case 1:
		return flow.Cond(num.Equal(num.Mod(s.N, 4), 0), side(), side(), s)
	case 2:
		return flow.Cond(s.M, side(), side(), s)
	case 3:
		return flow.Cond(num.Less(num.Norm(s.X), 0.7), side(), side(), s)
	case 4:
		return flow.Cond(num.Less(2, num.Square(num.Sin(s.Z))), func(s state) state { // never
			s.Y = num.Div(1, num.Sub(s.Y, s.Y))
			return side()(s)
		}, side(), s)
	}
	return flow.Cond(num.Less(s.Y, s.Z), side(), side(), s)
}

// loop runs steps in a loop of some kind.
func (c chooser) loop(x num.Array) num.Array {
	s := state{num.Slice(x, 0, 2), x.At(2), x.At(3), num.ScalarInt(0), num.Less(x.At(0), 0)}
	rows := num.Zeros(1, 2)
	switch c.seed % 3 {
	case 0:
		s = flow.While(func(s state) num.Array {
			return num.And(num.Less(s.N, 12), num.Less(num.Abs(s.Y), 50))
		}, c.step, s)
	case 1:
		s = flow.For(0, 9, func(_ num.Array, s state) state { return c.step(s) }, s)
	case 2:
		s, rows = flow.Scan(func(s state, r num.Array) (state, num.Array) {
			s.Y = num.Add(s.Y, r)
			s = c.step(s)
			return s, num.Mul(s.Y, s.X)
		}, s, num.Linspace(-1, 1, 10))
	}
	return num.Concat(0, s.X, num.Reshape(s.Y, 1), num.Reshape(s.Z, 1), num.Sum(rows, 0))
}

// testChoices compares a random loop and its derivatives with Eval. All backends give the same bits.
func testChoices(t *testing.T, seed uint64, derivative int) (branches bool) {
	t.Helper()
	c := chooser{seed: seed, huge: seed%5 == 0}
	x := num.Mul(1.3, floats(seed, 4))
	f := derivatives(c.loop)[derivative]
	fn := pass.Simplify(trace.Build([]trace.Type{x.Type()}, f))
	agreeUnless(t, func(got, want []num.Array) bool { return likeRoundings(fn, x, got, want) }, f, x)
	var want []num.Array
	for _, on := range compile.Backends() {
		p := compile.Compile(fn, on)
		got := run(p, []num.Array{x})
		if want == nil {
			want, branches = got, strings.Contains(p.String(), " branches, ")
		}
		for i := range got {
			for k, y := range got[i].Float64s() {
				if w := want[i].Float64s()[k]; !looptest.Same(true, math.Float64bits(y), math.Float64bits(w)) {
					t.Fatalf("%s: %v, want %v as %s\n%v%v", on.Name, y, w, compile.Backends()[0].Name, fn, p)
				}
			}
		}
	}
	return branches
}

// likeRoundings reports whether results differ by no more than some times what they do if the argument is rounded otherwise: loops can
// make roundings of sines grow a thousandfold.
func likeRoundings(f *trace.Func, x num.Array, got, want []num.Array) bool {
	const times = 8
	up := f.Eval(num.Mul(x, num.Vector(1+0x1p-52, 1-0x1p-52, 1+0x1p-52, 1-0x1p-52)))
	down := f.Eval(num.Mul(x, num.Vector(1-0x1p-52, 1-0x1p-52, 1+0x1p-52, 1+0x1p-52)))
	for i, w := range want {
		moved := num.Amax(num.Maximum(num.Abs(num.Sub(up[i], w)), num.Abs(num.Sub(down[i], w)))).Float64()
		if !num.All(num.LessEqual(num.Abs(num.Sub(got[i], w)), times*moved)).Bool() {
			return false
		}
	}
	return true
}

// TestChoices has loops whose steps branch, with their derivatives.
func TestChoices(t *testing.T) {
	n := uint64(30)
	if testing.Short() {
		n = 10
	}
	branches := 0
	for seed := range n {
		for d := range 5 {
			if testChoices(t, seed, d) {
				branches++
			}
		}
	}
	if branches < int(n) {
		t.Errorf("only %d of %d loops have branches", branches, 5*n)
	}
}

func FuzzChoices(f *testing.F) {
	f.Add(uint64(1000), uint8(1))
	f.Add(uint64(1193), uint8(3)) // roundings that grow
	f.Fuzz(func(t *testing.T, seed uint64, derivative uint8) { testChoices(t, seed, int(derivative%5)) })
}
