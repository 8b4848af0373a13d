package rows

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/num"
)

// reduction is a case of a function that reduces axes, all if there are none, to f of the elements along them.
func reduction(do func(x num.Array, axes ...int) num.Array, f func([]float64) float64, x Operand, axes ...int) Case {
	return Case{
		Do:   func(x []num.Array) []num.Array { return []num.Array{do(x[0], axes...)} },
		In:   []Operand{x},
		Want: func(x []Tensor) []Tensor { return []Tensor{reduce(x[0], axes, f)} },
	}
}

func reduce(x Tensor, axes []int, f func([]float64) float64) Tensor {
	var kept, lost, shape []int
	for a := range x.Shape {
		if len(axes) == 0 || slices.Contains(axes, a) || slices.Contains(axes, a-len(x.Shape)) {
			lost = append(lost, a)
		} else {
			kept, shape = append(kept, a), append(shape, x.Shape[a])
		}
	}
	var extent []int
	for _, a := range lost {
		extent = append(extent, x.Shape[a])
	}
	return Of(shape, func(i []int) float64 {
		var line []float64
		at := make([]int, len(x.Shape))
		for k, a := range kept {
			at[a] = i[k]
		}
		Each(extent, func(j []int) {
			for k, a := range lost {
				at[a] = j[k]
			}
			line = append(line, x.At(at...))
		})
		return f(line)
	})
}

// loose is a case whose results may differ from the reference by rounding.
func loose(c Case, points ...Point) Case {
	c.Tol = 1e-14
	c.Points = append(c.Points, points...)
	return c
}

func withPoints(c Case, points ...Point) Case {
	c.Points = append(c.Points, points...)
	return c
}

// of1s is a point of a function of one vector and its gradient there.
func vectors(x, grad []float64) Point {
	return Point{In: []Tensor{Vector(x...)}, Grad: []Tensor{Vector(grad...)}}
}

func reductionRows() []Row {
	r := func(shape ...int) Operand { return Reals(-2, 2, shape...) }
	k := Integers(-9, 9, 2, 3)
	v := func(x ...float64) []float64 { return x }
	return []Row{
		{"Sum", "reduce_sum", []Case{loose(reduction(num.Sum, sum, r(2, 3, 2))), loose(reduction(num.Sum, sum, r(2, 3), -1)),
			loose(reduction(num.Sum, sum, r(2, 3, 2), 0, 2)), reduction(num.Sum, sum, k), reduction(num.Sum, sum, Bools(3)),
			reduction(num.Sum, sum, r(2, 0), 1)}},
		{"Mean", "reduce_sum", []Case{loose(reduction(num.Mean, mean, r(2, 3), 1)), loose(reduction(num.Mean, mean, k))}},
		{"Prod", "reduce_prod", []Case{
			loose(reduction(num.Prod, product, r(2, 3), 1)), loose(reduction(num.Prod, product, r(2, 2, 2), 0, 2)), reduction(num.Prod, product, k),
			reduction(num.Prod, product, r(2, 0), 1),
			withPoints(loose(reduction(num.Prod, product, r(3))),
				vectors(v(2, 0, 3), v(0, 6, 0)), vectors(v(0, 0, 3), v(0, 0, 0)), vectors(v(-1, 2, 3), v(6, -3, -2)))}},
		{"Amax", "reduce_max", []Case{reduction(num.Amax, largest, Apart(-2, 2, 2, 2, 2), 0, -1), reduction(num.Amax, largest, Apart(-2, 2, 2, 3), 1), reduction(num.Amax, largest, k, 0),
			withPoints(reduction(num.Amax, largest, Apart(-2, 2, 3)),
				vectors(v(1, 3, 3), v(0, 0.5, 0.5)), vectors(v(1, nan, 2), v(nan, nan, nan)))}},
		{"Amin", "reduce_min", []Case{reduction(num.Amin, smallest, Apart(-2, 2, 2, 3), 1), reduction(num.Amin, smallest, k, 0),
			withPoints(reduction(num.Amin, smallest, Apart(-2, 2, 3)), vectors(v(1, 1, 3), v(0.5, 0.5, 0)))}},
		{"Argmax", "argmax", []Case{reduction(num.Argmax, argOf(largest), Apart(-2, 2, 2, 3), 1), reduction(num.Argmax, argOf(largest), k)}},
		{"Argmin", "argmin", []Case{reduction(num.Argmin, argOf(smallest), Apart(-2, 2, 2, 3), 0), reduction(num.Argmin, argOf(smallest), k)}},
		{"Any", "reduce_any", []Case{reduction(num.Any, largest, Bools(3, 2), 1), reduction(num.Any, largest, Bools(2))}},
		{"All", "reduce_any", []Case{reduction(num.All, smallest, Bools(3, 2), 1), reduction(num.All, smallest, Bools(2))}},
		{"Var", "reduce_sum", []Case{loose(reduction(num.Var, variance, r(2, 3), -1), vectors(v(1, 1, 1), v(0, 0, 0)))}},
		{"Std", "reduce_norm", []Case{loose(reduction(num.Std, deviation, Apart(-2, 2, 2, 3), -1), vectors(v(0.1, 0.1, 0.1), v(0, 0, 0)))}},
		{"Norm", "reduce_norm", []Case{loose(reduction(num.Norm, norm, Apart(-2, 2, 2, 3), 1)),
			loose(reduction(num.Norm, norm, Apart(-2, 2, 2)), vectors(v(0, 0), v(0, 0)), vectors(v(3, 4), v(0.6, 0.8)))}},
		{"LogSumExp", "", []Case{loose(reduction(num.LogSumExp, logSumExp, r(2, 3), 1)),
			loose(reduction(num.LogSumExp, logSumExp, r(2)), vectors(v(0, -inf), v(1, 0)), vectors(v(1000, 1000), v(0.5, 0.5)))}},
		{"KeepDims", "reduce_sum", []Case{{
			Do:   func(x []num.Array) []num.Array { return []num.Array{num.KeepDims(num.Sum, x[0], -1)} },
			In:   []Operand{r(2, 3)},
			Want: func(x []Tensor) []Tensor { return []Tensor{{[]int{2, 1}, reduce(x[0], []int{1}, sum).Data}} },
			Tol:  1e-14,
		}}},
	}
}

