package rows

import (
	"math"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

func arithmeticRows() []Row {
	r := func(shape ...int) Operand { return Reals(-3, 3, shape...) }
	k := func(shape ...int) Operand { return Integers(-9, 9, shape...) }
	add := func(x, y num.Array) num.Array { return num.Add(x, y) }
	mul := func(x, y num.Array) num.Array { return num.Mul(x, y) }
	plus := func(x, y float64) float64 { return x + y }
	minus := func(x, y float64) float64 { return x - y }
	times := func(x, y float64) float64 { return x * y }
	over := func(x, y float64) float64 { return x / y }
	minusOf := func(x float64) float64 { return -x }
	return []Row{
		{"Add", "add", []Case{of2(add, plus, r(2, 3), r(2, 3)), of2(add, plus, r(2, 1), r(3)), of2(add, plus, k(4), k(4))}},
		{"Sub", "sub", []Case{of2(num.Sub[num.Array, num.Array], minus, r(2, 3), r(2, 3)), of2(num.Sub[num.Array, num.Array], minus, k(4), k(4))}},
		{"Mul", "mul", []Case{of2(mul, times, r(2, 3), r(2, 3)), of2(mul, times, r(), r(3, 1)), of2(mul, times, k(4), k(4))}},
		{"Div", "div", []Case{
			of2(num.Div[num.Array, num.Array], over, r(2, 3), Reals(0.5, 2, 2, 3).Or(-2, -0.5), at2(1, 0, inf, -inf), at2(0, 0, inf, nan)),
			of2(num.Div[num.Array, num.Array], over, k(4), Integers(1, 9, 4)),
		}},
		{"Neg", "neg", []Case{of1(num.Neg, minusOf, r(2, 3), at(0, -1)), of1(num.Neg, minusOf, k(3))}},
		{"fma", "fma", []Case{fmaCase()}},
		// What looks like algebra and is not, at NaN, infinities and -0.
		{"Add", "add", []Case{of1(func(x num.Array) num.Array { return num.Add(x, 0.0) }, func(x float64) float64 { return x + 0 }, r(2)),
			of1(func(x num.Array) num.Array { return num.Add(x, minus0) }, func(x float64) float64 { return x + minus0 }, r(2))}},
		{"Sub", "sub", []Case{of1(func(x num.Array) num.Array { return num.Sub(x, x) }, func(x float64) float64 { return x - x }, r(2)),
			of1(func(x num.Array) num.Array { return num.Sub(0.0, x) }, func(x float64) float64 { return 0 - x }, r(2)),
			of1(func(x num.Array) num.Array { return num.Sub(x, 0.0) }, func(x float64) float64 { return x - 0 }, r(2)),
			of1(func(x num.Array) num.Array { return num.Sub(x, minus0) }, func(x float64) float64 { return x - minus0 }, r(2))}},
		{"Mul", "mul", []Case{of1(func(x num.Array) num.Array { return num.Mul(x, 0.0) }, func(x float64) float64 { return x * 0 }, r(2)),
			of1(func(x num.Array) num.Array { return num.Mul(x, -1.0) }, func(x float64) float64 { return x * -1 }, r(2))}},
		{"Div", "div", []Case{of1(func(x num.Array) num.Array { return num.Div(0.0, x) }, func(x float64) float64 { return 0 / x }, Reals(0.5, 2, 2)),
			of1(func(x num.Array) num.Array { return num.Div(x, x) }, func(x float64) float64 { return x / x }, Reals(0.5, 2, 2))}},
		comparison("Equal", "eq", num.Equal[num.Array, num.Array], func(x, y float64) bool { return x == y }),
		comparison("NotEqual", "ne", num.NotEqual[num.Array, num.Array], func(x, y float64) bool { return x != y }),
		comparison("Less", "lt", num.Less[num.Array, num.Array], func(x, y float64) bool { return x < y }),
		comparison("LessEqual", "le", num.LessEqual[num.Array, num.Array], func(x, y float64) bool { return x <= y }),
		comparison("Greater", "lt", num.Greater[num.Array, num.Array], func(x, y float64) bool { return x > y }),
		comparison("GreaterEqual", "le", num.GreaterEqual[num.Array, num.Array], func(x, y float64) bool { return x >= y }),
		{"And", "and", []Case{of2(num.And, math.Min, Bools(2, 3), Bools(3))}},
		{"Or", "or", []Case{of2(num.Or, math.Max, Bools(2, 3), Bools(3))}},
		{"Not", "not", []Case{of1(num.Not, func(x float64) float64 { return 1 - x }, Bools(4))}},
		whereRow(),
		{"Convert", "convert", []Case{
			convertTo(trace.I64, math.Trunc, Reals(-2.9, -2.1, 3).Or(0.1, 0.9)),
			convertTo(trace.Bool, notZero, r(3)),
			convertTo(trace.F64, func(x float64) float64 { return x }, k(3)),
			convertTo(trace.Bool, notZero, Integers(-1, 1, 5)),
			convertTo(trace.F64, func(x float64) float64 { return x }, Bools(3)),
			convertTo(trace.I64, func(x float64) float64 { return x }, Bools(3)),
		}},
		{"StopGradient", "stop_gradient", []Case{constant(of1(num.StopGradient, func(x float64) float64 { return x }, r(3), at(1, 0)))}},
		{"Name", "name", []Case{of1(func(x num.Array) num.Array { return trace.Name(x, "x") }, func(x float64) float64 { return x }, r(3), at(1, 1))}},
		{"Tap", "tap", []Case{of1(func(x num.Array) num.Array { return num.Tap(x, func(num.Array) {}) }, func(x float64) float64 { return x }, r(3), at(1, 1))}},
		{"Full", "full", []Case{{
			Do:   IR("func() { a:f64[2,2] = full[value=1.5 type=f64[2,2]] return a }"),
			Want: func([]Tensor) []Tensor { return []Tensor{Of([]int{2, 2}, func([]int) float64 { return 1.5 })} },
		}}},
		{"New", "constant", []Case{{
			Do:   IR("func() { a:i64[3] = constant[value=i64[3]{4,-5,6}] return a }"),
			Want: func([]Tensor) []Tensor { return []Tensor{Vector(4, -5, 6)} },
		}}},
		{"", "units", []Case{{
			Do: IR("func(a:f64[3,2]) { b:f64[3,2] = units[first=-1 type=f64[3,2]] c:f64[3,2] = mul a b d:bool[2] = units[first=-1 type=bool[2]] return c d }"),
			In: []Operand{Reals(-3, 3, 3, 2)},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{Of([]int{3, 2}, func(i []int) float64 { return x[0].At(i...) * truth(i[1] == i[0]-1) }), Vector(0, 1)}
			},
		}}},
	}
}

