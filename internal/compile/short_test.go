package compile_test

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// shorts are funcs that become a few steps between the caller's arrays: scalars that cannot fail, scalars that may, loops,
// and products.
func shorts() map[string]*trace.Func {
	eight, tall := trace.TypeOf(trace.F64, 8), trace.TypeOf(trace.F64, 30, 2)
	four, two, long := trace.TypeOf(trace.F64, 4), trace.TypeOf(trace.F64, 2, 2), trace.TypeOf(trace.F64, 25)
	return map[string]*trace.Func{
		"scalars": trace.Build([]trace.Type{four, four}, func(x []num.Array) []num.Array {
			return []num.Array{num.Add(num.Flip(x[0]), x[1]), num.Mul(num.Slice(x[0], 0, 2), num.Slice(x[1], 2, 4))}
		}),
		"guarded": trace.Build([]trace.Type{four, four}, func(x []num.Array) []num.Array {
			return []num.Array{num.Sin(num.Flip(x[0])), num.Neg(num.Flip(x[1]))}
		}),
		"backwards": trace.Build([]trace.Type{four}, func(x []num.Array) []num.Array {
			last := num.Neg(x[0])
			return []num.Array{num.Square(x[0]), last}
		}),
		"bundled": trace.Build([]trace.Type{eight}, func(x []num.Array) []num.Array {
			return []num.Array{num.Exp(num.Flip(x[0]))}
		}),
		"bundled in part": trace.Build([]trace.Type{eight}, func(x []num.Array) []num.Array {
			y := num.Cos(num.Slice(x[0], 1, 6))
			return []num.Array{num.Mul(y, num.Slice(x[0], 0, 5)), num.Sum(y)}
		}),
		"product": trace.Build([]trace.Type{two, two}, func(x []num.Array) []num.Array {
			return []num.Array{num.MatMul(x[0], num.Transpose(x[1]))}
		}),
		"moved": trace.Build([]trace.Type{eight, eight}, func(x []num.Array) []num.Array {
			return []num.Array{num.Concat(0, num.Neg(x[1]), num.Flip(x[0]))}
		}),
		"large product": trace.Build([]trace.Type{tall}, func(x []num.Array) []num.Array {
			return []num.Array{num.MatMul(x[0], num.Transpose(x[0]))}
		}),
		"square": trace.Build([]trace.Type{trace.TypeOf(trace.F64, 5, 5)}, func(x []num.Array) []num.Array {
			return []num.Array{num.MatMul(num.Transpose(x[0]), x[0])}
		}),
		"loop": trace.Build([]trace.Type{long}, func(x []num.Array) []num.Array {
			return []num.Array{num.Mul(x[0], num.Flip(x[0]))}
		}),
		"loops": trace.Build([]trace.Type{long, long}, func(x []num.Array) []num.Array {
			return []num.Array{num.Add(num.Flip(x[0]), x[1]), num.Mul(x[0], floats(3, 25))}
		}),
		"loop and edges": trace.Build([]trace.Type{long}, func(x []num.Array) []num.Array {
			y := num.Sub(num.Slice(x[0], 1, 25), num.Square(num.Slice(x[0], 0, 24)))
			return []num.Array{num.Sub(num.Pad(y, 1, 0), num.Pad(num.Mul(y, num.Slice(x[0], 1, 25)), 0, 1))}
		}),
		"loop and a product that may fail": trace.Build([]trace.Type{two, long}, func(x []num.Array) []num.Array {
			return []num.Array{num.MatMul(x[0], num.Transpose(x[0])), num.Mul(x[1], num.Flip(x[1])), num.Sin(x[0])}
		}),
		"sum": trace.Build([]trace.Type{long}, func(x []num.Array) []num.Array {
			return []num.Array{num.Sum(num.Square(x[0]))}
		}),
		"sums and a loop": trace.Build([]trace.Type{long}, func(x []num.Array) []num.Array {
			y := num.Sub(num.Slice(x[0], 1, 25), num.Slice(x[0], 0, 24))
			return []num.Array{num.Prod(y), num.Mul(x[0], num.Flip(x[0])), num.Sum(num.Mul(y, floats(4, 24)))}
		}),
		"steps that hand over": trace.Build([]trace.Type{long, two}, func(x []num.Array) []num.Array {
			y := num.Sqrt(num.Sum(num.Square(x[0])))
			return []num.Array{num.Div(num.Flip(x[0]), y), num.Sin(num.Mul(x[1], y))}
		}),
		"sums of rows": trace.Build([]trace.Type{tall}, func(x []num.Array) []num.Array {
			return []num.Array{num.Sum(num.Transpose(x[0]), 1), num.Sum(num.Mul(x[0], x[0]), 0)}
		}),
		"sums in memory": trace.Build([]trace.Type{tall}, func(x []num.Array) []num.Array {
			return []num.Array{num.Sum(num.Reshape(x[0], 2, 30), 0)}
		}),
		"sums and a large product": trace.Build([]trace.Type{tall}, func(x []num.Array) []num.Array {
			return []num.Array{num.MatMul(x[0], num.Transpose(x[0])), num.Sum(x[0])}
		}),
		"nothing": trace.Build([]trace.Type{trace.TypeOf(trace.F64, 0), four}, func(x []num.Array) []num.Array {
			return []num.Array{num.Neg(x[0]), num.Neg(x[1])}
		}),
	}
}

