package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type several struct {
	A num.Array
	V []num.Array
}

type empty struct{}

var (
	scalar = num.Scalar(1)
	vector = num.Vector(1, 2, 3)
	traced = transforms.JIT[num.Array, num.Array]
)

// mistakes each say, on the very line that must be blamed, what the error must say.
var mistakes = map[string]func(){
	// options
	"checkpoints after every 0 steps": func() {
		flow.CheckpointEvery(0) // want `scan: cannot keep the carry after every 0 steps$`
	},
	"no slots": func() {
		flow.Binomial(0) // want `scan: cannot keep the carries of 0 places$`
	},
	"checkpoints of an unknown number of steps": func() {
		traced(func(x num.Array) num.Array {
			return flow.For(0, num.Argmax(x), func(_, c num.Array) num.Array { return c }, scalar, flow.CheckpointEvery(2)) // want `for: takes options only where its bounds are known while tracing$`
		})(vector)
	},

	// carries
	"scan changes the shape": func() {
		flow.Scan(func(c, x num.Array) (num.Array, empty) { return num.Stack(0, c, x), empty{} }, scalar, vector) // want `scan: the carries differ: f64\[2\] in what the body returns, f64\[\] in what it is given$`
	},
	"scan changes the dtype": func() {
		flow.Scan(func(c several, x num.Array) (several, empty) { return several{num.Less(c.A, x), nil}, empty{} }, several{A: scalar}, vector) // want `scan: the carries differ at several.A: bool\[\] in what the body returns, f64\[\] in what it is given$`
	},
	"scan changes the structure": func() {
		flow.Scan(func(c several, x num.Array) (several, empty) { return several{c.A, append(c.V, x)}, empty{} }, several{A: scalar}, vector) // want `scan: the carries differ in structure: what the body returns has several.V=1, not several.V=0 as what it is given$`
	},
	"for grows a slice": func() {
		flow.For(0, 3, func(i num.Array, c []num.Array) []num.Array { return append(c, i) }, []num.Array{scalar}) // want `for: the carries differ in structure: what the body returns has length 2, not 1 as what it is given$`
	},
	"for with traced bounds changes the dtype": func() {
		traced(func(x num.Array) num.Array {
			return flow.For(0, num.Argmax(x), func(i, c num.Array) num.Array { return num.Convert(c, trace.I64) }, scalar) // want `for: the carries differ: i64\[\] in what the body returns, f64\[\] in what it is given$`
		})(vector)
	},
	"while changes the shape": func() {
		flow.While(func(c several) num.Array { return num.Less(num.Sum(c.V[0]), 9) }, // want `while: the carries differ at several.V\[0\]: f64\[\] in what the body returns, f64\[3\] in what it is given$`
			func(c several) several { return several{c.A, []num.Array{c.A}} }, several{scalar, []num.Array{vector}})
	},
	"while changes the dtype": func() {
		flow.While(func(c several) num.Array { return num.Less(c.A, 9) }, // want `while: the carries differ at several.A: i64\[\] in what the body returns, f64\[\] in what it is given$`
			func(c several) several { return several{num.ScalarInt(1), nil} }, several{A: scalar})
	},
	"while changes the structure": func() {
		flow.While(func(c map[string]num.Array) num.Array { return num.Less(c["a"], 9) }, // want `while: the carries differ in structure: what the body returns has length 2, not 1 as what it is given$`
			func(c map[string]num.Array) map[string]num.Array {
				return map[string]num.Array{"a": c["a"], "b": c["a"]}
			}, map[string]num.Array{"a": scalar})
	},
	"for changes the shape": func() {
		flow.For(0, 3, func(_ num.Array, c map[string]num.Array) map[string]num.Array { // want `for: the carries differ at \[a\]: f64\[2\] in what the body returns, f64\[\] in what it is given$`
			return map[string]num.Array{"a": num.Stack(0, c["a"], c["a"])}
		}, map[string]num.Array{"a": scalar})
	},
	"iterate changes the shape": func() {
		flow.Iterate(3, func(c num.Array) num.Array { return num.Sum(c) }, vector) // want `iterate: the carries differ: f64\[\] in what the body returns, f64\[3\] in what it is given$`
	},
	"a carry with a func": func() {
		flow.For(0, 2, func(_ num.Array, c struct{ F func() }) struct{ F func() } { return c }, struct{ F func() }{}) // want `for: .F is a func\(\), which cannot stand in a tree of arrays$`
	},

	// steps
	"rows of two lengths": func() {
		flow.Scan(func(c num.Array, x several) (num.Array, empty) { return c, empty{} }, scalar, several{vector, []num.Array{num.Zeros(2)}}) // want `scan: xs several.V\[0\] is f64\[2\], but there are 3 steps$`
	},
	"rows and another length": func() {
		flow.Scan(func(c, x num.Array) (num.Array, empty) { return c, empty{} }, scalar, vector, flow.Length(2)) // want `scan: xs is f64\[3\], but there are 2 steps$`
	},
	"rows without axes": func() {
		flow.Scan(func(c, x num.Array) (num.Array, empty) { return c, empty{} }, scalar, scalar) // want `scan: xs is f64\[\], which has no axis of steps$`
	},
	"no rows and no length": func() {
		flow.Scan(func(c num.Array, _ empty) (num.Array, empty) { return c, empty{} }, scalar, empty{}) // want `scan: xs holds no arrays: give the number of steps by flow.Length$`
	},
	"a negative length": func() {
		flow.Scan(func(c num.Array, _ empty) (num.Array, empty) { return c, empty{} }, scalar, empty{}, flow.Length(-3)) // want `scan: the number of steps is negative: -3$`
	},
	"a negative number of iterations": func() {
		flow.Iterate(-1, num.Sin, scalar) // want `iterate: the number of steps is negative: -1$`
	},
	"a float as bound": func() {
		flow.For(0, scalar, func(_, c num.Array) num.Array { return c }, scalar) // want `for: a bound must be an i64 scalar, not f64\[\]$`
	},
	"several bounds": func() {
		flow.For(num.Arange(3), 4, func(_, c num.Array) num.Array { return c }, scalar) // want `for: a bound must be an i64 scalar, not i64\[3\]$`
	},

	// rows
	"map of two lengths": func() {
		flow.Map(func(x several) num.Array { return x.A }, several{vector, []num.Array{num.Zeros(2)}}) // want `map: xs several.V\[0\] is f64\[2\], but there are 3 steps$`
	},
	"map of nothing": func() {
		flow.Map(func(x empty) num.Array { return scalar }, empty{}) // want `map: xs holds no arrays$`
	},
	"chunks of nothing": func() {
		flow.BatchSize(0) // want `map: cannot take 0 rows at a time$`
	},
	"associative scan changes the shape": func() {
		flow.AssociativeScan(func(a, b num.Array) num.Array { return num.Stack(0, a, b) }, vector) // want `associative scan: the rows differ: f64\[2\] in what f returns, f64\[\] in what it is given$`
	},

	// ends
	"no end": func() {
		flow.While(func(c num.Array) num.Array { return num.Greater(c, 0) }, // want `while: has not ended after 10 steps$`
			func(c num.Array) num.Array { return num.Mul(2, c) }, scalar, flow.MaxTrips(10))
	},
	"no end when evaluated": func() {
		traced(func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Greater(c, 0) }, // want `while: has not ended after 10 steps$`
				func(c num.Array) num.Array { return num.Mul(2, c) }, x, flow.MaxTrips(10))
		})(scalar)
	},
	"no end in reverse": func() {
		transforms.Grad(func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Greater(c, 0) }, // want `while: has not ended after 10 steps$`
				func(c num.Array) num.Array { return num.Mul(x, c) }, x, flow.MaxTrips(10))
		})(scalar)
	},
	"no end inside a scan, in second order": func() {
		transforms.Grad(transforms.Grad(func(x num.Array) num.Array {
			return flow.For(0, 3, func(i, c num.Array) num.Array {
				return flow.While(func(c num.Array) num.Array { return num.Less(c, num.Mul(40.0, i)) }, // want `while: has not ended after 5 steps$`
					func(c num.Array) num.Array { return num.Add(num.Square(x), c) }, c, flow.MaxTrips(5))
			}, x)
		}))(scalar)
	},
	"no end in a lane": func() {
		transforms.Vmap(func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(c, 3) }, // want `while: has not ended after 10 steps$`
				func(c num.Array) num.Array { return num.Mul(x, c) }, x, flow.MaxTrips(10))
		})(vector)
	},
	"a negative limit": func() {
		flow.While(func(c num.Array) num.Array { return num.Less(c, 0) }, num.Sin, scalar, flow.MaxTrips(-1)) // want `while: the limit of flow.MaxTrips is negative: -1$`
	},
	"a condition of floats": func() {
		flow.While(func(c num.Array) num.Array { return c }, num.Sin, scalar) // want `while: the condition must give a bool scalar, not f64\[\]$`
	},
	"several conditions": func() {
		flow.While(func(c num.Array) num.Array { return num.Less(c, 0) }, num.Sin, vector) // want `while: the condition must give a bool scalar, not bool\[3\]: reduce it, as by num.Any or num.All$`
	},

	// branches
	"a float as predicate": func() {
		flow.Cond(scalar, num.Sin, num.Cos, scalar) // want `cond: the predicate must be a bool scalar, not f64\[\]$`
	},
	"several predicates": func() {
		flow.Cond(num.Less(vector, 2), num.Sin, num.Cos, vector) // want `cond: the predicate must be a bool scalar, not bool\[3\]: reduce it, as by num.Any or num.All, or select elements with num.Where$`
	},
	"several traced predicates": func() {
		traced(func(x num.Array) num.Array { return flow.Cond(num.Less(x, 2), num.Sin, num.Cos, x) })(vector) // want `cond: the predicate must be a bool scalar, not bool\[3\]: reduce it, as by num.Any or num.All, or select elements with num.Where$`
	},
	"an integer as predicate": func() {
		flow.Cond(num.ScalarInt(1), num.Sin, num.Cos, scalar) // want `cond: the predicate must be a bool scalar, not i64\[\]$`
	},
	"several indices": func() {
		flow.Switch(num.Arange(3), []func(num.Array) num.Array{num.Sin, num.Cos}, scalar) // want `switch: the index must be an i64 scalar, not i64\[3\]$`
	},
	"a float as index": func() {
		flow.Switch(scalar, []func(num.Array) num.Array{num.Sin}, scalar) // want `switch: the index must be an i64 scalar, not f64\[\]$`
	},
	"no branches": func() {
		flow.Switch[num.Array, num.Array](num.ScalarInt(0), nil, scalar) // want `switch: has no branches$`
	},
	"branches of two shapes": func() {
		traced(func(x num.Array) num.Array {
			return flow.Cond(num.Less(x, 0), num.Sin, func(x num.Array) num.Array { return num.Stack(0, x, x) }, x) // want `cond: the results of the branches differ: f64\[\] in then, f64\[2\] in else$`
		})(scalar)
	},
	"branches of two dtypes": func() {
		traced(func(x num.Array) num.Array {
			return flow.Cond(num.Less(x, 0), func(x num.Array) several { return several{A: num.Less(x, 0)} }, // want `cond: the results of the branches differ at several.A: bool\[\] in then, f64\[\] in else$`
				func(x num.Array) several { return several{A: x} }, x).A
		})(scalar)
	},
	"branches of two structures": func() {
		traced(func(x num.Array) num.Array {
			branches := []func(num.Array) several{
				func(x num.Array) several { return several{A: x} },
				func(x num.Array) several { return several{A: x, V: []num.Array{x}} },
			}
			return flow.Switch(num.Argmax(x), branches, x).A // want `switch: the results of the branches differ in structure: branch 1 has several.V=1, not several.V=0 as branch 0$`
		})(vector)
	},

	// reading
	"bool in a scan": func() {
		flow.Scan(func(c, x num.Array) (num.Array, empty) {
			if num.Less(c, x).Bool() { // want `Bool: the value of a traced bool\[\] is not known here: `
				return x, empty{}
			}
			return c, empty{}
		}, scalar, vector)
	},
	"bool of an outer array in a branch": func() {
		transforms.Grad(func(x num.Array) num.Array {
			return flow.Cond(num.Less(x, 0), func(y num.Array) num.Array {
				if num.Less(x, 0).Bool() { // want `Bool: the value of a traced bool\[\] is not known here: `
					return x
				}
				return y
			}, num.Sin, x)
		})(scalar)
	},
	"int of a step": func() {
		flow.For(0, 3, func(i, c num.Array) num.Array {
			return c.At(i.Int()) // want `Int: the value of a traced i64\[\] is not known here: `
		}, vector)
	},
	"a wrong shape in a body": func() {
		flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 9) }, func(c num.Array) num.Array {
			return num.Add(c, num.Zeros(2)) // want `add: shapes do not broadcast: f64\[3\] x f64\[2\]$`
		}, vector)
	},

	// arrays that outlive a body
	"escaped from a body": func() {
		var kept num.Array
		flow.For(0, 3, func(_, c num.Array) num.Array { kept = num.Sin(c); return c }, scalar)
		num.Sin(kept) // want `sin: an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
	},
	"escaped from a branch into the other": func() {
		var kept num.Array
		traced(func(x num.Array) num.Array {
			return flow.Cond(num.Less(x, 0), func(y num.Array) num.Array { return num.Add(y, kept) }, // want `add: an array of f64\[\] escaped its trace, which began at errors_test.go:\d+ and is over$`
				func(y num.Array) num.Array { kept = num.Exp(y); return y }, x)
		})(scalar)
	},
}

// Whatever goes wrong inside a body, the goroutine can trace again.
func TestMistakes(t *testing.T) {
	for name, f := range mistakes {
		t.Run(name, func(t *testing.T) {
			blame.Check(t, "errors_test.go", trace.Try(f))
			if trace.Tracing() {
				t.Error("a func is still being recorded")
			}
		})
	}
	if n := blame.Wants(t, "errors_test.go"); n != len(mistakes) {
		t.Errorf("%d cases want %d errors", len(mistakes), n)
	}
}

// TestLimitReached: as many steps as the limit are allowed, in every lane and in both modes.
func TestLimitReached(t *testing.T) {
	f := func(x num.Array) num.Array {
		return flow.While(func(c num.Array) num.Array { return num.Less(c, 1000) },
			func(c num.Array) num.Array { return num.Mul(10, c) }, x, flow.MaxTrips(3))
	}
	x := num.Vector(1, 150, 2000)
	agree.Equal(t, "values", transforms.Vmap(f)(x), num.Vector(1000, 1500, 2000), 0)
	agree.Equal(t, "slopes", transforms.Vmap(transforms.Grad(f))(x), num.Vector(1000, 10, 1), 0)
}
