package transforms_test

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// D is a derivative in one mode, for programs that nest two or three.
type D func(f function, at float64) num.Array

func derivative(m mode) D {
	return func(f function, at float64) num.Array { return m.d(f)(num.Scalar(at)) }
}

func one() num.Array { return num.Scalar(1) }

// adder is the callable struct of ForwardDiff.jl #313, "Tag Wars".
type adder struct {
	d     D
	inner bool
	x     num.Array
}

func (a adder) call(y num.Array) num.Array {
	if a.inner {
		return num.Add(a.x, y)
	}
	return num.Mul(y, a.d(adder{inner: true, x: y}.call, 1))
}

// The programs on which systems without, or with badly chosen, tags for perturbations fail. Each
// nests derivatives to the depth of the list that it gets, from the outermost.
var confusions = []struct {
	name  string
	depth int
	run   func(d []D) num.Array
	want  float64
}{
	{"autodidax2: x D(_ -> x)", 2, func(d []D) num.Array {
		return d[0](func(x num.Array) num.Array {
			return num.Mul(x, d[1](func(num.Array) num.Array { return x }, 0))
		}, 0)
	}, 0},
	{"D(x -> x D(y -> x+y))", 2, func(d []D) num.Array {
		return d[0](func(x num.Array) num.Array {
			return num.Mul(x, d[1](func(y num.Array) num.Array { return num.Add(x, y) }, 1))
		}, 1)
	}, 1},
	{"D(x -> x D(y -> x y))", 2, func(d []D) num.Array {
		return d[0](func(x num.Array) num.Array {
			return num.Mul(x, d[1](func(y num.Array) num.Array { return num.Mul(x, y) }, 1))
		}, 4)
	}, 8},
	{"callable struct (ForwardDiff.jl #313)", 2, func(d []D) num.Array {
		return d[0](adder{d: d[1]}.call, 1)
	}, 1},
	{"mixed derivative of a Lagrangian (ForwardDiff.jl #238)", 2, func(d []D) num.Array {
		// L(q, v) = v^2 q^3 / 2, and d/dq dL/dv = 3 v q^2 at q = 2, v = 5
		return d[0](func(q num.Array) num.Array {
			return d[1](func(v num.Array) num.Array { return num.Mul(0.5, v, v, q, q, q) }, 5)
		}, 2)
	}, 60},
	{"momentum along a path", 2, func(d []D) num.Array {
		// p(t) = dL/dv at q = sin t, v = cos t, where L = v^2 q^2 / 2: dp/dt of sin^2 cos
		return d[0](func(t num.Array) num.Array {
			q, v := num.Sin(t), num.Cos(t)
			return d[1](func(e num.Array) num.Array {
				w := num.Add(v, e)
				return num.Mul(0.5, w, w, q, q)
			}, 0)
		}, 1)
	}, 2*math.Sin(1)*math.Cos(1)*math.Cos(1) - math.Pow(math.Sin(1), 3)},
	{"inner point depends on x", 2, func(d []D) num.Array {
		// D(y -> x y^2) at y = x + 1, by a shift of 0: 2 x (x+1)
		return d[0](func(x num.Array) num.Array {
			return d[1](func(e num.Array) num.Array {
				y := num.Add(x, 1, e)
				return num.Mul(x, y, y)
			}, 0)
		}, 3)
	}, 14},
	{"inner function constant at every depth", 3, func(d []D) num.Array {
		return d[0](func(x num.Array) num.Array {
			return num.Mul(x, d[1](func(y num.Array) num.Array {
				return num.Mul(x, y, d[2](func(num.Array) num.Array { return num.Mul(x, y) }, 1))
			}, 1))
		}, 2)
	}, 0},
	{"all constant", 3, func(d []D) num.Array {
		return d[0](func(num.Array) num.Array {
			return d[1](func(num.Array) num.Array {
				return d[2](func(num.Array) num.Array { return one() }, 1)
			}, 1)
		}, 1)
	}, 0},
	{"captures at every depth", 3, func(d []D) num.Array {
		// x D(y -> x y D(z -> x y z)) = 2 x^3 at y = 1
		return d[0](func(x num.Array) num.Array {
			return num.Mul(x, d[1](func(y num.Array) num.Array {
				return num.Mul(y, d[2](func(z num.Array) num.Array { return num.Mul(x, y, z) }, 1), x)
			}, 1))
		}, 2)
	}, 2 * 3 * 4},
	{"middle variable unused inside", 3, func(d []D) num.Array {
		// x D(y -> y D(z -> x z^2)) = 2 x^2 at z = 1
		return d[0](func(x num.Array) num.Array {
			return num.Mul(x, d[1](func(y num.Array) num.Array {
				return num.Mul(y, d[2](func(z num.Array) num.Array { return num.Mul(x, z, z) }, 1))
			}, 1))
		}, 3)
	}, 12},
	{"three sums", 3, func(d []D) num.Array {
		// x D(y -> y D(z -> x + y + z)) = x
		return d[0](func(x num.Array) num.Array {
			return num.Mul(x, d[1](func(y num.Array) num.Array {
				return num.Mul(y, d[2](func(z num.Array) num.Array { return num.Add(x, y, z) }, 1))
			}, 1))
		}, 1)
	}, 1},
}

