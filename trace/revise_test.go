package trace_test

import (
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// reviseMe has a product of a constant, and behind it what is equal to what stands before.
const reviseMe = `func(a:f64[2]) {
  b:f64[2] = full[value=3.0 type=f64[2]]
  c:f64[2] = mul a b
  d:f64[2] = sin c
  e:f64[2] = cos d
  f:f64[2] = mul d e
  return f
}`

func toRevise(t *testing.T) *trace.Func {
	t.Helper()
	f, err := trace.Parse(reviseMe)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestReviseLooks demands of the operands what rules find while a func is built, and that f stays if there is nothing to do.
func TestReviseLooks(t *testing.T) {
	f := toRevise(t)
	var product num.Array
	g := f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		switch e.Primitive.Name() {
		case "mul":
			if v, ok := trace.Splat(in[1]); product.Traced() || ok && v == 3.0 {
				break
			}
			t.Errorf("the constant is %v", in[1])
		case "sin":
			product = in[0]
			if p, from, ok := trace.Producer(in[0]); !ok || p.Name() != "mul" || from[1].Traced() {
				t.Errorf("the product is made by %v of %v", p, from)
			} else if _, _, ok := trace.Producer(from[0]); ok {
				t.Error("something makes the argument")
			}
		case "cos":
			y := num.Cos(in[0])
			if p, from, ok := trace.Producer(y); !ok || p.Name() != "cos" || !trace.Same(from[0], in[0]) {
				t.Errorf("what is applied is made by %v of %v", p, from)
			}
		}
		return nil, false
	})
	if g != f || f.String() != reviseMe {
		t.Errorf("the func has become %v", g)
	}
}

// TestRevise replaces one equation: what stands before it stays, and is what equal equations behind it become.
func TestRevise(t *testing.T) {
	f := toRevise(t)
	g := f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		if e.Primitive.Name() != "cos" {
			return nil, false
		}
		_, from, _ := trace.Producer(in[0])
		return []trace.Array{num.Exp(num.Sin(from[0]))}, true
	})
	const want = `func(a:f64[2]) {
  b:f64[2] = full[value=3.0 type=f64[2]]
  c:f64[2] = mul a b
  d:f64[2] = sin c
  e:f64[2] = exp d
  f:f64[2] = mul d e
  return f
}`
	if g.String() != want {
		t.Errorf("the func has become %v", g)
	}
	if f.String() != reviseMe {
		t.Errorf("the func was %v", f)
	}
}