// fold is a reduction of a line from left to right.
func fold(x []float64, f func(s, v float64) float64) float64 {
	s := x[0]
	for _, v := range x[1:] {
		s = f(s, v)
	}
	return s
}

func sum(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}

func mean(x []float64) float64 { return sum(x) / float64(len(x)) }

func product(x []float64) float64 {
	return fold(append([]float64{1}, x...), func(s, v float64) float64 { return s * v })
}

func largest(x []float64) float64  { return slices.Max(x) }
func smallest(x []float64) float64 { return slices.Min(x) }

// argOf is the first place of what f gives, or of a NaN.
func argOf(f func([]float64) float64) func([]float64) float64 {
	return func(x []float64) float64 {
		y := f(x)
		return float64(slices.IndexFunc(x, func(v float64) bool { return v == y || math.IsNaN(v) }))
	}
}

func variance(x []float64) float64 {
	m := mean(x)
	s := 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return s / float64(len(x))
}

func deviation(x []float64) float64 { return math.Sqrt(variance(x)) }

func norm(x []float64) float64 { return fold(append([]float64{0}, x...), math.Hypot) }

func logSumExp(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += math.Exp(v)
	}
	if s == inf && slices.Max(x) < inf { // of huge elements, a tie
		return slices.Max(x) + math.Log(float64(len(x)))
	}
	return math.Log(s)
}

// running is a case of a cumulative function: f turns the elements along an axis into as many.
func running(do func(x num.Array, axis int) num.Array, f func([]float64) []float64, x Operand, axis int) Case {
	return Case{
		Do:   func(x []num.Array) []num.Array { return []num.Array{do(x[0], axis)} },
		In:   []Operand{x},
		Want: func(x []Tensor) []Tensor { return []Tensor{along(x[0], axis, f)} },
	}
}

func along(x Tensor, axis int, f func([]float64) []float64) Tensor {
	return Of(x.Shape, func(i []int) float64 {
		at := slices.Clone(i)
		line := make([]float64, x.Shape[axis])
		for k := range line {
			at[axis] = k
			line[k] = x.At(at...)
		}
		return f(line)[i[axis]]
	})
}

// runs is what f makes of each leading part of a line.
func runs(f func([]float64) float64) func([]float64) []float64 {
	return func(x []float64) []float64 {
		y := make([]float64, len(x))
		for k := range x {
			y[k] = f(x[:k+1])
		}
		return y
	}
}

func backwards(f func([]float64) []float64) func([]float64) []float64 {
	return func(x []float64) []float64 {
		x = slices.Clone(x)
		slices.Reverse(x)
		y := f(x)
		slices.Reverse(y)
		return y
	}
}

