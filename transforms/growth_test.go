package transforms_test

import (
	"testing"

	"github.com/gradus-ad/gradus/internal/debug"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// signal is a sum of three damped waves over their envelope: 20 equations of every sort.
func signal(t num.Array) num.Array {
	angle := num.Mul(num.Vector(0.5, 1, 2), t)
	wave := num.Mul(num.Sin(angle), num.Exp(angle))
	envelope := num.Add(1, num.Mul(angle, angle))
	ratio := num.Div(wave, envelope)
	mixed := num.Mul(num.Sub(ratio, num.Sum(wave)), num.Cos(ratio))
	return num.Div(num.Sum(mixed), num.Add(num.Exp(t), num.Sum(ratio)))
}

func equations(f function, x num.Array) int { return len(trace.MustOf(f, x).Equations()) }

func TestGradientsOfGradientsStaySmall(t *testing.T) {
	f := function(signal)
	x := num.Scalar(0.7)
	var counts []int
	for range 7 {
		counts = append(counts, equations(f, x))
		f = transforms.Grad(f)
	}
	t.Log("equations by order:", counts)
	if counts[0] != 20 {
		t.Errorf("the function has %d equations", counts[0])
	}
	if counts[6] > 5000 {
		t.Errorf("the 6th gradient has %d equations", counts[6])
	}
}

// A Hessian-vector product is a constant number of passes, whatever the size of the argument.
func TestHessianVectorProductIsAFewPasses(t *testing.T) {
	f := func(x num.Array) num.Array {
		y := num.Mul(num.Sin(x), num.Exp(num.Mul(-0.5, num.Square(x))))
		return num.Sum(num.Div(num.Mul(x, y), num.Add(1, num.Sum(num.Square(y)))))
	}
	product := func(x num.Array) num.Array {
		_, hv := transforms.JVP(transforms.Grad(f), x, num.Mul(x, 2))
		return hv
	}
	n := equations(f, num.Zeros(10))
	small, large := equations(product, num.Zeros(10)), equations(product, num.Zeros(1000))
	t.Logf("f has %d equations, its Hessian-vector product %d", n, small)
	if small != large {
		t.Errorf("%d equations for 10 elements, %d for 1000", small, large)
	}
	if small > 8*n {
		t.Errorf("%d equations for a function of %d", small, n)
	}
}

// Each transform's work, counted as what it allocates, is linear in the number of equations.
func TestTransformsAreLinear(t *testing.T) {
	debug.CheckFuncs.Store(false)
	defer debug.CheckFuncs.Store(true)
	x := num.Scalar(0.1)
	for name, run := range map[string]func(n int){
		"trace": func(n int) { trace.MustOf(chain(n), x) },
		"grad":  func(n int) { transforms.Grad(chain(n))(x) },
		"jvp":   func(n int) { transforms.JVP(chain(n), x, x) },
		"vmap":  func(n int) { transforms.Vmap(chain(n))(num.Vector(0.1, 0.2)) },
		"hvp":   func(n int) { transforms.JVP(transforms.Grad(chain(n)), x, x) },
		"jit":   func(n int) { transforms.JIT(transforms.Grad(chain(n)))(x) },
	} {
		small := testing.AllocsPerRun(2, func() { run(500) })
		large := testing.AllocsPerRun(2, func() { run(5000) })
		if large > 10.5*small {
			t.Errorf("%s: %v allocations for 500 equations, %v for 5000", name, small, large)
		}
	}
}
