package pass_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestTurnedOperands: a product takes what is made elementwise of transposes where it comes from, if all of it turns.
func TestTurnedOperands(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x, v, y := num.Normal(r, 80, 70), num.Normal(r, 80), num.Normal(r, 80, 90)
	for name, c := range map[string]struct {
		f     func(x, v, y num.Array) num.Array
		turns bool
	}{
		"scaled": {func(x, v, y num.Array) num.Array { return num.MatMul(num.Mul(3, num.Sin(num.Transpose(x)), v), y) }, true},
		"of itself": {func(x, v, y num.Array) num.Array {
			return num.MatMul(num.Mul(num.Transpose(x), num.Cos(num.Transpose(x))), y)
		}, true},
		"from right": {func(x, v, y num.Array) num.Array {
			return num.MatMul(num.Transpose(y), num.Mul(num.Transpose(num.Reshape(x, 70, 80)), num.ExpandDims(v, 1)))
		}, true},
		"with another array": {func(x, v, y num.Array) num.Array {
			return num.MatMul(num.Add(num.Transpose(x), num.MatMul(num.Transpose(x), num.MatMul(y, num.Transpose(y)))), y)
		}, false},
		"with few": {func(x, v, y num.Array) num.Array {
			return num.MatMul(num.Mul(num.Transpose(x), v), num.Slice(y, 0, num.End, 0, 3))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := trace.Build([]trace.Type{x.Type(), v.Type(), y.Type()}, func(in []num.Array) []num.Array {
				return []num.Array{c.f(in[0], in[1], in[2])}
			})
			g := pass.Compile(f)
			if got := !strings.Contains(g.String(), "transpose"); got != c.turns {
				t.Errorf("no transpose left: %v\n%v", got, g)
			}
			want := f.Eval(x, v, y)[0]
			if d := num.Amax(num.Abs(num.Sub(g.Eval(x, v, y)[0], want))).Float64(); !(d <= 1e-13*num.Amax(num.Abs(want)).Float64()) {
				t.Errorf("differs by %v from what it was", d)
			}
		})
	}
}
