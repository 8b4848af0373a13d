package main

import (
	"math"

	"github.com/born-ml/born/autodiff"
	"github.com/born-ml/born/backend/cpu"
	bornnn "github.com/born-ml/born/nn"
	"github.com/born-ml/born/optim"
	"github.com/born-ml/born/tensor"
	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"
	"github.com/nlpodyssey/spago/optimizers/sgd"
)

// pulled is the gradient of f at x, a column.
func pulled(f func(x mat.Tensor) mat.Tensor, x ...float64) []float64 {
	v := mat.NewDense[float64](mat.WithBacking(x), mat.WithGrad(true))
	if err := ag.Backward(f(v)); err != nil {
		panic(err)
	}
	return v.Grad().Data().F64()
}

func spagoMixed(x mat.Tensor) mat.Tensor {
	return ag.Add(ag.Prod(ag.At(x, 0), ag.At(x, 1)), ag.Sin(ag.At(x, 0)))
}

// spagoRuled is x² with a rule.
type spagoRuled struct{ x mat.Tensor }

func (r spagoRuled) Forward() (mat.Tensor, error) {
	return r.x.Value().(mat.Matrix).Prod(r.x.Value().(mat.Matrix)), nil
}
func (r spagoRuled) Backward(gy mat.Tensor) error {
	r.x.AccGrad(gy.(mat.Matrix).Prod(r.x.Value().(mat.Matrix)).ProdScalar(10))
	return nil
}
func (r spagoRuled) Operands() []mat.Tensor { return []mat.Tensor{r.x} }

const noBackward = `(?i)hess|creategraph|higherorder|doublebackward`

var spago = &library{"spago", "github.com/nlpodyssey/spago", map[string]shown{
	"reverse": does(func() []float64 { return pulled(spagoMixed, at, 2) }),
	"forward": absent(`(?i)jvp|forwardmode|tangent`),
	"vjp": partly("set on the result before Backward", func() []float64 {
		return pulled(func(x mat.Tensor) mat.Tensor {
			y := ag.Concat(ag.Prod(ag.At(x, 0), ag.At(x, 1)), ag.Sin(ag.At(x, 0)))
			y.AccGrad(mat.NewDense[float64](mat.WithBacking([]float64{3, 4})))
			return y
		}, at, 2)
	}),
	"second":   absent(noBackward),
	"third":    absent(noBackward),
	"slices":   absent(noBackward),
	"product":  absent(noBackward),
	"jacobian": absent(`(?i)jacob`),
	"vmap":     absent(`(?i)vmap`),
	"compile":  absent(`(?i)jit|compile`),
	"loop": partly("unrolled on the tape", func() []float64 {
		return pulled(func(x mat.Tensor) mat.Tensor {
			y := mat.Tensor(mat.Scalar(1.0))
			for range 10 {
				y = ag.AddScalar(ag.Prod(x, y), mat.Scalar(1.0))
			}
			return y
		}, at)
	}),
	"while": does(func() []float64 {
		return pulled(func(x mat.Tensor) mat.Tensor {
			y := x
			for v := y.Item().F64(); math.Abs(v*v-x.Item().F64()) > 1e-12; v = y.Item().F64() {
				y = ag.ProdScalar(ag.Add(y, ag.Div(x, y)), mat.Scalar(0.5))
			}
			return y
		}, 2)
	}),
	"branch": partly("by Go's if, an element at a time", func() []float64 {
		return pulled(func(x mat.Tensor) mat.Tensor {
			sum := ag.ProdScalar(ag.At(x, 0), mat.Scalar(0.0))
			for i := range x.Size() {
				if e := ag.At(x, i); e.Item().F64() > 0 {
					sum = ag.Add(sum, ag.Log(e))
				}
			}
			return sum
		}, 0, 2)
	}),
	"checkpoint": absent(`(?i)checkpoint|rematerial`),
	"custom": does(func() []float64 {
		return pulled(func(x mat.Tensor) mat.Tensor { return ag.NewOperator(spagoRuled{x}).Run() }, 3)
	}),
	"struct":   absent(`(?i)pytree|gradstruct`),
	"solve":    absent(`(?i)solve|cholesky`),
	"implicit": absent(`(?i)implicit|fixedpoint`),
	"optimize": absent(`(?i)funcgrad|optimi[sz]eproblem`),
	"network": does(func() []float64 {
		x := nn.NewParam(mat.NewDense[float64](mat.WithBacking([]float64{1}), mat.WithGrad(true)))
		if err := ag.Backward(ag.Square(x)); err != nil {
			panic(err)
		}
		if err := sgd.New[float64](sgd.NewConfig(0.1, 0, false)).OptimizeParams(x); err != nil {
			panic(err)
		}
		return x.Data().F64()
	}),
	"check": absent(`(?i)gradcheck|checkgrad|numericgrad`),
	"float32": does(func() []float64 {
		x := mat.NewDense[float32](mat.WithBacking([]float32{3}), mat.WithGrad(true))
		if err := ag.Backward(ag.Square(x)); err != nil {
			panic(err)
		}
		return []float64{float64(x.Grad().Data().F32()[0])}
	}),
	"complex": absent(`(?i)complex`),
	"sparse":  absent(`(?i)sparsejac|jacob|colou?ring`),
}}