// sizes returns those of the arrays of f.
func sizes(f *trace.Func, vs []trace.Var) (n []int) {
	for _, v := range vs {
		n = append(n, f.Type(v).Size())
	}
	return n
}

// cut returns slices of memory from the given places on.
func cut(memory []float64, at, sizes []int) (parts [][]float64) {
	for i, n := range sizes {
		parts = append(parts, memory[at[i]:][:n])
	}
	return parts
}

type runner func(p *compile.Program, out, in [][]float64) bool

// runs are the ways in which a program runs on slices.
var runs = []runner{(*compile.Program).Run, (*compile.Program).RunEntered, (*compile.Program).RunBound}

// places are where slices may start: those of 4 elements may be the same, overlap by one element or by more, or lie apart.
var places = []int{0, 1, 4, 7, 11, 15}

// TestOverlaps is about programs of few steps.
func TestOverlaps(t *testing.T) {
	for name, f := range shorts() {
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			if machine := on.Name != compile.Portable.Name; machine && !p.Short() {
				t.Errorf("%s, %s: more than a few steps\n%v", name, on.Name, p)
			} else if alone := !slices.Contains([]string{"large product", "square", "sums in memory", "sums and a large product"}, name); machine && alone != p.Entered() {
				t.Errorf("%s, %s: entry: %v\n%v", name, on.Name, p.Entered(), p)
			}
			testOverlaps(t, name+", "+on.Name, f, p, runs)
		}
	}
}

// TestOverlapsOfArguments does the same for programs whose results are arguments, or parts of them.
func TestOverlapsOfArguments(t *testing.T) {
	four := trace.TypeOf(trace.F64, 4)
	for name, f := range map[string]func(x []num.Array) []num.Array{
		"changed places":      func(x []num.Array) []num.Array { return []num.Array{x[1], x[0]} },
		"sum":                 func(x []num.Array) []num.Array { return []num.Array{num.Add(x[0], x[1]), x[0]} },
		"sum last":            func(x []num.Array) []num.Array { return []num.Array{x[1], num.Add(x[0], x[1])} },
		"a constant":          func(x []num.Array) []num.Array { return []num.Array{num.Ones(4), x[0]} },
		"one for all":         func(x []num.Array) []num.Array { return []num.Array{x[1], x[1]} },
		"another shape":       func(x []num.Array) []num.Array { return []num.Array{num.Reshape(x[1], 2, 2), num.Reshape(x[0], 4, 1)} },
		"parts":               func(x []num.Array) []num.Array { return []num.Array{num.Slice(x[1], 1, 3), num.Flip(x[0])} },
		"as they are":         func(x []num.Array) []num.Array { return []num.Array{x[0], x[1]} },
		"after what may fail": func(x []num.Array) []num.Array { return []num.Array{num.Sin(x[0]), x[0]} },
	} {
		fn := trace.Build([]trace.Type{four, four}, f)
		for _, on := range compile.Backends() {
			testOverlaps(t, name+", "+on.Name, fn, compile.Compile(fn, on), runs[:1])
		}
	}
}

// testOverlaps runs a program on slices that overlap in all ways. Results count in their order.
func testOverlaps(t *testing.T, name string, f *trace.Func, p *compile.Program, runs []runner) {
	t.Helper()
	plain := compile.Compile(f, compile.Portable)
	ins, outs := sizes(f, f.Inputs()), sizes(f, f.Outputs())
	n := 2 * len(runs)
	for range len(ins) + len(outs) {
		n *= len(places)
	}
	step := 1
	if testing.Short() {
		step = 7
	}
	for k := 0; k < n; k += step {
		memory := floats(uint64(k), 60+max(slices.Max(ins), slices.Max(outs))).Float64s()
		if k/len(runs)%2 == 1 {
			memory[7] = 1e300 // sines of such fail
		}
		var at []int
		for j := k / 2 / len(runs); len(at) < len(ins)+len(outs); j /= len(places) {
			at = append(at, places[j%len(places)])
		}
		in, out := cut(memory, at, ins), cut(memory, at[len(ins):], outs)
		want := slices.Clone(memory)
		var args []trace.Array
		for i, x := range in {
			args = append(args, trace.FromBuffer(trace.Buffer{Type: f.Type(f.Inputs()[i]), F64: slices.Clone(x)}))
		}
		for i, y := range plain.Call(args) {
			copy(want[at[len(ins)+i]:], y.Float64s())
		}
		if !runs[k%len(runs)](p, out, in) {
			t.Fatalf("%s: not run", name)
		}
		for i := range want {
			if math.Float64bits(memory[i]) != math.Float64bits(want[i]) {
				t.Fatalf("%s at %v: got %v, want %v\n%v", name, at, memory, want, p)
			}
		}
	}
}

