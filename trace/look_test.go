package trace_test

import (
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestLook demands of the arrays that stand for variables what rules find while a func is built.
func TestLook(t *testing.T) {
	f, err := trace.Parse(`func(a:f64[2]) {
  b:f64[2] = full[value=3.0 type=f64[2]]
  c:f64[2] = mul a b
  d:f64[2] = sin c
  return d
}`)
	if err != nil {
		t.Fatal(err)
	}
	before := f.String()
	var kept num.Array
	f.Look(func(vars []trace.Array) {
		if v, ok := trace.Splat(vars[1]); !ok || v != 3.0 {
			t.Errorf("the constant is %v", v)
		}
		p, in, ok := trace.Producer(vars[2])
		if !ok || p.Name() != "mul" || !trace.Same(in[0], vars[0]) || !trace.Same(in[1], vars[1]) {
			t.Errorf("the product is made by %v of %v", p, in)
		}
		if _, _, ok := trace.Producer(vars[0]); ok {
			t.Error("something makes the argument")
		}
		kept = num.Cos(vars[3])
		if p, in, ok := trace.Producer(kept); !ok || p.Name() != "cos" || !trace.Same(in[0], vars[3]) {
			t.Errorf("what is applied is made by %v of %v", p, in)
		}
	})
	if f.String() != before {
		t.Errorf("the func has become %v", f)
	}
	if err := trace.Try(func() { num.Sin(kept) }); err == nil || !strings.Contains(err.Error(), "escaped") {
		t.Errorf("an array is used afterwards: %v", err)
	}
}
