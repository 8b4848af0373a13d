package transforms_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// network returns sum(h sin(h)) for h = tanh(2 x), a named value, and k = h², another one.
func network(x num.Array) num.Array {
	h := trace.Name(num.Tanh(num.Mul(2, x)), "h")
	k := trace.Name(num.Square(h), "k")
	return num.Add(num.Sum(num.Mul(h, num.Sin(h))), num.Sum(k))
}

// byH is the gradient of network by h: sin(h) + h cos(h) + 2 h.
func byH(x num.Array) num.Array {
	h := num.Tanh(num.Mul(2, x))
	return num.Add(num.Sin(h), num.Mul(h, num.Cos(h)), num.Mul(2, h))
}

func TestGradNamed(t *testing.T) {
	x := num.Vector(-0.7, 0, 1.2)
	for name, f := range map[string]func(num.Array) num.Array{
		"plain":       network,
		"jit":         transforms.JIT(network),
		"checkpoint":  transforms.Checkpoint(network),
		"checkpoints": transforms.Checkpoint(transforms.Checkpoint(network)),
		"read": func(x num.Array) num.Array {
			y := network(x)
			if num.Less(y, 100).Bool() {
				return y
			}
			return num.Mul(2, y)
		},
		"in part": func(x num.Array) num.Array {
			part := transforms.Checkpoint(func(x num.Array) num.Array { return network(num.Neg(x)) })
			return part(num.Neg(x))
		},
	} {
		d := transforms.GradNamed(f)(x)
		if got := slices.Sorted(maps.Keys(d)); !slices.Equal(got, []string{"h", "k"}) {
			t.Fatalf("%s: gradients by %q", name, got)
		}
		agree.Equal(t, name+", h", d["h"], byH(x), 1e-15)
		agree.Equal(t, name+", k", d["k"], num.OnesLike(x), 0)
		one := transforms.GradNamed(f, "h")(x)
		if len(one) != 1 {
			t.Errorf("%s: gradients by %v, want h", name, one)
		}
		agree.Equal(t, name+", h alone", one["h"], byH(x), 1e-15)
	}
}

// The gradient by a name is a function like others: it has derivatives by the argument, lanes and programs.
func TestGradNamedComposes(t *testing.T) {
	f := func(x num.Array) num.Array { return transforms.GradNamed(network, "h")(x)["h"] }
	agree.Modes(t, f, byH, num.Vector(-0.7, 0, 1.2), 1e-13)
	xs := num.New([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	all := transforms.Vmap(transforms.GradNamed(network))(xs)
	agree.Equal(t, "lanes", all["h"], transforms.Vmap(byH)(xs), 1e-15)
	inner := func(x num.Array) num.Array { // names in a gradient
		return num.Sum(transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Pow(trace.Name(num.Sin(x), "s"), 3)) })(x))
	}
	s := num.Sin(xs) // the sum of 3 s² cos(x), by s alone
	agree.Equal(t, "of a gradient", transforms.GradNamed(inner)(xs)["s"], num.Mul(6, s, num.Cos(xs)), 1e-15)
}

func TestGradNamedOfUnusual(t *testing.T) {
	x := num.Vector(1, 2)
	// in lanes, a named value has one for each
	d := transforms.GradNamed(func(x num.Array) num.Array {
		return num.Sum(transforms.Vmap(func(x num.Array) num.Array { return num.Pow(trace.Name(x, "x"), 3) })(x))
	})(x)
	agree.Equal(t, "lanes inside", d["x"], num.Vector(3, 12), 1e-15)
	// integers have no derivative, and what is stopped none either
	d = transforms.GradNamed(func(x num.Array) num.Array {
		n := trace.Name(num.Convert(x, trace.I64), "n")
		s := num.StopGradient(trace.Name(num.Sin(x), "s"))
		return num.Sum(num.Mul(x, n, s))
	})(x)
	if n := d["n"].Ints(); !slices.Equal(n, []int{0, 0}) {
		t.Errorf("the gradient by integers is %v", n)
	}
	agree.Equal(t, "stopped", d["s"], num.Zeros(2), 0)
	// the value keeps the sign of its zeros
	var seen diary
	transforms.GradNamed(func(x num.Array) num.Array {
		return num.Sum(num.Tap(trace.Name(num.Mul(0, x), "z"), seen.see("z")))
	})(num.Vector(-1, 0, 1))
	if want := (diary{"z=[-0.  0.  0.]"}); !slices.Equal(seen, want) {
		t.Errorf("saw %v, want %v", seen, want)
	}
	if d := transforms.GradNamed(func(x num.Array) num.Array { return num.Sum(x) })(x); len(d) != 0 {
		t.Errorf("gradients by %v where nothing has a name", d)
	}
}

func TestGradNamedMistakes(t *testing.T) {
	x := num.Vector(1, 2)
	for _, f := range []func(){
		func() {
			transforms.GradNamed(network, "h", "q")(x) // want `grad named: nothing that the result depends on is named "q"; there is "h", "k"$`
		},
		func() {
			transforms.GradNamed(func(x num.Array) num.Array { return num.Sum(x) }, "q")(x) // want `grad named: nothing that the result depends on is named "q"$`
		},
		func() {
			transforms.GradNamed(num.Sin)(x) // want `grad named: needs a function with an f64 scalar as its result, not f64\[2\]: reduce it`
		},
		func() {
			transforms.GradNamed(func(x num.Array) num.Array {
				a := trace.Name(num.Sin(x), "a")
				return num.Sum(num.Mul(a,
					trace.Name(num.Cos(x), "a"))) // want `grad named: "a" is the name of another value, too, at gradnamed_test.go:\d+$`
			})(x)
		},
		func() {
			transforms.GradNamed(func(x num.Array) num.Array {
				return num.Sum(flow.For(0, 3, func(_, x num.Array) num.Array {
					return trace.Name(num.Sin(x), "a") // want `grad named: "a" is a name inside of the scan at gradnamed_test.go:\d+, where it is not one value: name what goes in or comes out$`
				}, x))
			}, "a")(x)
		},
		func() {
			transforms.GradNamed(func(x num.Array) num.Array {
				return flow.Cond(num.Greater(num.Sum(x), 0), func(x num.Array) num.Array {
					return num.Sum(trace.Name(num.Sin(x), "a")) // want `grad named: "a" is a name inside of the cond at gradnamed_test.go:\d+, where it is not one value: `
				}, func(x num.Array) num.Array { return num.Sum(x) }, x)
			})(x)
		},
	} {
		blame.Check(t, "gradnamed_test.go", trace.Try(f))
	}
	// names that are not asked for may stand anywhere
	d := transforms.GradNamed(func(x num.Array) num.Array {
		y := trace.Name(num.Square(x), "y")
		return num.Sum(flow.For(0, 2, func(_, y num.Array) num.Array { return trace.Name(num.Square(y), "z") }, y))
	}, "y")(x)
	agree.Equal(t, "others", d["y"], num.Vector(4, 256), 1e-15)
}

func ExampleGradNamed() {
	f := func(x num.Array) num.Array {
		hidden := trace.Name(num.Square(x), "hidden")
		return num.Sum(num.Mul(hidden, num.Vector(1, 10)))
	}
	x := num.Vector(3, 4)
	fmt.Println(transforms.Grad(f)(x))
	fmt.Println(transforms.GradNamed(f)(x)["hidden"])
	// Output:
	// [ 6. 80.]
	// [ 1. 10.]
}
