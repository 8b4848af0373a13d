package loop_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// negated returns the loop of a random program with signs in more places.
func negated(rnd *rand.Rand, p *looptest.Program) *loop.Builder {
	b := loop.NewBuilder()
	b.Loop = p.Loop
	b.Body, b.Stores, b.Next = nil, slices.Clone(p.Stores), slices.Clone(p.Next)
	to := make([]loop.Value, len(p.Body))
	for v, i := range p.Body {
		i.Renumber(to)
		to[v] = b.Emit(i)
		if loop.Add <= i.Op && i.Op <= loop.Max && rnd.IntN(3) == 0 {
			to[v] = b.Neg(to[v])
		}
	}
	for k := range b.Stores {
		b.Stores[k].Value = to[b.Stores[k].Value]
	}
	for k, v := range b.Next {
		b.Next[k] = to[v]
	}
	if b.Ends {
		b.While = to[b.While]
	}
	return b
}

// sequential returns a random program without branches.
func sequential(rnd *rand.Rand) *looptest.Program {
	for {
		p := looptest.New(rnd, looptest.Shape{Size: 10 + rnd.IntN(200), Sequential: true, Near: rnd.IntN(2) == 0})
		if p.Branches() == 0 {
			return p
		}
	}
}

// equal compares what two loops do to n elements.
func equal(t *testing.T, seed uint64, p *looptest.Program, n int, want, got *loop.Loop) {
	t.Helper()
	if err := got.Check(); err != nil {
		t.Fatalf("seed %d: %v\n%v", seed, err, got)
	}
	in := p.Inputs(n)
	run := func(l *loop.Loop) ([][]byte, []uint64) {
		data, arrays := p.Pointers(in, func(size int) []byte { return make([]byte, size) })
		carries := slices.Clone(in.Carries)
		l.Run(arrays, n, carries)
		return data, carries
	}
	wantData, wantCarries := run(want)
	gotData, gotCarries := run(got)
	if err := p.Compare(wantData, gotData, wantCarries, gotCarries); err != nil {
		t.Fatalf("seed %d: %v\n%v\n%v", seed, err, want, got)
	}
}

// TestWithSigns holds that a loop does the same with its signs taken out.
func TestWithSigns(t *testing.T) {
	fewer := 0
	for seed := range uint64(1000) {
		rnd := rand.New(rand.NewPCG(seed, 21))
		p := sequential(rnd)
		b := negated(rnd, p)
		s := b.WithSigns()
		equal(t, seed, p, 20, &b.Loop, &s.Loop)
		if len(s.Live().Body) < len(b.Live().Body) {
			fewer++
		}
	}
	if fewer < 10 {
		t.Errorf("%d loops became shorter", fewer)
	}
}

// TestSignsShared has what differs in signs alone, which is computed once.
func TestSignsShared(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	v, w := b.Load(x, 0), b.Load(x, 1)
	one, minus := b.Div(b.Float(1), v), b.Div(b.Float(-1), v)
	b.Store(y, 0, b.Mul(one, minus))
	b.Store(y, 1, b.Sub(w, b.Mul(minus, w)))
	b.Store(y, 2, b.Add(b.Neg(b.Mul(one, w)), b.Mul(b.Neg(minus), b.Neg(w))))
	l := b.WithSigns().Live()
	count := map[loop.Op]int{}
	for _, i := range l.Body {
		count[i.Op]++
	}
	if count[loop.Div] != 1 || count[loop.Mul] != 2 || count[loop.Xor] > 2 {
		t.Errorf("quotients, products or signs stand twice\n%v", l)
	}
	in, want, got := []float64{-3, 0.7}, make([]float64, 3), make([]float64, 3)
	b.Run([]unsafe.Pointer{unsafe.Pointer(&in[0]), unsafe.Pointer(&want[0])}, 1, nil)
	l.Run([]unsafe.Pointer{unsafe.Pointer(&in[0]), unsafe.Pointer(&got[0])}, 1, nil)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestUsual holds that the code for what is not rare does the same as long as nothing rare happens, and then ends.
func TestUsual(t *testing.T) {
	for seed := range uint64(1000) {
		rnd := rand.New(rand.NewPCG(seed, 22))
		p := sequential(rnd)
		b := negated(rnd, p)
		any := b.Bits(0)
		for v := range b.Body {
			if o := b.Body[v].Op; loop.Less <= o && o <= loop.NotEqual && rnd.IntN(3) == 0 {
				b.Rarely(loop.Value(v))
				any = b.Or(any, loop.Value(v))
			}
		}
		if len(b.Rare) == 0 {
			continue
		}
		u := b.Usual()
		goes := b.Bits(math.MaxUint64)
		if b.Ends {
			goes = b.While
		}
		b.EndUnless(b.AndNot(any, goes)) // it is the loop that computes all and ends there
		equal(t, seed, p, 20, &b.Loop, &u.Loop)
	}
}
