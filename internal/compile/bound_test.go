package compile_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestBound calls what Bind returns again and again, on other elements each time, some of which let code fail.
func TestBound(t *testing.T) {
	fs := shorts()
	fs["more than a few steps"] = trace.Build([]trace.Type{trace.TypeOf(trace.F64, 300)}, func(x []num.Array) []num.Array {
		return []num.Array{num.Sub(num.CumSum(x[0], 0), num.Sum(x[0]))}
	})
	for name, f := range fs {
		plain := compile.Compile(f, compile.Portable)
		for _, on := range compile.Backends() {
			in, out := zeros(sizes(f, f.Inputs())), zeros(sizes(f, f.Outputs()))
			p, slow := compile.Compile(f, on), 0
			bound := p.Bind(out, in, func() {
				slow++
				p.Run(out, in)
			})
			const calls = 40
			for k := range calls {
				var args []trace.Array
				for i, x := range in {
					copy(x, floats(uint64(k+i), len(x)).Float64s())
					if k%3 == 1 && len(x) > 2 {
						x[2] = 1e300
					}
					args = append(args, trace.FromBuffer(trace.Buffer{Type: f.Type(f.Inputs()[i]), F64: slices.Clone(x)}))
				}
				if k%10 == 9 {
					runtime.GC()
				}
				bound()
				for i, want := range plain.Call(args) {
					if !slices.EqualFunc(out[i], want.Float64s(), sameNumber) {
						t.Fatalf("%s, %s, call %d: got %v, want %v", name, on.Name, k, out[i], want)
					}
				}
			}
			if p.Short() && slow > calls/2 {
				t.Errorf("%s, %s: %d of %d calls were not bound", name, on.Name, slow, calls)
			}
		}
	}
}

func sameNumber(x, y float64) bool { return x == y || x != x && y != y }

// zeros returns slices of the given sizes.
func zeros(sizes []int) (all [][]float64) {
	for _, n := range sizes {
		all = append(all, make([]float64, n))
	}
	return all
}