// fmaCase is a product and a sum with one rounding: the reference is exact where two roundings are not.
func fmaCase() Case {
	up := 1 + 0x1p-30
	return Case{
		Do: IR("func(a:f64[3], b:f64[3], c:f64[3]) { d:f64[3] = fma a b c return d }"),
		In: []Operand{Reals(-3, 3, 3), Reals(-3, 3, 3), Reals(-3, 3, 3)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of(x[0].Shape, func(i []int) float64 { return math.FMA(x[0].At(i...), x[1].At(i...), x[2].At(i...)) })}
		},
		Points: []Point{{Name: "one rounding", In: []Tensor{Vector(up, 0, inf), Vector(up, -1, 2), Vector(-1-0x1p-29, minus0, -1)},
			Grad: []Tensor{Vector(up, -1, 2), Vector(up, 0, inf), Vector(1, 1, 1)}}},
	}
}

var minus0 = math.Copysign(0, -1)

func comparison(name, primitive string, f func(x, y num.Array) num.Array, want func(x, y float64) bool) Row {
	reference := func(x, y float64) float64 { return truth(want(x, y)) }
	return Row{name, primitive, []Case{
		of2(f, reference, Apart(-2, 1.95, 2, 2), Apart(-1.9, 2, 2, 2)),
		of2(f, reference, Integers(-1, 1, 9), Integers(-1, 1, 9)),
	}}
}

func whereRow() Row {
	choose := func(x, y Operand, points ...Point) Case {
		return Case{
			Do: func(x []num.Array) []num.Array { return []num.Array{num.Where(x[0], x[1], x[2])} },
			In: []Operand{Bools(2, 3), x, y},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{Of(x[0].Shape, func(i []int) float64 {
					return where(x[0].At(i...) != 0, x[1].stretched(i), x[2].stretched(i))
				})}
			},
			Points: points,
		}
	}
	side := func(c, da, db float64) Point {
		return Point{In: []Tensor{Vector(c), Vector(1), Vector(2)}, Grad: []Tensor{Vector(da), Vector(db)}}
	}
	return Row{"Where", "select", []Case{
		choose(Reals(-2, 2, 2, 3), Reals(-2, 2, 2, 3), side(1, 1, 0), side(0, 0, 1)),
		choose(Reals(-2, 2), Reals(-2, 2, 3)),
		choose(Integers(-9, 9, 2, 3), Integers(-9, 9, 2, 3)),
		choose(Bools(2, 3), Bools(2, 3)),
		{
			Name: "one condition for all",
			Do:   func(x []num.Array) []num.Array { return []num.Array{num.Where(x[0], x[1], x[2])} },
			In:   []Operand{Bools(), Reals(-2, 2, 2, 3), Reals(-2, 2, 2, 3)},
			Want: func(x []Tensor) []Tensor {
				if x[0].At() != 0 {
					return x[1:2]
				}
				return x[2:3]
			},
		},
	}}
}

func convertTo(d trace.DType, want func(float64) float64, x Operand) Case {
	c := of1(func(x num.Array) num.Array { return num.Convert(x, d) }, want, x)
	c.Name = x.Type.DType.String() + " to " + d.String()
	c.Finite = d == trace.I64 // what NaN becomes depends on the processor
	return c
}

func notZero(x float64) float64 { return truth(x != 0) }

func constant(c Case) Case {
	c.Constant = true
	return c
}