// around runs a derivative inside another transform, which must not change it.
var around = map[string]func(D) D{
	"plain": func(d D) D { return d },
	"body in jit": func(d D) D {
		return func(f function, at float64) num.Array { return d(transforms.JIT(f), at) }
	},
	"body in vmap": func(d D) D {
		return func(f function, at float64) num.Array { return d(lanes(f), at) }
	},
	"in jit": func(d D) D {
		return func(f function, at float64) num.Array {
			return transforms.JIT(func(x num.Array) num.Array { return num.Mul(x, d(f, at)) })(one())
		}
	},
	"in vmap": func(d D) D {
		return func(f function, at float64) num.Array {
			return lanes(func(x num.Array) num.Array { return num.Mul(x, d(f, at)) })(one())
		}
	},
}

func TestPerturbationConfusion(t *testing.T) {
	for _, c := range confusions {
		for how, wrap := range around {
			sequences(c.depth, []mode{fwd, rev, vjp, lin}, func(s []mode) {
				var d []D
				for _, m := range s {
					d = append(d, wrap(derivative(m)))
				}
				if got := c.run(d).Float64(); !near(got, c.want, 1e-15) {
					t.Errorf("%s, %s, %s: got %v, want %v", c.name, how, nameOf(s), got, c.want)
				}
			})
		}
	}
}

// An inner function that hands its variable to an outer one is refused, with the line.
func TestOverwrittenCaptureEscapes(t *testing.T) {
	sequences(2, []mode{fwd, rev, vjp, lin}, func(s []mode) {
		err := trace.Try(func() {
			s[0].d(func(x num.Array) num.Array {
				a := x
				s[1].d(func(y num.Array) num.Array {
					a = y
					return num.Mul(y, y)
				})(one())
				return num.Mul(a, x)
			})(one())
		})
		if err == nil || !strings.Contains(err.Error(), "escaped its trace") || !strings.HasPrefix(err.Error(), "confusion_test.go:") {
			t.Errorf("%s: got %v", nameOf(s), err)
		}
	})
}

// An outer variable that is overwritten by one of an outer trace is still good.
func TestOverwrittenByAnOuterArray(t *testing.T) {
	sequences(2, []mode{fwd, rev}, func(s []mode) {
		got := s[0].d(func(x num.Array) num.Array {
			a := num.Scalar(1)
			s[1].d(func(y num.Array) num.Array {
				a = x
				return y
			})(one())
			return num.Mul(a, x)
		})(num.Scalar(3)).Float64()
		if got != 6 {
			t.Errorf("%s: got %v, want 6", nameOf(s), got)
		}
	})
}

