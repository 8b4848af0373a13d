package rows

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// slot returns the index along an axis of length n that i means: negative ones count from the end.
func slot(i float64, n int) int {
	if i < 0 {
		return int(i) + n
	}
	return int(i)
}

func indexRows() []Row {
	return []Row{
		{"Take", "slice", []Case{moves(func(x num.Array) num.Array { return num.Take(x, -1, 1) }, []int{2, 3, 2}, []int{2, 2},
			func(i []int) []int { return []int{i[0], 2, i[1]} })}},
		{"Take", "gather", []Case{take(trace.F64), take(trace.I64), take(trace.Bool)}},
		{"TakeAlong", "gather", []Case{{
			Do: func(x []num.Array) []num.Array { return []num.Array{num.TakeAlong(x[0], x[1], 1)} },
			In: []Operand{Reals(-2, 2, 2, 3), Integers(-3, 2, 2, 4)},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{each(Of([]int{2, 4}, func(i []int) float64 { return x[0].At(i[0], slot(x[1].At(i...), 3)) }), same)}
			},
		}}},
		{"Index", "gather", []Case{{
			Do: func(x []num.Array) []num.Array { return []num.Array{num.Index(x[0], x[1], x[2])} },
			In: []Operand{Reals(-2, 2, 3, 2, 2), Integers(-3, 2, 4), Integers(-2, 1, 2, 1)},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{Of([]int{2, 4, 2}, func(i []int) float64 {
					return x[0].At(slot(x[1].At(i[1]), 3), slot(x[2].At(i[0], 0), 2), i[2])
				})}
			},
		}}},
		{"Set", "set_at", []Case{
			scatter(false, trace.F64), scatter(false, trace.I64), scatter(false, trace.Bool),
			{
				Name: "repeated",
				Do: func(x []num.Array) []num.Array {
					return []num.Array{num.Set(x[0], x[1], num.FromInts([]int{1, 0, 1}, 3))}
				},
				In:   []Operand{Reals(-2, 2, 3), Reals(-2, 2, 3)},
				Want: func(x []Tensor) []Tensor { return []Tensor{Vector(x[1].At(1), x[1].At(2), x[0].At(2))} },
				Points: []Point{{In: []Tensor{Vector(1, 2, 3), Vector(4, 5, 6)},
					Grad: []Tensor{Vector(0, 0, 1), Vector(0, 1, 1)}}},
			}}},
		{"AddAt", "add_at", []Case{scatter(true, trace.F64), scatter(true, trace.I64)}},
		{"SetSlice", "concat", []Case{{
			Do: func(x []num.Array) []num.Array { return []num.Array{num.SetSlice(x[0], x[1], 0, num.End, 1, -1)} },
			In: []Operand{Reals(-2, 2, 2, 4), Reals(-2, 2, 2)},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{Of([]int{2, 4}, func(i []int) float64 {
					if i[1] == 1 || i[1] == 2 {
						return x[1].At(i[1] - 1)
					}
					return x[0].At(i...)
				})}
			},
		}}},
	}
}

func same(x float64) float64 { return x }

func take(d trace.DType) Case {
	c := Case{
		Do: func(x []num.Array) []num.Array { return []num.Array{num.Take(x[0], x[1], 1)} },
		In: []Operand{Reals(-2, 2, 2, 3)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of([]int{2, 2, 2}, func(i []int) float64 { return x[0].At(i[0], slot(x[1].At(i[1], i[2]), 3)) })}
		},
	}
	if d != trace.F64 {
		c = of(d, c)
	}
	c.In = append(c.In, Integers(-3, 2, 2, 2))
	return c
}

func scatter(add bool, d trace.DType) Case {
	c := Case{
		Do: func(x []num.Array) []num.Array {
			if add {
				return []num.Array{num.AddAt(x[0], x[1], x[2])}
			}
			return []num.Array{num.Set(x[0], x[1], x[2])}
		},
		In: []Operand{Reals(-2, 2, 3, 2), Reals(-2, 2, 4, 2)},
		Want: func(x []Tensor) []Tensor {
			y := x[0].Copy()
			Each([]int{4, 2}, func(i []int) {
				at := slot(x[2].At(i[0]), 3)
				v := x[1].At(i...)
				if add {
					v += y.At(at, i[1])
				}
				y.Set(v, at, i[1])
			})
			return []Tensor{y}
		},
	}
	if d != trace.F64 {
		c = of(d, c)
	}
	c.In = append(c.In, Integers(-3, 2, 4))
	return c
}
