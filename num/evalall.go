package num

import "math"

// Functions that are applied to large arrays, in loops of their own: to call one by its rule, which the compiler does not know, takes
// as long as many of them.

func (square) EvalAll(y, x []float64) {
	for i, v := range x {
		y[i] = v * v
	}
}

func (sqrt) EvalAll(y, x []float64) {
	for i, v := range x {
		y[i] = math.Sqrt(v)
	}
}

func (oneMinusSquare) EvalAll(y, x []float64) {
	for i, v := range x {
		y[i] = oneMinusSquare{}.Eval(v)
	}
}

func (exp) EvalAll(y, x []float64) {
	for i, v := range x {
		y[i] = exp{}.Eval(v)
	}
}

func (sin) EvalAll(y, x []float64) {
	for i, v := range x {
		y[i] = sin{}.Eval(v)
	}
}

func (cos) EvalAll(y, x []float64) {
	for i, v := range x {
		y[i] = cos{}.Eval(v)
	}
}

func (tanh) EvalAll(y, x []float64) {
	for i, v := range x {
		y[i] = math.Tanh(v)
	}
}