type bornTensor[T tensor.DType] = *tensor.Tensor[T, *autodiff.Backend[*cpu.Backend]]

// taped is the gradient of the sum of f at x, a vector.
func taped[T tensor.DType](f func(x bornTensor[T]) bornTensor[T], x ...T) []T {
	backend := autodiff.New(cpu.New())
	v := must(tensor.FromSlice(x, tensor.Shape{len(x)}, backend))
	backend.Tape().StartRecording()
	return tensor.New[T](autodiff.Backward(f(v), backend)[v.Raw()], backend).Data()
}

func pick(x bornTensor[float64], i int32) bornTensor[float64] {
	return x.Gather(0, must(tensor.FromSlice([]int32{i}, tensor.Shape{1}, x.Backend())))
}

func bornMixed(x bornTensor[float64]) bornTensor[float64] {
	return pick(x, 0).Mul(pick(x, 1)).Add(pick(x, 0).Sin())
}

var born = &library{"born", "github.com/born-ml/born", map[string]shown{
	"reverse": does(func() []float64 { return taped(bornMixed, at, 2) }),
	"forward": absent(`(?i)jvp|forwardmode|tangent`),
	"vjp": partly("Backward takes ones; of the products with the cotangents", func() []float64 {
		return taped(func(x bornTensor[float64]) bornTensor[float64] {
			return pick(x, 0).Mul(pick(x, 1)).MulScalar(3).Add(pick(x, 0).Sin().MulScalar(4))
		}, at, 2)
	}),
	"second":   absent(noBackward),
	"third":    absent(noBackward),
	"slices":   absent(noBackward),
	"product":  absent(noBackward),
	"jacobian": absent(`(?i)jacob`),
	"vmap":     absent(`(?i)vmap`),
	"compile":  absent(`(?i)jit\b|compile`),
	"loop": partly("unrolled on the tape", func() []float64 {
		return taped(func(x bornTensor[float64]) bornTensor[float64] {
			y := tensor.Ones[float64](tensor.Shape{1}, x.Backend())
			for range 10 {
				y = x.Mul(y).AddScalar(1)
			}
			return y
		}, at)
	}),
	"while": does(func() []float64 {
		return taped(func(x bornTensor[float64]) bornTensor[float64] {
			y := x
			for v := y.Data()[0]; math.Abs(v*v-x.Data()[0]) > 1e-12; v = y.Data()[0] {
				y = y.Add(x.Div(y)).MulScalar(0.5)
			}
			return y
		}, 2)
	}),
	"branch": does(func() []float64 {
		return taped(func(x bornTensor[float64]) bornTensor[float64] {
			zero := tensor.Zeros[float64](tensor.Shape{2}, x.Backend())
			return tensor.Where(x.Greater(zero), x.Log(), zero)
		}, 0, 2)
	}),
	"checkpoint": absent(`(?i)gradcheckpoint|gradientcheckpoint|remat`),
	"custom":     absent(`(?i)customgrad|customop|autogradfunction`),
	"struct":     absent(`(?i)pytree|gradstruct`),
	"solve":      absent(`(?i)solve|cholesky`),
	"implicit":   absent(`(?i)implicit|fixedpoint`),
	"optimize":   absent(`(?i)funcgrad|optimi[sz]eproblem`),
	"network": partly("in float32", func() []float64 {
		backend := autodiff.New(cpu.New())
		x := bornnn.NewParameter("x", must(tensor.FromSlice([]float32{1}, tensor.Shape{1}, backend)))
		backend.Tape().StartRecording()
		gradients := autodiff.Backward(x.Tensor().Mul(x.Tensor()), backend)
		optim.NewSGD([]*bornnn.Parameter[*autodiff.Backend[*cpu.Backend]]{x}, optim.SGDConfig{LR: 0.1}, backend).Step(gradients)
		return []float64{float64(x.Tensor().Data()[0])}
	}),
	"check": absent(`(?i)gradcheck|checkgrad|numericgrad`),
	"float32": does(func() []float64 {
		return []float64{float64(taped(func(x bornTensor[float32]) bornTensor[float32] { return x.Mul(x) }, 3)[0])}
	}),
	"complex": absent(`(?i)complex`),
	"sparse":  absent(`(?i)sparsejac|jacob|colou?ring`),
}}
