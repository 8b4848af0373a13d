package compile_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// laned writes random bodies that do the same to m elements, beside some scalars.
type laned struct {
	*rand.Rand
	m, size int
	last    bool // lanes are the last axis
	huge    bool // sines of huge numbers, which loops cannot take
}

// laneCarry is what they carry: f64[2], f64[m,2] or f64[2,m], and bool[m].
type laneCarry struct{ U, T, M num.Array }

// laneRow is what they see or make in a step.
type laneRow struct{ X, Y, Z num.Array }

// pair joins two arrays of m elements, and halves takes them apart.
func (l *laned) pair(x, y num.Array) num.Array {
	if l.last {
		return num.Stack(0, x, y)
	}
	return num.Stack(1, x, y)
}

func (l *laned) halves(t num.Array) []num.Array {
	if !l.last {
		t = num.Transpose(t)
	}
	return []num.Array{t.At(0), t.At(1)}
}

// seeds returns constants, most of them 0 or 1.
func (l *laned) seeds() num.Array {
	x := make([]float64, l.m)
	for k := range x {
		x[k] = []float64{0, 0, 1, 1, 0.5}[l.IntN(5)]
	}
	return num.Vector(x...)
}

// body returns a random body; fixed is what it sees in each step.
func (l *laned) body(fixed num.Array) func(c laneCarry, r laneRow) (laneCarry, laneRow) {
	seed := l.Uint64()
	seeds := []num.Array{l.seeds(), l.seeds()}
	masks := []num.Array{num.Less(l.seeds(), 0.3), num.Less(l.seeds(), 0.7)}
	return func(c laneCarry, r laneRow) (laneCarry, laneRow) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		scalars := []num.Array{c.U.At(0), c.U.At(1), r.Y}
		vectors := append(l.halves(c.T), r.X, fixed, seeds[0], seeds[1])
		conditions := append([]num.Array{c.M}, masks...)
		one := func(from []num.Array) num.Array { return from[rnd.IntN(len(from))] }
		for range l.size {
			x, y, s := one(vectors), one(vectors), one(scalars)
			switch rnd.IntN(10) {
			case 0:
				scalars = append(scalars, num.Tanh(num.Add(s, one(scalars))))
			case 1:
				scalars = append(scalars, num.Sub(num.Mul(0.3, s), one(scalars)))
			case 2, 3:
				vectors = append(vectors, num.Mul(s, x))
			case 4:
				vectors = append(vectors, num.Add(x, y))
			case 5:
				vectors = append(vectors, num.Where(one(conditions), num.Mul(x, y), 0.0))
			case 6:
				vectors = append(vectors, num.Where(one(conditions), x, num.Sub(s, y)))
			case 7:
				conditions = append(conditions, num.Or(one(conditions), num.Less(x, s)))
			case 8:
				vectors = append(vectors, num.Div(x, num.Add(1.5, num.Square(y))))
			case 9:
				vectors = append(vectors, num.Sin(x))
			}
		}
		bounded := func() num.Array { return num.Tanh(num.Mul(0.7, one(vectors))) }
		u := num.Stack(0, num.Tanh(one(scalars)), num.Sin(one(scalars)))
		t := l.pair(bounded(), bounded())
		return laneCarry{u, t, one(conditions)}, laneRow{one(vectors), t, num.And(one(conditions), one(conditions))}
	}
}