// TestSlicesThatDoNotFit demands that Run then does nothing.
func TestSlicesThatDoNotFit(t *testing.T) {
	p := compile.Compile(shorts()["scalars"], compile.Default())
	four := func() []float64 { return make([]float64, 4) }
	two := []float64{5, 5}
	for name, c := range map[string]struct{ out, in [][]float64 }{
		"few arguments": {[][]float64{four(), two}, [][]float64{four()}},
		"few results":   {[][]float64{four()}, [][]float64{four(), four()}},
		"short":         {[][]float64{four(), two}, [][]float64{four(), two}},
		"long":          {[][]float64{two, four()}, [][]float64{four(), four()}},
		"nil":           {[][]float64{four(), two}, [][]float64{four(), nil}},
	} {
		for _, run := range runs {
			if run(p, c.out, c.in) || two[0] != 5 {
				t.Errorf("%s: run", name)
			}
		}
	}
	p = compile.Compile(shorts()["nothing"], compile.Default())
	for _, run := range runs {
		y := four()
		if !run(p, [][]float64{nil, y}, [][]float64{nil, {1, 2, 3, 4}}) || y[3] != -4 {
			t.Errorf("nil for an array without elements: got %v", y)
		}
	}
}

// TestShortOnManyGoroutines runs programs on stacks that must grow for it.
func TestShortOnManyGoroutines(t *testing.T) {
	for name, f := range shorts() {
		plain := compile.Compile(f, compile.Portable)
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			var wg sync.WaitGroup
			for k := range 50 {
				wg.Go(func() {
					var in, out, want [][]float64
					var args []trace.Array
					for i, n := range sizes(f, f.Inputs()) {
						in = append(in, floats(uint64(k+i), n).Float64s())
						args = append(args, trace.FromBuffer(trace.Buffer{Type: f.Type(f.Inputs()[i]), F64: in[i]}))
					}
					for _, y := range plain.Call(args) {
						want, out = append(want, y.Float64s()), append(out, make([]float64, y.Size()))
					}
					for k := range 200 {
						if runs[k%len(runs)](p, out, in); !slices.EqualFunc(out, want, slices.Equal) {
							t.Errorf("%s, %s: got %v, want %v", name, on.Name, out, want)
							return
						}
					}
				})
			}
			wg.Wait()
		}
	}
}

// TestRunKeepsNothing holds that what a program was run on is garbage afterwards, whichever way it ran.
func TestRunKeepsNothing(t *testing.T) {
	fs := shorts()
	fs["two steps"] = trace.Build([]trace.Type{trace.TypeOf(trace.F64, 300)}, func(x []num.Array) []num.Array {
		return []num.Array{num.Sub(x[0], num.Sum(x[0]))}
	})
	fs["a step with a frame"] = trace.Build([]trace.Type{trace.TypeOf(trace.F64, 300)}, func(x []num.Array) []num.Array {
		return []num.Array{num.Sub(num.CumSum(x[0], 0), num.Sum(x[0]))}
	})
	for name, f := range fs {
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			freed := make(chan bool, 100)
			arrays := 0
			fresh := func(ns []int) (all [][]float64) {
				for _, n := range ns {
					x := make([]float64, n+100)
					runtime.AddCleanup(&x[0], func(int) { freed <- true }, 0)
					arrays++
					all = append(all, x[:n])
				}
				return all
			}
			for _, run := range runs {
				run(p, fresh(sizes(f, f.Outputs())), fresh(sizes(f, f.Inputs())))
			}
			for range 100 {
				if len(freed) < arrays {
					runtime.GC()
					time.Sleep(time.Millisecond) // cleanups run on a goroutine of their own
				}
			}
			if n := len(freed); n != arrays {
				t.Errorf("%s, %s: %d of %d arrays are garbage", name, on.Name, n, arrays)
			}
			runtime.KeepAlive(p)
		}
	}
}