// textual is running for a primitive given as text, on f64[3,2] along axis 0.
func textual(primitive string, f func([]float64) []float64, x Operand) Case {
	c := running(nil, f, x, 0)
	c.Name = primitive
	t := x.Type.String()
	c.Do = IR("func(a:" + t + ") { b:" + t + " = " + primitive + " a return b }")
	return c
}

func cumulativeRows() []Row {
	r := func(shape ...int) Operand { return Reals(-2, 2, shape...) }
	k := Integers(-9, 9, 2, 3)
	v := func(x ...float64) []float64 { return x }
	softmax := func(x []float64) []float64 {
		m := slices.Max(x)
		y := make([]float64, len(x))
		for i := range x {
			y[i] = math.Exp(x[i] - m)
		}
		s := sum(y)
		for i := range y {
			y[i] /= s
		}
		return y
	}
	logSoftmax := func(x []float64) []float64 {
		m := slices.Max(x)
		y := make([]float64, len(x))
		for i := range x {
			y[i] = math.Exp(x[i] - m)
		}
		s := math.Log(sum(y))
		for i := range y {
			y[i] = x[i] - m - s
		}
		return y
	}
	delay := func(fill float64) func([]float64) []float64 {
		return func(x []float64) []float64 { return append([]float64{fill}, x[:len(x)-1]...) }
	}
	return []Row{
		{"CumSum", "cumsum", []Case{loose(running(num.CumSum, runs(sum), r(2, 3), 1)), loose(running(num.CumSum, runs(sum), r(3, 2), 0)),
			running(num.CumSum, runs(sum), k, 1), loose(textual("cumsum[axis=0 reverse=true]", backwards(runs(sum)), r(3, 2)))}},
		{"CumProd", "cumprod", []Case{running(num.CumProd, runs(product), r(2, 3), 1), running(num.CumProd, runs(product), k, 1),
			textual("cumprod[axis=0 reverse=true]", backwards(runs(product)), r(3, 2)),
			withPoints(running(num.CumProd, runs(product), r(3), 0), vectors(v(2, 0, 3), v(1, 8, 0)), vectors(v(0, 0, 3), v(1, 0, 0)))}},
		{"CumMax", "cummax", []Case{running(num.CumMax, runs(largest), Apart(-2, 2, 2, 3), 1), running(num.CumMax, runs(largest), k, 1),
			withPoints(running(num.CumMax, runs(largest), Apart(-2, 2, 3), 0),
				vectors(v(1, 1, 1), v(1+0.5+1./3, 0.5+1./3, 1./3)), vectors(v(2, 1, 2), v(1+1+0.5, 0, 0.5)))}},
		{"CumMin", "cummin", []Case{running(num.CumMin, runs(smallest), Apart(-2, 2, 2, 3), 1),
			withPoints(running(num.CumMin, runs(smallest), Apart(-2, 2, 2), 0), vectors(v(1, 1), v(1.5, 0.5)))}},
		{"Softmax", "", []Case{loose(running(num.Softmax, softmax, r(2, 3), 1)),
			loose(running(num.Softmax, softmax, r(2), 0), vectors(v(0, -inf), v(0, 0)))}},
		{"LogSoftmax", "", []Case{loose(running(num.LogSoftmax, logSoftmax, r(2, 3), 1))}},
		{"CumProd", "shift", []Case{
			textual("shift[axis=0 reverse=false fill=0.0]", delay(0), r(3, 2)),
			textual("shift[axis=0 reverse=true fill=1.0]", backwards(delay(1)), r(3, 2)),
			textual("shift[axis=0 reverse=false fill=1.0]", delay(1), Bools(3, 2)),
		}},
		{"CumProd", "recurrence", []Case{recurrence(false), recurrence(true)}},
		{"CumMax", "segsum", []Case{segments(false), segments(true)}},
	}
}

// recurrence is h[i] = a[i] h[i-1] + b[i].
func recurrence(reverse bool) Case {
	text := "func(a:f64[4], b:f64[4]) { c:f64[4] = recurrence[axis=0 reverse=" + word(reverse) + "] a b return c }"
	return pairwise(text, reverse, Reals(-2, 2, 4), func(a, h, b float64) float64 { return a*h + b })
}

