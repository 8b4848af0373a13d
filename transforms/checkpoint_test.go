package transforms_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type endomorphism = func(num.Array) num.Array

func plain(f endomorphism) endomorphism { return f }

// checkpoint wraps a function with some policies.
func checkpoint(keep ...transforms.Policy) func(endomorphism) endomorphism {
	return func(f endomorphism) endomorphism { return transforms.Checkpoint(f, keep...) }
}

// checkpointed are functions in which some parts may be wrapped.
var checkpointed = map[string]func(wrap func(endomorphism) endomorphism) endomorphism{
	"call": func(wrap func(endomorphism) endomorphism) endomorphism {
		return wrap(func(x num.Array) num.Array { return num.Mul(num.Sin(x), num.Exp(x)) })
	},
	"linear": func(wrap func(endomorphism) endomorphism) endomorphism {
		return func(x num.Array) num.Array {
			return num.Sin(wrap(func(x num.Array) num.Array { return num.Mul(2, x) })(x))
		}
	},
	"constant": func(wrap func(endomorphism) endomorphism) endomorphism {
		return func(x num.Array) num.Array {
			return num.Mul(x, wrap(func(x num.Array) num.Array { return num.StopGradient(num.Sin(x)) })(x))
		}
	},
	"capture": func(wrap func(endomorphism) endomorphism) endomorphism {
		return func(x num.Array) num.Array {
			return wrap(func(y num.Array) num.Array { return num.Mul(num.Tanh(y), num.Cos(x)) })(num.Square(x))
		}
	},
	"chain": func(wrap func(endomorphism) endomorphism) endomorphism {
		return func(x num.Array) num.Array {
			for range 3 {
				x = wrap(func(x num.Array) num.Array { return num.Sin(num.Mul(1.5, num.Cos(x))) })(x)
			}
			return x
		}
	},
	"nested": func(wrap func(endomorphism) endomorphism) endomorphism {
		inner := wrap(func(x num.Array) num.Array { return num.Mul(x, num.Sin(x)) })
		return wrap(func(x num.Array) num.Array { return num.Add(inner(inner(x)), num.Exp(x)) })
	},
	"masked": func(wrap func(endomorphism) endomorphism) endomorphism {
		return wrap(func(x num.Array) num.Array {
			return num.Where(num.Greater(x, 0), wrap(num.Sqrt)(x), num.Square(x))
		})
	},
	"gradient inside": func(wrap func(endomorphism) endomorphism) endomorphism {
		return wrap(transforms.Grad(func(x num.Array) num.Array {
			return num.Sum(wrap(func(x num.Array) num.Array { return num.Mul(num.Sin(x), x) })(x))
		}))
	},
	"round a loop": func(wrap func(endomorphism) endomorphism) endomorphism {
		return wrap(func(x num.Array) num.Array {
			return flow.For(0, 3, func(_, c num.Array) num.Array { return num.Sin(num.Mul(c, x)) }, x)
		})
	},
	"in a loop": func(wrap func(endomorphism) endomorphism) endomorphism {
		return func(x num.Array) num.Array {
			return flow.For(0, 3, func(i, c num.Array) num.Array {
				return wrap(func(c num.Array) num.Array { return num.Add(i, num.Sin(num.Mul(c, x))) })(c)
			}, x)
		}
	},
	"round a while": func(wrap func(endomorphism) endomorphism) endomorphism {
		return wrap(func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(num.Square(c)), 100) },
				wrap(func(c num.Array) num.Array { return num.Add(num.Mul(1.7, c), num.Sin(x)) }), x)
		})
	},
	"in and round a branch": func(wrap func(endomorphism) endomorphism) endomorphism {
		return wrap(func(x num.Array) num.Array {
			return flow.Cond(num.Greater(num.Sum(x), -1), wrap(func(x num.Array) num.Array { return num.Mul(x, num.Sin(x)) }), num.Exp, x)
		})
	},
}

// TestCheckpoint compares functions with and without checkpoints, in all mixtures of modes.
func TestCheckpoint(t *testing.T) {
	for name, f := range checkpointed {
		t.Run(name, func(t *testing.T) {
			agree.Modes(t, f(checkpoint()), f(plain), num.Vector(0.6, -0.8), 1e-13)
		})
	}
}