// A body whose own arguments are all concrete still belongs to the trace around it.
func TestBodiesWithConcreteArguments(t *testing.T) {
	bodies := map[string]func(function) function{
		"jit":  func(f function) function { return transforms.JIT(f) },
		"vmap": lanes,
		"grad": func(f function) function {
			return func(x num.Array) num.Array { return num.Div(num.Mul(x, rev.d(f)(x)), 2) }
		},
		"vmap of jit": func(f function) function { return lanes(transforms.JIT(f)) },
	}
	for name, body := range bodies {
		sequences(2, []mode{fwd, rev}, func(s []mode) {
			// d2/dx2 x^2 * D(y -> x body(z -> x y z^2)(3)) = d2/dx2 9 x^4
			got := s[0].d(s[1].d(func(x num.Array) num.Array {
				inner := fwd.d(func(y num.Array) num.Array {
					return num.Mul(x, body(func(z num.Array) num.Array { return num.Mul(x, y, z, z) })(num.Scalar(3)))
				})(one())
				return num.Mul(x, x, inner)
			}))(num.Scalar(2)).Float64()
			if got != 9*12*4 {
				t.Errorf("%s, %s: got %v, want %v", name, nameOf(s), got, 9*12*4)
			}
		})
	}
}

func TestOtherGoroutinesAreRefused(t *testing.T) {
	uses := map[string]func(x num.Array){
		"operation": func(x num.Array) { num.Mul(x, x) },
		"capture":   func(x num.Array) { rev.d(func(y num.Array) num.Array { return num.Mul(x, y) })(one()) },
		"result":    func(x num.Array) { rev.d(func(y num.Array) num.Array { return x })(one()) },
		"jit":       func(x num.Array) { transforms.JIT(num.Sin)(x) },
		"reading":   func(x num.Array) { num.StopGradient(x).Float64() },
	}
	for name, use := range uses {
		t.Run(name, func(t *testing.T) {
			rev.d(func(x num.Array) num.Array {
				failed := make(chan error)
				go func() { failed <- trace.Try(func() { use(x) }) }()
				if err := <-failed; err == nil || !strings.Contains(err.Error(), "another goroutine") {
					t.Errorf("got %v", err)
				}
				return x
			})(one())
		})
	}
}

// Whatever ends a trace, the goroutine is free for the next one.
func TestFreshTraceAfterAPanic(t *testing.T) {
	ends := map[string]func(){
		"error":  func() { num.Add(num.Vector(1, 2), num.Vector(1, 2, 3)) },
		"string": func() { panic("user") },
		"exit":   runtime.Goexit,
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer func() {
					recover()
					if trace.Tracing() {
						t.Error("a trace is still open")
					}
					if got := rev.d(fwd.d(power(3)))(num.Scalar(2)).Float64(); got != 12 {
						t.Errorf("a fresh derivative is %v, want 12", got)
					}
				}()
				rev.d(func(x num.Array) num.Array {
					return transforms.JIT(func(x num.Array) num.Array {
						return lanes(func(x num.Array) num.Array {
							fwd.d(func(y num.Array) num.Array { end(); return num.Mul(x, y) })(x)
							return x
						})(x)
					})(x)
				})(one())
			}()
			<-done
		})
	}
}

// A panic that f recovers from leaves the outer trace in order.
func TestRecoveredPanicInsideATrace(t *testing.T) {
	got := rev.d(func(x num.Array) num.Array {
		err := trace.Try(func() {
			fwd.d(func(y num.Array) num.Array { return num.Add(num.Mul(x, y), num.Vector(1, 2), num.Vector(1, 2, 3)) })(x)
		})
		if err == nil {
			t.Error("no error")
		}
		return num.Mul(x, x)
	})(num.Scalar(3)).Float64()
	if got != 6 {
		t.Errorf("got %v, want 6", got)
	}
}

func TestStopGradientInProducts(t *testing.T) {
	f := func(x num.Array) num.Array { return num.Mul(x, num.StopGradient(x)) }
	for how, wrap := range wrappers {
		sequences(2, []mode{fwd, rev, vjp, lin}, func(s []mode) {
			first := wrap(s[1].d(wrap(f)))
			if got := first(num.Scalar(3)).Float64(); got != 3 {
				t.Errorf("%s, %s: got %v, want 3", how, s[1].name, got)
			}
			if got := s[0].d(first)(num.Scalar(3)).Float64(); got != 0 {
				t.Errorf("%s, %s: second derivative %v, want 0", how, nameOf(s), got)
			}
		})
	}
}
