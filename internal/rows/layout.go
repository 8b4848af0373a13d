package rows

import (
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// moves is a case of a function of one array that moves elements: element i of the result, of the
// given shape, is the one of x that from says.
func moves(f func(num.Array) num.Array, x []int, y []int, from func(i []int) []int) Case {
	return Case{
		Do: func(x []num.Array) []num.Array { return []num.Array{f(x[0])} },
		In: []Operand{Reals(-2, 2, x...)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of(y, func(i []int) float64 { return x[0].At(from(i)...) })}
		},
	}
}

// ofInts is c with integer or bool operands.
func of(d trace.DType, c Case) Case {
	in := slices.Clone(c.In)
	for i, o := range in {
		if in[i] = Integers(-9, 9, o.Type.Shape...); d == trace.Bool {
			in[i] = Bools(o.Type.Shape...)
		}
	}
	c.In = in
	c.Name += d.String()
	return c
}

// flat is a case of a function that keeps the elements in order under another shape.
func flat(f func(num.Array) num.Array, x []int, y ...int) Case {
	return Case{
		Do:   func(x []num.Array) []num.Array { return []num.Array{f(x[0])} },
		In:   []Operand{Reals(-2, 2, x...)},
		Want: func(x []Tensor) []Tensor { return []Tensor{{y, x[0].Data}} },
	}
}

func layoutRows() []Row {
	reshape := flat(func(x num.Array) num.Array { return num.Reshape(x, 3, -1) }, []int{2, 3}, 3, 2)
	swap := moves(func(x num.Array) num.Array { return num.Transpose(x) }, []int{2, 3}, []int{3, 2},
		func(i []int) []int { return []int{i[1], i[0]} })
	stretch := moves(func(x num.Array) num.Array { return num.BroadcastTo(x, 4, 2, 3) }, []int{2, 1}, []int{4, 2, 3},
		func(i []int) []int { return []int{i[1], 0} })
	reverse := moves(func(x num.Array) num.Array { return num.Flip(x, 0, -1) }, []int{2, 2, 3}, []int{2, 2, 3},
		func(i []int) []int { return []int{1 - i[0], i[1], 2 - i[2]} })
	middle := moves(func(x num.Array) num.Array { return num.Slice(x, 1, num.End, -3, 4) }, []int{3, 5}, []int{2, 2},
		func(i []int) []int { return []int{i[0] + 1, i[1] + 2} })
	return []Row{
		{"Reshape", "reshape", []Case{reshape, of(trace.I64, reshape), of(trace.Bool, reshape),
			flat(func(x num.Array) num.Array { return num.Reshape(x) }, []int{1, 1})}},
		{"Ravel", "reshape", []Case{flat(num.Ravel, []int{2, 3}, 6)}},
		{"Squeeze", "reshape", []Case{flat(func(x num.Array) num.Array { return num.Squeeze(x, -1) }, []int{1, 3, 1}, 1, 3)}},
		{"ExpandDims", "reshape", []Case{flat(func(x num.Array) num.Array { return num.ExpandDims(x, 0, -1) }, []int{3}, 1, 3, 1)}},
		{"Transpose", "transpose", []Case{swap, of(trace.I64, swap), of(trace.Bool, swap),
			moves(func(x num.Array) num.Array { return num.Transpose(x, 2, 0, 1) }, []int{2, 3, 4}, []int{4, 2, 3},
				func(i []int) []int { return []int{i[1], i[2], i[0]} })}},
		{"MoveAxis", "transpose", []Case{moves(func(x num.Array) num.Array { return num.MoveAxis(x, 0, -1) }, []int{2, 3, 4}, []int{3, 4, 2},
			func(i []int) []int { return []int{i[2], i[0], i[1]} })}},
		{"BroadcastTo", "broadcast", []Case{stretch, of(trace.I64, stretch), of(trace.Bool, stretch),
			moves(func(x num.Array) num.Array { return num.BroadcastTo(x, 3) }, nil, []int{3}, func([]int) []int { return nil })}},
		{"Lanes", "broadcast", []Case{moves(func(x num.Array) num.Array { return num.Lanes(x, 4) }, []int{2, 3}, []int{4, 2, 3},
			func(at []int) []int { return at[1:] })}},
		{"Flip", "flip", []Case{reverse, of(trace.I64, reverse), of(trace.Bool, reverse)}},
		{"Slice", "slice", []Case{middle, of(trace.I64, middle), of(trace.Bool, middle),
			moves(func(x num.Array) num.Array { return num.Slice(x, 2, 2) }, []int{3, 2}, []int{0, 2}, nil)}},
		{"Stride", "slice", []Case{
			moves(func(x num.Array) num.Array { return num.Stride(x, 0, 2) }, []int{5, 2}, []int{3, 2},
				func(i []int) []int { return []int{2 * i[0], i[1]} }),
			moves(func(x num.Array) num.Array { return num.Stride(x, 1, -3) }, []int{2, 5}, []int{2, 2},
				func(i []int) []int { return []int{i[0], 4 - 3*i[1]} })}},
		{"Stride", "slice", []Case{moves(func(x num.Array) num.Array { return num.Stride(num.Stride(num.Slice(x, 1, 4), 0, 2), 1, 2) },
			[]int{5, 3}, []int{2, 2}, func(i []int) []int { return []int{1 + 2*i[0], 2 * i[1]} })}},
		{"At", "slice", []Case{moves(func(x num.Array) num.Array { return x.At(-1, 0) }, []int{2, 3, 2}, []int{2},
			func(i []int) []int { return []int{1, 0, i[0]} })}},
		{"Roll", "concat", []Case{moves(func(x num.Array) num.Array { return num.Roll(x, 2, 1) }, []int{2, 5}, []int{2, 5},
			func(i []int) []int { return []int{i[0], (i[1] + 3) % 5} })}},
		{"Tile", "", []Case{moves(func(x num.Array) num.Array { return num.Tile(x, 2, 3) }, []int{2, 2}, []int{4, 6},
			func(i []int) []int { return []int{i[0] % 2, i[1] % 2} })}},
		{"Repeat", "", []Case{moves(func(x num.Array) num.Array { return num.Repeat(x, 3, 1) }, []int{2, 2}, []int{2, 6},
			func(i []int) []int { return []int{i[0], i[1] / 3} })}},
		padRow(),
		{"Slice", "pad", []Case{spacedPad()}},
		{"Slice", "add_slice", []Case{addSlice(trace.F64), addSlice(trace.I64), addSlice(trace.Bool)}},
		concatRow(),
		{"Stack", "concat", []Case{{
			Do: func(x []num.Array) []num.Array { return []num.Array{num.Stack(1, x...)} },
			In: []Operand{Reals(-2, 2, 2, 3), Reals(-2, 2, 2, 3)},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{Of([]int{2, 2, 3}, func(i []int) float64 { return x[i[1]].At(i[0], i[2]) })}
			},
		}}},
		{"Split", "slice", []Case{{
			Do: func(x []num.Array) []num.Array { return num.Split(x[0], 3, -1) },
			In: []Operand{Reals(-2, 2, 2, 6)},
			Want: func(x []Tensor) []Tensor {
				var parts []Tensor
				for k := range 3 {
					parts = append(parts, Of([]int{2, 2}, func(i []int) float64 { return x[0].At(i[0], 2*k+i[1]) }))
				}
				return parts
			},
		}}},
	}
}

