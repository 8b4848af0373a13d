package trace_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// The functions below say on each line which primitives the line writes.

func elementary(x num.Array) num.Array {
	y := num.Sin(x)      // writes sin
	z := num.Mul(y, 3.0) // writes mul full
	w := twice(          // writes nothing
		num.Exp(z)) // writes exp
	return num.Sum(w) // writes reduce_sum
}

func twice(x num.Array) num.Array {
	return num.Add(x, x) // writes add
}

func composite(x num.Array) num.Array {
	y := num.Softmax(x, 0)                 // writes anything
	z := num.Var(y)                        // writes anything
	v := num.Norm(num.LogSumExp(x))        // writes anything
	return num.Add(z, num.Mul(v, y.At(1))) // writes anything
}

func closure(x num.Array) num.Array {
	g := transforms.Grad(func(y num.Array) num.Array {
		return num.Sum(num.Mul(y, y, x)) // writes anything
	})
	return num.Sum(g(num.Cos(x))) // writes anything
}

// TestPositions demands that the equations of funcs, and of what transforms make of them, stand at
// the line of user code to which they are due.
func TestPositions(t *testing.T) {
	v := num.Vector(1, 2, 3)
	m := num.BroadcastTo(v, 2, 3)
	for _, f := range []struct {
		name  string
		f     func(num.Array) num.Array
		exact bool // the primitives of the func itself are told
	}{{"elementary", elementary, true}, {"composite", composite, false}, {"closure", closure, false}} {
		t.Run(f.name, func(t *testing.T) {
			grad := transforms.Grad(f.f)
			checkPositions(t, "func", trace.MustOf(f.f, v), f.exact)
			checkPositions(t, "grad", trace.MustOf(grad, v), false)
			checkPositions(t, "vmap", trace.MustOf(transforms.Vmap(f.f), m), false)
			checkPositions(t, "vmap of grad", trace.MustOf(transforms.Vmap(grad), m), false)
			checkPositions(t, "jvp of grad", trace.MustOf(func(x num.Array) num.Array {
				_, dg := transforms.JVP(grad, x, x)
				return dg
			}, v), false)
			checkPositions(t, "second gradient", trace.MustOf(transforms.Grad(func(x num.Array) num.Array {
				return num.Sum(grad(x)) // writes anything
			}), v), false)
			checkPositions(t, "jit of grad", trace.MustOf(transforms.JIT(grad), v), false)
			_, pull := transforms.VJP(f.f, v)
			checkPositions(t, "pullback", trace.MustOf(pull, num.Scalar(1)), false)
			_, push := transforms.Linearize(f.f, v)
			checkPositions(t, "pushforward", trace.MustOf(push, v), false)
		})
	}
}

var writes = regexp.MustCompile(`// writes (.*)$`)

func checkPositions(t *testing.T, what string, f *trace.Func, exact bool) {
	t.Helper()
	if len(f.Equations()) == 0 {
		t.Errorf("%s: no equations", what)
	}
	data, err := os.ReadFile("pos_test.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for i := range f.Equations() {
		e := &f.Equations()[i]
		pos := e.Pos()
		if filepath.Base(pos.File) != "pos_test.go" || pos.Line < 1 || pos.Line > len(lines) {
			t.Errorf("%s: %s stands at %q", what, e.Primitive.Name(), pos)
			continue
		}
		m := writes.FindStringSubmatch(lines[pos.Line-1])
		switch {
		case m == nil || m[1] == "nothing":
			t.Errorf("%s: %s stands at line %d: %s", what, e.Primitive.Name(), pos.Line, lines[pos.Line-1])
		case exact && !strings.Contains(" "+m[1]+" ", " "+e.Primitive.Name()+" "):
			t.Errorf("%s: %s stands at line %d, which writes %s", what, e.Primitive.Name(), pos.Line, m[1])
		}
	}
}

// TestFirstPositionWins demands that an equation written twice keeps its first line.
func TestFirstPositionWins(t *testing.T) {
	f := trace.MustOf(func(x num.Array) num.Array {
		a := num.Sin(x) // writes sin
		b := num.Sin(x)
		return num.Mul(a, b) // writes mul
	}, num.Scalar(1))
	if n := len(f.Equations()); n != 2 {
		t.Errorf("%d equations, want 2:\n%v", n, f)
	}
	checkPositions(t, "func", f, true)
}

// TestDeepPosition calls an operation from far below the line of the user, through the library.
func TestDeepPosition(t *testing.T) {
	nested := func(x num.Array) num.Array {
		return num.Sum(num.Sin(x)) // writes anything
	}
	for range 12 {
		inner := nested
		nested = func(x num.Array) num.Array {
			y, _ := transforms.JVP(inner, x, x)
			return y
		}
	}
	checkPositions(t, "nested", trace.MustOf(nested, num.Vector(1, 2)), false)
}

// TestLibraryFrames tells the frames of users from those of the library. Generic functions are
// compiled for, and sometimes inlined in, the package that calls them, and bear its name.
func TestLibraryFrames(t *testing.T) {
	const module = "github.com/gradus-ad/gradus/"
	for _, c := range []struct {
		function, file string
		want           bool
	}{
		{module + "num.Add", "./num/arithmetic.go", true},
		{"main.fit.Grad[...].func1", "./transforms/grad.go", true},
		{"example.com/model.Loss.Vmap[...].func2", "./transforms/vmap.go", true},
		{module + "transforms_test.TestX.Grad[...].func1", "./transforms/grad.go", true},
		{"main.fit", "/home/u/model/fit.go", false},
		{"main.fit.func1", "/home/u/transforms/grad.go", false},
		{module + "num_test.TestAdd", "./num/arithmetic_test.go", false},
		{"main.main", "./examples/sensors/main.go", false},
		{"main.main.Grad[...].func1", "./transforms/grad.go", true},
		{module + "num.(*T).Add", "<autogenerated>", true},
		{module + "examples/draw.Plot", "/mod/examples@v1/draw/plot.go", false},
		{"runtime.panicIndex", "/go/src/runtime/panic.go", true},
		{"reflect.Value.call", "/go/src/reflect/value.go", true},
	} {
		if got := trace.InLibrary(c.function, c.file); got != c.want {
			t.Errorf("%s in %s: in the library %v, want %v", c.function, c.file, got, c.want)
		}
	}
}
