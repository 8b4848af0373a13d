//go:build !race

package compile_test

import (
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/gemm"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestNoGarbage holds that Run allocates nothing if all is compiled. With the race detector, pools forget at
// random.
func TestNoGarbage(t *testing.T) {
	f := slopes(300)
	for _, on := range compile.Backends() {
		p, in, out := compile.Compile(f, on), [][]float64{floats(1, 300).Float64s()}, [][]float64{make([]float64, 300)}
		if a := testing.AllocsPerRun(100, func() { p.Run(out, in) }); a != 0 {
			t.Errorf("%s: Run allocates %v times\n%v", on.Name, a, p)
		}
	}
	for name, f := range shorts() {
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			memory := make([]float64, 5000)
			in, out := cut(memory, []int{0, 30}, sizes(f, f.Inputs())), cut(memory, []int{1000, 2000, 3000, 4000}, sizes(f, f.Outputs()))
			if a := testing.AllocsPerRun(100, func() { p.Run(out, in) }); a != 0 {
				t.Errorf("%s, %s: Run allocates %v times\n%v", name, on.Name, a, p)
			}
		}
	}
	x := floats(1, 70, 3)
	for name, p := range programs(70, 3) {
		in, out := [][]float64{x.Float64s()}, [][]float64{make([]float64, 3), make([]float64, 3*70), make([]float64, 1)}
		if a := testing.AllocsPerRun(100, func() { p.Run(out, in) }); a != 0 {
			t.Errorf("%s: Run allocates %v times\n%v", name, a, p)
		}
	}
}

// TestArenasAreHandedOn holds that the first run of a program takes the memory that runs of others have left, and gives what it should
// there.
func TestArenasAreHandedOn(t *testing.T) {
	const n = 128
	x := floats(1, n, n)
	f := trace.Build([]trace.Type{x.Type()}, func(x []num.Array) []num.Array {
		y := num.Tanh(num.MatMul(x[0], x[0]))
		return []num.Array{num.MatMul(y, num.Sin(num.MatMul(y, x[0])))}
	})
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	in, out, want := [][]float64{x.Float64s()}, [][]float64{make([]float64, n*n)}, make([]float64, n*n)
	compile.Compile(f, compile.Default()).Run([][]float64{want}, in)
	for range 5 {
		p := compile.Compile(f, compile.Default())
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p.Run(out, in)
		runtime.ReadMemStats(&after)
		if made := int(after.TotalAlloc - before.TotalAlloc); made >= p.Arena()/2 {
			t.Errorf("the first run makes %d bytes, and the arena has %d", made, p.Arena())
		}
		if !slices.Equal(out[0], want) {
			t.Error("results differ from those of the first program")
		}
	}
}

// TestProductsMakeNoGarbage holds that for products, also of matrices that are packed.
func TestProductsMakeNoGarbage(t *testing.T) {
	if gemm.Lanes(1, 1) == 1 {
		t.Skip("blas64 allocates")
	}
	x := floats(1, 100, 100)
	p := compile.Compile(trace.Build([]trace.Type{x.Type()}, func(x []num.Array) []num.Array {
		y := num.MatMul(x[0], num.Transpose(x[0]))
		return []num.Array{num.MatMul(y, num.Tanh(y)), num.MatMul(y, num.Sum(y, 0))}
	}), compile.Default())
	in, out := [][]float64{x.Float64s()}, [][]float64{make([]float64, 100*100), make([]float64, 100)}
	if a := testing.AllocsPerRun(20, func() { p.Run(out, in) }); a >= 1 {
		t.Errorf("Run allocates %v times\n%v", a, p)
	}
}

// TestLoopsWithoutGarbage is the same for loops, with stacks that are kept for the next run.
func TestLoopsWithoutGarbage(t *testing.T) {
	gradients(t, func(name string, p *compile.Program, want func(num.Array) num.Array) {
		in, out := [][]float64{{0.4, 0.9}}, [][]float64{make([]float64, 2)}
		if a := testing.AllocsPerRun(100, func() { p.Run(out, in) }); a != 0 {
			t.Errorf("%s: Run allocates %v times\n%v", name, a, p)
		}
	})
}
