package compile_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

var views = map[string]func(x num.Array) num.Array{
	"whole":     func(x num.Array) num.Array { return x },
	"slice":     func(x num.Array) num.Array { return num.Slice(x, x.Shape()[0]/3, x.Shape()[0]) },
	"stride":    func(x num.Array) num.Array { return num.Stride(x, x.Rank()-1, 3) },
	"stride 0":  func(x num.Array) num.Array { return num.Stride(x, 0, 2) },
	"flip":      func(x num.Array) num.Array { return num.Flip(x, 0) },
	"flip last": func(x num.Array) num.Array { return num.Flip(x, x.Rank()-1) },
	"flip all":  func(x num.Array) num.Array { return num.Flip(x) },
	"transpose": func(x num.Array) num.Array { return num.Transpose(x) },
	"rotated":   func(x num.Array) num.Array { return num.MoveAxis(x, x.Rank()-1, 0) },
	"broadcast": func(x num.Array) num.Array { return num.BroadcastTo(x, append([]int{3}, x.Shape()...)...) },
	"repeated": func(x num.Array) num.Array {
		return num.BroadcastTo(num.ExpandDims(x, x.Rank()), append(append([]int{}, x.Shape()...), 4)...)
	},
	"ravel":    func(x num.Array) num.Array { return num.Ravel(x) },
	"expanded": func(x num.Array) num.Array { return num.ExpandDims(x, 0) },
	"first":    func(x num.Array) num.Array { return num.Slice(x, 0, min(1, x.Shape()[0])) },
}

var shapes = [][]int{{3, 5, 4}, {40, 3}, {2, 3}, {0, 5}, {1, 37}, {37, 1}, {64}, {5}, {1}, {5, 0}, {2, 3, 0, 4}, {2, 1, 20}, {3, 5, 40}}

// TestViews reads views of views of arguments and of what loops make, and gives them as results.
func TestViews(t *testing.T) {
	for n, shape := range shapes {
		for a, v := range views {
			for b, w := range views {
				if nested := 4; b != "whole" && (n >= nested || n > 0 && testing.Short()) {
					continue
				}
				t.Run(fmt.Sprint(shape, a, b), func(t *testing.T) {
					agree(t, func(x []num.Array) []num.Array {
						y, i, m := w(v(x[0])), w(v(x[1])), w(v(x[2]))
						z := w(v(num.Add(x[0], x[0])))
						return []num.Array{
							num.Mul(y, y), y, num.Where(m, num.Add(z, 1), y), num.Sum(num.Mul(z, y)), z,
							num.Add(i, i), i, num.Not(m), m, num.Convert(m, trace.F64), num.Sum(i), num.Any(m),
						}
					}, floats(1, shape...), ints(2, shape...), mask(3, shape...))
				})
			}
		}
	}
}

// TestReductions reduces along every choice of axes, also of views.
func TestReductions(t *testing.T) {
	reductions := []func(x num.Array, axes ...int) num.Array{num.Sum, num.Prod, num.Amax, num.Amin}
	for _, shape := range append(shapes, []int{2, 3, 4, 5}, []int{4099}, []int{3, 5000}, []int{5000, 3}, []int{3, 2, 2500}, []int{70, 9}, []int{30, 8}, []int{12, 3, 25}) {
		for name, v := range views {
			if size := (trace.Type{Shape: shape}).Size(); (size > 1000 || testing.Short()) && name != "whole" && name != "transpose" && name != "flip last" {
				continue
			}
			for set := 1; set < 1<<len(shape); set++ {
				var axes []int
				for a := range shape {
					if set>>a&1 == 1 {
						axes = append(axes, a)
					}
				}
				t.Run(fmt.Sprint(shape, name, axes), func(t *testing.T) {
					for _, x := range []num.Array{floats(1, shape...), wild(2, false, shape...), wild(3, true, shape...), ints(4, shape...)} {
						y := v(x)
						if a := axes[len(axes)-1]; a >= y.Rank() {
							return
						}
						rs := reductions
						if y.Size() == 0 {
							rs = rs[:2] // nothing has no extremes
						}
						agree(t, func(x []num.Array) []num.Array {
							var out []num.Array
							for _, r := range rs {
								out = append(out, r(v(x[0]), axes...))
							}
							return out
						}, x)
					}
					agree(t, one(func(x num.Array) num.Array { return num.Any(num.Less(v(x), -1.5), axes...) }), floats(5, shape...))
					agree(t, func(x []num.Array) []num.Array {
						y := num.Exp(v(x[0]))
						return []num.Array{num.Sum(y, axes...), num.Prod(num.Sub(2, y), axes...), num.Add(y, num.KeepDims(num.Mean, y, axes...))}
					}, num.Mul(0.1, floats(6, shape...)))
				})
			}
		}
	}
}
