package flow_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type endomorphism = func(num.Array) num.Array

// nest makes functions of vectors out of branches and loops that stand in each other, at random.
type nest struct{ *rand.Rand }

func (n nest) leaf() endomorphism {
	return []endomorphism{
		num.Exp,
		num.Sin,
		func(x num.Array) num.Array { return num.Mul(x, num.Square(x)) },
		func(x num.Array) num.Array { return num.Mul(num.Sum(x), num.Tanh(x)) },
		func(x num.Array) num.Array { return num.CumProd(x, 0) },
		func(x num.Array) num.Array { return num.Where(num.Greater(x, 0.1), num.Log(x), num.Cos(x)) },
		func(x num.Array) num.Array { return num.SetSlice(num.Sin(x), num.Norm(x), 0, 1) },
	}[n.IntN(7)]
}

// less returns a condition on x.
func (n nest) less() endomorphism {
	a, b := n.NormFloat64(), n.NormFloat64()
	return func(x num.Array) num.Array {
		return num.Less(num.Add(num.Mul(a, x.At(0)), num.Sum(num.Sin(x))), b)
	}
}

// of returns a function with flow of so many levels at most.
func (n nest) of(levels int) endomorphism {
	if levels == 0 {
		return n.leaf()
	}
	f := n.of(n.IntN(levels))
	step := func(c, x num.Array) num.Array { return num.Tanh(num.Add(f(c), x)) }
	count := func(x num.Array) num.Array { return num.Convert(num.Mul(4, num.Sigmoid(num.Sum(x))), trace.I64) }
	switch n.IntN(6) {
	case 0:
		return func(x num.Array) num.Array {
			return flow.For(0, 3, func(_, c num.Array) num.Array { return step(c, x) }, x)
		}
	case 1:
		return func(x num.Array) num.Array {
			return flow.For(0, count(x), func(_, c num.Array) num.Array { return step(c, x) }, x)
		}
	case 2:
		less, most := n.less(), n.IntN(4)
		type state struct{ N, C num.Array }
		return func(x num.Array) num.Array {
			return flow.While(func(s state) num.Array { return num.And(num.Less(s.N, most), less(s.C)) },
				func(s state) state { return state{num.Add(s.N, 1), step(s.C, x)} }, state{num.ScalarInt(0), x}).C
		}
	case 3:
		return func(x num.Array) num.Array {
			_, ys := flow.Scan(func(c, row num.Array) (num.Array, num.Array) { c = step(c, row); return c, num.Sum(c) }, x, x)
			return ys
		}
	case 4:
		branches := []endomorphism{f, n.of(n.IntN(levels)), n.of(n.IntN(levels))}
		return func(x num.Array) num.Array { return flow.Switch(count(x), branches, x) }
	}
	less, g := n.less(), n.of(n.IntN(levels))
	return func(x num.Array) num.Array { return flow.Cond(less(x), f, g, x) }
}

// TestNests compares second derivatives of nests, in lanes too: what branches saved that were not taken is nowhere.
func TestNests(t *testing.T) {
	seeds := []uint64{67, 118, 141, 144} // these read what was nowhere
	if !testing.Short() {
		for seed := range uint64(16) {
			seeds = append(seeds, seed)
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			n := nest{rand.New(rand.NewPCG(seed, 35))}
			f := n.of(3)
			loss := func(x num.Array) num.Array { return num.Sum(f(x)) }
			x := num.Normal(n.Rand, 2)
			points := num.Stack(0, x, num.Neg(x), num.Mul(0.5, x))
			second := jac.Fwd(jac.Fwd(loss))
			want := num.Stack(0, second(points.At(0)), second(points.At(1)), second(points.At(2)))
			for name, g := range map[string]endomorphism{
				"Hessian": hvp.Hessian(loss), "reverse over reverse": jac.Rev(jac.Rev(loss)),
				"reverse over forward": jac.Rev(jac.Fwd(loss)), "forward over forward": second,
			} {
				agree.Equal(t, name, g(x), want.At(0), 1e-9)
				agree.Equal(t, name+", compiled", transforms.JIT(g)(x), want.At(0), 1e-9)
				agree.Equal(t, name+" in lanes", transforms.Vmap(g)(points), want, 1e-9)
				agree.Equal(t, name+" in lanes, compiled", transforms.JIT(transforms.Vmap(g))(points), want, 1e-9)
			}
		})
	}
}