// TestCheckpointBits demands that gradients are those without checkpoints to the bit.
func TestCheckpointBits(t *testing.T) {
	sum := func(f endomorphism) endomorphism {
		return transforms.Grad(func(x num.Array) num.Array { return num.Sum(f(x)) })
	}
	x := num.Linspace(-3, 3, 100)
	for name, f := range checkpointed {
		got, want := sum(f(checkpoint()))(x), sum(f(plain))(x)
		if !slices.Equal(got.Float64s(), want.Float64s()) {
			t.Errorf("%s: with checkpoints the gradient is\n%v\nwithout\n%v", name, got, want)
		}
	}
}

// count returns how many equations of a kind f and all funcs that it owns have, each where it is
// called.
func count(f *trace.Func, name string) int {
	n := 0
	for _, e := range f.Equations() {
		if e.Primitive.Name() == name {
			n++
		}
		for _, g := range trace.Funcs(e.Primitive) {
			n += count(g, name)
		}
	}
	return n
}

// TestCheckpointWork counts what a value with its gradient runs.
func TestCheckpointWork(t *testing.T) {
	wrap := checkpoint()
	f := func(x num.Array) num.Array { return num.Tanh(num.Sin(x)) }
	for _, c := range []struct {
		name string
		f    endomorphism
		sins int
	}{
		{"plain", f, 1},
		{"checkpoint", wrap(f), 2},
		{"in a checkpoint", wrap(func(x num.Array) num.Array { return num.Exp(wrap(f)(x)) }), 3},
		{"twice around", wrap(wrap(f)), 2}, // the outer one runs again for nothing but the inner one's operand
		{"two in a row", func(x num.Array) num.Array { return wrap(f)(wrap(f)(x)) }, 4},
	} {
		g := trace.MustOf(func(x num.Array) []num.Array {
			y, dx := transforms.ValueAndGrad(func(x num.Array) num.Array { return num.Sum(c.f(x)) })(x)
			return []num.Array{y, dx}
		}, num.Vector(1, 2))
		if n := count(g, "sin"); n != c.sins {
			t.Errorf("%s: the gradient has %d sines, want %d:\n%v", c.name, n, c.sins, g)
		}
	}
}

// TestResiduals compares what reverse mode keeps with what it needs.
func TestResiduals(t *testing.T) {
	f := func(x num.Array) num.Array { return num.Exp(num.Sin(num.Mul(x, x))) }
	kept := func(f endomorphism) (text string) {
		for _, r := range transforms.Residuals(f, num.Zeros(10)) {
			text += fmt.Sprint(r.Primitive, " ", r.Type, " ", r.Bytes, " ", filepath.Base(r.Pos.File), "\n")
			if r.Primitive != "" && r.Pos.Line == 0 {
				t.Errorf("%v has no line", r)
			}
		}
		return text
	}
	if got, want := kept(f), " f64[10] 80 .\ncos f64[10] 80 checkpoint_test.go\nexp f64[10] 80 checkpoint_test.go\n"; got != want {
		t.Errorf("without a checkpoint\n%s are kept, want\n%s", got, want)
	}
	if got, want := kept(transforms.Checkpoint(f)), " f64[10] 80 .\n"; got != want {
		t.Errorf("with a checkpoint\n%s are kept, want\n%s", got, want)
	}
	linear := func(x num.Array) num.Array { return num.Mul(3, num.Sum(x)) }
	if got := kept(transforms.Checkpoint(linear)); got != "" {
		t.Errorf("for a linear function\n%s are kept", got)
	}
}

// TestCheckpointTree covers trees with integers and static fields, and branching on values.
func TestCheckpointTree(t *testing.T) {
	type model struct {
		W     num.Array
		Index num.Array
		Fixed num.Array `grad:"-"`
		Name  string
	}
	f := func(m model) map[string]num.Array {
		y := num.Mul(num.Take(m.W, m.Index, 0), m.Fixed)
		if num.Greater(num.Sum(y), 0).Bool() && m.Name == "a" {
			y = num.Square(y)
		}
		return map[string]num.Array{"y": y, "index": m.Index}
	}
	m := model{num.Vector(1, 2, 3), num.ScalarInt(1), num.Scalar(4), "a"}
	loss := func(f func(model) map[string]num.Array) func(model) num.Array {
		return func(m model) num.Array {
			r := f(m)
			return num.Mul(r["y"], num.Add(1.0, r["index"]))
		}
	}
	got, want := transforms.Grad(loss(transforms.Checkpoint(f)))(m), transforms.Grad(loss(f))(m)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("with a checkpoint the gradient is %v, without %v", got, want)
	}
	if y := transforms.Checkpoint(f)(m)["y"].Float64(); y != 64 {
		t.Errorf("outside of a trace it gives %v, want 64", y)
	}
}