// scan returns a random loop of so many steps as a function of what it goes through, and arguments for it. Its rows may be
// wanted in another order.
func (l *laned) scan(steps int) (fn, []num.Array) {
	numbers := func(shape ...int) num.Array {
		n := 1
		for _, d := range shape {
			n *= d
		}
		x := make([]float64, n)
		for k := range x {
			x[k] = l.NormFloat64()
		}
		if l.huge && n > 0 {
			x[n-1] = 1e300
		}
		return num.Reshape(num.Vector(x...), shape...)
	}
	args := []num.Array{numbers(2), l.pair(numbers(l.m), numbers(l.m)), numbers(steps, l.m), numbers(steps), numbers(l.m)}
	mask := num.Less(l.seeds(), 0.5)
	seed, back, turn := l.Uint64(), l.IntN(2) == 0, l.IntN(5)
	return func(x []num.Array) []num.Array {
		l := *l
		l.Rand = rand.New(rand.NewPCG(seed, 0))
		var opts []flow.Option
		if back {
			opts = append(opts, flow.Reverse())
		}
		body := l.body(x[4])
		c, ys := flow.Scan(body, laneCarry{x[0], x[1], mask}, laneRow{X: x[2], Y: x[3], Z: num.Zeros(steps)}, opts...)
		turned := num.Transpose(ys.Y, 0, 2, 1)
		return append([]num.Array{c.U, c.T, c.M, ys.X, ys.Z}, [][]num.Array{
			{ys.Y},
			{turned},
			{num.Reshape(turned, steps, 2*l.m)},
			{turned, num.Reshape(turned, 2*steps, l.m), num.Sum(ys.Y, 0)},
			{num.Reshape(num.Transpose(ys.Y, 2, 0, 1), 2*steps*l.m), num.Slice(ys.Y, min(1, steps), steps)},
		}[turn]...)
	}, args
}

// TestLanes compares loops in lanes with Eval, and to the bit with scalar code.
func TestLanes(t *testing.T) {
	count, inLanes := 240, 0
	if testing.Short() {
		count = 80
	}
	for seed := range count {
		rnd := rand.New(rand.NewPCG(uint64(seed), 1))
		l := &laned{Rand: rnd, m: 1 + seed%9, size: 5 + rnd.IntN(60), last: rnd.IntN(2) == 0, huge: rnd.IntN(5) == 0}
		f, args := l.scan([]int{0, 1, 2, 8, 9, 40}[rnd.IntN(6)])
		agree(t, f, args...)
		types := make([]trace.Type, len(args))
		for i, a := range args {
			types[i] = a.Type()
		}
		fn := pass.Compile(pass.Simplify(trace.Build(types, f)))
		want := run(compile.Compile(fn, compile.Portable), args)
		for _, on := range compile.Backends() {
			p := compile.Compile(fn, on)
			if strings.Contains(p.String(), "lanes") {
				inLanes++
			}
			if err := equal(run(p, args), want); err != nil {
				t.Fatalf("seed %d: %s: %v\n%v%v", seed, on.Name, err, fn, p)
			}
		}
	}
	if len(compile.Backends()) > 1 && inLanes < count/8 {
		t.Errorf("only %d loops of %d are in lanes", inLanes, count)
	}
}

// equal returns an error if results differ in a bit, NaN being NaN.
func equal(got, want []num.Array) error {
	for i, w := range want {
		if w.DType() != trace.F64 {
			if err := same(got[i:i+1], want[i:i+1]); err != nil {
				return err
			}
			continue
		}
		bits := func(x, y float64) bool {
			return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
		}
		if !slices.EqualFunc(got[i].Float64s(), w.Float64s(), bits) {
			return fmt.Errorf("result %d: got %v, want %v", i, got[i], w)
		}
	}
	return nil
}

// predators are two populations after each of some steps.
func predators(steps int) func(u num.Array) num.Array {
	return func(u num.Array) num.Array {
		_, all := flow.Scan(func(u num.Array, _ struct{}) (num.Array, num.Array) {
			x, y := u.At(0), u.At(1)
			xy := num.Mul(x, y)
			du := num.Stack(0, num.Sub(num.Mul(u.At(2), x), xy), num.Sub(num.Mul(u.At(3), xy), y))
			u = num.Concat(0, num.Add(num.Slice(u, 0, 2), num.Mul(0.01, du)), num.Slice(u, 2, 4))
			return u, num.Slice(u, 0, 2)
		}, u, struct{}{}, flow.Length(steps))
		return all
	}
}

