package small

import (
	"bitbucket.org/dtolpin/infergo/ad"
	"math"
)

type Mixed struct{}

func (m *Mixed) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	return ad.Return(ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, &x[0], &x[1]), ad.Elemental(math.Sin, &x[0])))
}

type Horner struct{}

func (m *Horner) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var y float64
	ad.Assignment(&y, ad.Value(1.0))
	for i := 0; i < 10; i = i + 1 {
		ad.Assignment(&y, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, &x[0], &y), ad.Value(1)))
	}
	return ad.Return(&y)
}

type Newton struct{}

func (m *Newton) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var y float64
	ad.Assignment(&y, &x[0])
	for math.Abs(y*y-x[0]) > 1e-12 {
		ad.Assignment(&y, ad.Arithmetic(ad.OpMul, ad.Value(0.5), (ad.Arithmetic(ad.OpAdd, &y, ad.Arithmetic(ad.OpDiv, &x[0], &y)))))
	}
	return ad.Return(&y)
}

type Logs struct{}

func (m *Logs) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var sum float64
	ad.Assignment(&sum, ad.Value(0.0))
	for i := 0; i < len(x); i = i + 1 {
		if x[i] > 0 {
			ad.Assignment(&sum, ad.Arithmetic(ad.OpAdd, &sum, ad.Elemental(math.Log, &x[i])))
		}
	}
	return ad.Return(&sum)
}

type Ruled struct{}

func (m *Ruled) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	return ad.Return(ad.Elemental(Square, &x[0]))
}

func Square(x float64) float64 { return x * x }

type Parabola struct{}

func (m *Parabola) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	return ad.Return(ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpNeg, (ad.Arithmetic(ad.OpSub, &x[0], ad.Value(3)))), (ad.Arithmetic(ad.OpSub, &x[0], ad.Value(3)))))
}
