package transforms_test

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestFallback runs TestBackend in processes in which there is no machine code for some reason: all must fall
// back without a word, and say so in Stats.
func TestFallback(t *testing.T) {
	native := "vm"
	if amd64.Available() {
		native = "amd64 " + amd64.Features().String()
	}
	for _, c := range []struct {
		name, env string
		want      string
	}{
		{"as it is", "GRADUS_TEST=", native},
		{"off", "GRADUS_JIT=off", "vm"},
		{"an old processor", "GODEBUG=cpu.avx2=off", "vm"},
		{"a processor without FMA", "GODEBUG=cpu.fma=off", "vm"},
		{"no executable memory", "GRADUS_TEST=refuse", "vm"},
		{"no more executable memory", "GRADUS_TEST=refuse later", "vm"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestBackend$", "-test.v")
			cmd.Env = append(os.Environ(), "GRADUS_JIT=", "GRADUS_TEST_BACKEND="+c.want, c.env)
			out, err := cmd.CombinedOutput()
			if errors.Is(err, syscall.ENOEXEC) {
				t.Skip("an emulator runs this, and starts no others")
			}
			if strings.Contains(string(out), "SKIP") {
				t.Skip("the system cannot refuse executable memory")
			}
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestBackend is the part of TestFallback that runs in other processes.
func TestBackend(t *testing.T) {
	want := os.Getenv("GRADUS_TEST_BACKEND")
	if want == "" {
		t.Skip("TestFallback runs it")
	}
	refuse := os.Getenv("GRADUS_TEST")
	if refuse == "refuse later" { // what is asked once now looks as if there were
		transforms.JIT(num.Sin)(num.Scalar(1))
	}
	if refuse != "" && !refuseExecutableMemory() {
		t.Skip("not on this system")
	}
	f := func(x num.Array) num.Array { return num.Sum(num.Mul(num.Sin(x), num.Exp(x))) }
	p, err := transforms.Compile(f, num.Vector(1, 2, 3))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Stats().Backend; got != want {
		t.Errorf("the backend is %s, want %s", got, want)
	}
	for _, n := range []int{3, 1000} {
		x := num.Linspace(-1, 1, n)
		agree.Equal(t, "jit", transforms.JIT(f)(x), f(x), 1e-13)
	}
}

// turn is a user's primitive, without a rule for the compiler: it turns pairs of elements by an angle.
type turn struct{ Angle float64 }

func (turn) Name() string { return "transforms_test.turn" }

func (turn) Infer(in []trace.Type) ([]trace.Type, error) {
	if in[0].DType != trace.F64 || in[0].Size()%2 > 0 {
		return nil, errors.New("needs pairs")
	}
	return in[:1], nil
}

func (p turn) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	sin, cos := math.Sincos(p.Angle)
	for i := 0; i < len(y.F64); i += 2 {
		a, b := in[0].F64[i], in[0].F64[i+1]
		y.F64[i], y.F64[i+1] = cos*a-sin*b, sin*a+cos*b
	}
	return []trace.Buffer{y}
}

func (p turn) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	return []trace.Tangent{num.LinearTangent(p, in, 0, t[0])}
}

func (p turn) Batch(in []trace.Array, mapped []bool, _ int) ([]trace.Array, []bool) {
	return trace.Apply(p, in[0]), mapped
}

func (turn) Linear([]bool) bool { return true }

func (p turn) Transpose(t *trace.Transposition) []trace.Tangent {
	return []trace.Tangent{num.LinearTangent(turn{-p.Angle}, t.In, 0, t.Ct[0])}
}

// TestPrimitiveWithoutLowering holds that a user's primitive runs by its Eval, in between what is compiled.
func TestPrimitiveWithoutLowering(t *testing.T) {
	f := func(x num.Array) num.Array {
		for k := range 3 {
			x = num.Sin(trace.Apply(turn{float64(k)}, num.Mul(x, x))[0])
		}
		return num.Sum(x)
	}
	for _, n := range []int{2, 100} {
		x := num.Linspace(0.1, 1, n)
		g := transforms.Grad(f)
		p, err := transforms.Compile(g, x)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(p.String(), ": eval transforms_test.turn"); got != 6 {
			t.Errorf("%d steps of the primitive, want 6:\n%v", got, p)
		}
		for range 2 {
			closeTo(t, p.Call(x).Float64s(), g(x).Float64s())
		}
		out := [][]float64{make([]float64, n)}
		p.Run(out, [][]float64{x.Float64s()})
		closeTo(t, out[0], g(x).Float64s())
	}
}

func closeTo(t *testing.T, got, want []float64) {
	t.Helper()
	for i, w := range want {
		if d := math.Abs(got[i] - w); !(d <= 1e-14*(1+math.Abs(w))) {
			t.Errorf("element %d is %v, want %v", i, got[i], w)
		}
	}
}