func padRow() Row {
	c := Case{
		Do: func(x []num.Array) []num.Array { return []num.Array{num.Pad(x[0], 1, 0, 0, 2)} },
		In: []Operand{Reals(-2, 2, 2, 3)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of([]int{3, 5}, func(i []int) float64 {
				if i[0] < 1 || i[1] > 2 {
					return 0
				}
				return x[0].At(i[0]-1, i[1])
			})}
		},
	}
	return Row{"Pad", "pad", []Case{c, of(trace.I64, c), of(trace.Bool, c)}}
}

// addSlice is how gradients of slices of one array meet.
func addSlice(d trace.DType) Case {
	c := Case{
		Do: IR(strings.ReplaceAll(`func(a:T[3,5], b:T[2,2]) {
			c:T[3,5] = add_slice[start=(1,0) limit=(3,4) step=(1,3)] a b
			return c
		}`, "T", d.String())),
		In: []Operand{Reals(-2, 2, 3, 5), Reals(-2, 2, 2, 2)},
		Want: func(x []Tensor) []Tensor {
			y := x[0].Copy()
			Each([]int{2, 2}, func(i []int) {
				v := y.At(i[0]+1, 3*i[1]) + x[1].At(i...)
				if d == trace.Bool {
					v = min(v, 1)
				}
				y.Set(v, i[0]+1, 3*i[1])
			})
			return []Tensor{y}
		},
	}
	if d != trace.F64 {
		c = of(d, c)
	}
	return c
}

// spacedPad is the transpose of a slice with a step.
func spacedPad() Case {
	return Case{
		Name: "spaced",
		Do:   IR("func(a:f64[3]) { b:f64[8] = pad[lo=(1) hi=(2) step=(2)] a return b }"),
		In:   []Operand{Reals(-2, 2, 3)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Vector(0, x[0].At(0), 0, x[0].At(1), 0, x[0].At(2), 0, 0)}
		},
	}
}

func concatRow() Row {
	c := Case{
		Do: func(x []num.Array) []num.Array { return []num.Array{num.Concat(-1, x...)} },
		In: []Operand{Reals(-2, 2, 2, 1), Reals(-2, 2, 2, 0), Reals(-2, 2, 2, 3)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of([]int{2, 4}, func(i []int) float64 {
				if i[1] == 0 {
					return x[0].At(i[0], 0)
				}
				return x[2].At(i[0], i[1]-1)
			})}
		},
	}
	twice := Case{
		Name: "of itself",
		Do:   func(x []num.Array) []num.Array { return []num.Array{num.Concat(0, x[0], x[0])} },
		In:   []Operand{Reals(-2, 2, 2)},
		Want: func(x []Tensor) []Tensor { return []Tensor{Vector(append(x[0].Copy().Data, x[0].Data...)...)} },
	}
	return Row{"Concat", "concat", []Case{c, of(trace.I64, c), of(trace.Bool, c), twice}}
}