// segments are running sums that start again where a bool is false.
func segments(reverse bool) Case {
	text := "func(b:f64[4], keep:bool[4]) { c:f64[4] = segsum[axis=0 reverse=" + word(reverse) + "] b keep return c }"
	c := pairwise(text, reverse, Bools(4), func(keep, h, b float64) float64 { return where(keep != 0, h+b, b) })
	in, want := c.In, c.Want
	c.In = []Operand{in[1], in[0]}
	c.Want = func(x []Tensor) []Tensor { return want([]Tensor{x[1], x[0]}) }
	return c
}

func pairwise(text string, reverse bool, a Operand, f func(a, h, b float64) float64) Case {
	return Case{
		Name: "reverse=" + word(reverse),
		Do:   IR(text),
		In:   []Operand{a, Reals(-2, 2, 4)},
		Want: func(x []Tensor) []Tensor {
			y := x[1].Copy()
			order := []int{0, 1, 2, 3}
			if reverse {
				slices.Reverse(order)
			}
			for k, i := range order[1:] {
				y.Data[i] = f(x[0].At(i), y.Data[order[k]], x[1].At(i))
			}
			return []Tensor{y}
		},
	}
}

func word(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// ascend sorts a line; equal elements keep their order, and NaN come last.
func ascend(x []float64) []float64 {
	x = slices.Clone(x)
	slices.SortStableFunc(x, order)
	return x
}

func order(a, b float64) int {
	switch {
	case math.IsNaN(a) || math.IsNaN(b):
		return int(truth(math.IsNaN(a)) - truth(math.IsNaN(b)))
	case a < b:
		return -1
	}
	return int(truth(b < a))
}

func positions(x []float64) []float64 {
	at := make([]float64, len(x))
	for i := range at {
		at[i] = float64(i)
	}
	slices.SortStableFunc(at, func(a, b float64) int { return order(x[int(a)], x[int(b)]) })
	return at
}

func sortingRows() []Row {
	v := func(x ...float64) []float64 { return x }
	topK := Case{
		Do: func(x []num.Array) []num.Array {
			values, at := num.TopK(x[0], 2)
			return []num.Array{values, at}
		},
		In: []Operand{Apart(-2, 2, 2, 3)},
		Want: func(x []Tensor) []Tensor {
			minus := along(x[0], 1, func(x []float64) []float64 { // the largest first, equal ones in order
				y := make([]float64, len(x))
				for i := range x {
					y[i] = where(math.IsNaN(x[i]), -inf, -x[i])
					y[i] = where(x[i] == inf, -math.MaxFloat64, y[i])
				}
				return positions(y)
			})
			at := Of([]int{2, 2}, func(i []int) float64 { return minus.At(i...) })
			return []Tensor{Of(at.Shape, func(i []int) float64 { return x[0].At(i[0], int(at.At(i...))) }), at}
		},
	}
	return []Row{
		{"Sort", "argsort", []Case{running(num.Sort, ascend, Apart(-2, 2, 2, 3), 1), running(num.Sort, ascend, Integers(-3, 3, 5), 0),
			running(num.Sort, ascend, Apart(-2, 2, 3, 2), 0)}},
		{"Argsort", "argsort", []Case{running(num.Argsort, positions, Apart(-2, 2, 2, 3), 1), running(num.Argsort, positions, Integers(-3, 3, 5), 0)}},
		{"TopK", "argsort", []Case{topK}},
		{"Sort", "gather", []Case{{
			Name: "weighted",
			Do: func(x []num.Array) []num.Array {
				return []num.Array{num.Dot(num.Sort(x[0], 0), num.Vector(1, 2, 3))}
			},
			In: []Operand{Apart(-2, 2, 3)},
			Want: func(x []Tensor) []Tensor {
				y := ascend(x[0].Data)
				return []Tensor{Scalar(y[0] + 2*y[1] + 3*y[2])}
			},
			Tol: 1e-14, Contraction: true,
			Points: []Point{vectors(v(2, 1, 1), v(3, 1, 2))},
		}}},
		{"Searchsorted", "searchsorted", []Case{{
			Do: func(x []num.Array) []num.Array { return []num.Array{num.Searchsorted(x[0], x[1])} },
			In: []Operand{Ascending(-2, 2, 4), Reals(-2, 2, 2, 3)},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{each(x[1], func(v float64) float64 {
					n := 0.0
					for _, s := range x[0].Data {
						n += truth(order(s, v) < 0)
					}
					return n
				})}
			},
			Finite: true, // an infinite element may leave the first operand out of order
		}}},
	}
}