// TestLanesOfJacobians holds that Jacobians of loops are in lanes, and right, and so are their derivatives.
func TestLanesOfJacobians(t *testing.T) {
	u := num.Vector(1, 0.8, 1.1, 0.9)
	for _, steps := range []int{9, 100} {
		j := jac.Matrix(predators(steps))
		agree(t, one(j), u)
		agree(t, one(jac.Fwd(j)), u)
		agree(t, one(transforms.Grad(func(u num.Array) num.Array { return num.Sum(num.Square(j(u))) })), u)
		fn := pass.Compile(pass.Simplify(trace.Build([]trace.Type{u.Type()}, one(j))))
		for _, on := range compile.Backends() {
			p := compile.Compile(fn, on)
			if on != compile.Portable && !strings.Contains(p.String(), "on 4 lanes") {
				t.Errorf("%s: not in lanes\n%v", on.Name, p)
			}
			if strings.Contains(p.String(), "copy") {
				t.Errorf("%s: rows are not written where they are wanted\n%v", on.Name, p)
			}
			if err := equal(run(p, []num.Array{u}), run(compile.Compile(fn, compile.Portable), []num.Array{u})); err != nil {
				t.Errorf("%s: %v", on.Name, err)
			}
			in, out := [][]float64{u.Float64s()}, [][]float64{make([]float64, 2*steps*4)}
			if a := testing.AllocsPerRun(10, func() { p.Run(out, in) }); a != 0 {
				t.Errorf("%s: Run allocates %v times", on.Name, a)
			}
		}
	}
}

// TestLanesOfLargerStates holds that a loop whose arrays are larger than what becomes scalar code, but not for each lane,
// is in lanes too: here the tangents of two bodies in the plane by each of their 8 coordinates.
func TestLanesOfLargerStates(t *testing.T) {
	end := func(x num.Array) num.Array {
		type state struct{ at, velocity num.Array }
		c := flow.For(0, 20, func(_ num.Array, c state) state {
			apart := num.Sub(c.at, num.Flip(c.at, 0))
			pull := num.Div(apart, num.Pow(num.KeepDims(num.Norm, apart, 1), 3))
			v := num.Add(c.velocity, num.Mul(-0.01, num.Mul(num.New([]float64{1, 2}, 2, 1), pull)))
			return state{num.Add(c.at, num.Mul(0.01, v)), v}
		}, state{num.Slice(x, 0, 2), num.Slice(x, 2, 4)})
		return num.Concat(0, c.at, c.velocity)
	}
	x := num.New([]float64{-1, 0, 1, 0.2, 0.3, 0.6, -0.1, -0.5}, 4, 2)
	energy := func(x num.Array) num.Array { return num.Sum(num.Square(end(x))) }
	several := num.Mul(num.Linspace(0.8, 1.2, 8), num.Stack(2, x, x, x, x, x, x, x, x))
	for _, c := range []struct {
		f func(num.Array) num.Array
		x num.Array
	}{
		{jac.Fwd(end), x}, {jac.Fwd(transforms.Grad(energy)), x}, {transforms.Vmap(end), num.Transpose(several, 2, 0, 1)},
	} {
		f, x := c.f, c.x
		agree(t, one(f), x)
		fn := pass.Compile(pass.Simplify(trace.Build([]trace.Type{x.Type()}, one(f))))
		want := run(compile.Compile(fn, compile.Portable), []num.Array{x})
		for _, on := range compile.Backends() {
			p := compile.Compile(fn, on)
			if on != compile.Portable && !strings.Contains(p.String(), "lanes") {
				t.Errorf("%s: not in lanes\n%v", on.Name, p)
			}
			if err := equal(run(p, []num.Array{x}), want); err != nil {
				t.Errorf("%s: %v", on.Name, err)
			}
		}
	}
}
