package gradcheck_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// twice is x², with a derivative that is wrong.
type twice struct{}

func (twice) Name() string                        { return "twice" }
func (twice) Eval(x float64) float64              { return x * x }
func (twice) Derivative(x, _ num.Array) num.Array { return x }

// late is sin, right at first order: its derivative's own derivative is wrong.
type late struct{}

func (late) Name() string                        { return "late" }
func (late) Eval(x float64) float64              { return math.Sin(x) }
func (late) Derivative(x, _ num.Array) num.Array { return num.Apply1[lateCos](x) }

type lateCos struct{}

func (lateCos) Name() string                        { return "late_cos" }
func (lateCos) Eval(x float64) float64              { return math.Cos(x) }
func (lateCos) Derivative(x, _ num.Array) num.Array { return num.Sin(x) } // the sign is missing

// slightly is exp, with a derivative that is wrong by one part in ten thousand.
type slightly struct{}

func (slightly) Name() string                        { return "slightly" }
func (slightly) Eval(x float64) float64              { return math.Exp(x) }
func (slightly) Derivative(_, y num.Array) num.Array { return num.Mul(y, 1.0001) }

// bend is x·y with a wrong derivative by y only.
type bend struct{}

func (bend) Name() string              { return "bend" }
func (bend) Eval(x, y float64) float64 { return x * y }
func (bend) Derivatives(x, y, _ num.Array) (dx, dy num.Array) {
	return y, num.Add(x, num.Where(num.Greater(y, 2), 1, 0))
}

// shear is linear; its transpose forgets a factor.
type shear struct{}

func (shear) Name() string                                { return "shear" }
func (shear) Infer(in []trace.Type) ([]trace.Type, error) { return in, nil }
func (shear) Linear([]bool) bool                          { return true }

func (shear) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	for i, x := range in[0].F64 {
		y.F64[i] = 3 * x
	}
	return []trace.Buffer{y}
}

func (p shear) JVP(in, _ []num.Array, t []num.Tangent) []num.Tangent {
	return []num.Tangent{num.LinearTangent(p, in, 0, t[0])}
}

func (shear) Transpose(t *trace.Transposition) []num.Tangent { return t.Ct }

func (p shear) Batch(in []num.Array, m []bool, _ int) ([]num.Array, []bool) {
	return trace.Apply(p, in...), m
}

type layer struct {
	Name   string
	Weight num.Array
	Bias   []num.Array
	Shift  num.Array // integers
	Scale  num.Array `grad:"-"`
}

func newLayer() layer {
	return layer{"l", num.New([]float64{.1, 2.5, -.3, .4, 3.1, .6}, 2, 3),
		[]num.Array{num.Vector(.5, -.5, 1.5), num.Scalar(.25)}, num.FromInts([]int{1, 2}, 2), num.Scalar(2)}
}

func TestRight(t *testing.T) {
	type out struct {
		Y     num.Array
		Count num.Array
		Loss  num.Array
	}
	f := func(l layer) out {
		y := num.Mul(num.Sin(num.Add(num.Mul(l.Weight, l.Scale), l.Bias[0])), l.Bias[1])
		return out{y, l.Shift, num.Sum(num.Div(y, num.Add(2, num.Cos(y))))}
	}
	if err := gradcheck.Check(f, newLayer(), gradcheck.Order(3)); err != nil {
		t.Error(err)
	}
}

func TestRightFunctions(t *testing.T) {
	tests := []struct {
		name string
		f    func(num.Array) num.Array
		x    num.Array
	}{
		{"constant", func(num.Array) num.Array { return num.Vector(1, 2) }, num.Vector(1, 2)},
		{"zero derivative of zero", func(x num.Array) num.Array {
			return num.Sub(num.Add(num.Square(num.Sin(x)), num.Square(num.Cos(x))), 1)
		}, num.Vector(.3, .9, 1.7)},
		{"far from zero", num.Sqrt, num.Vector(1e6, 1e8)},
		{"small", func(x num.Array) num.Array { return num.Mul(1e-12, num.Exp(x)) }, num.Vector(1, 2)},
		{"Jacobian", jac.Fwd(func(x num.Array) num.Array { return num.Mul(num.Exp(x), num.Sum(x)) }), num.Vector(.1, .2)},
		{"gradient", transforms.Grad(func(x num.Array) num.Array { return num.Prod(num.Sin(x)) }), num.Vector(.4, 1, 2)},
		{"branch", func(x num.Array) num.Array {
			if num.Less(x, 2).Bool() {
				return num.Sin(x)
			}
			return num.Cos(x)
		}, num.Scalar(1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := gradcheck.Check(test.f, test.x, gradcheck.Order(2)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWrong(t *testing.T) {
	weights := func(f func(num.Array) num.Array) func(layer) num.Array {
		return func(l layer) num.Array { return num.Sum(f(l.Weight)) }
	}
	at := newLayer()
	tests := []struct {
		name  string
		check func(...gradcheck.Option) error
		order int // at which it is found
		want  []string
	}{
		{"derivative", func(o ...gradcheck.Option) error {
			return gradcheck.Check(num.Apply1[twice], num.Scalar(3), o...)
		}, 1, []string{"forward derivative of f in a random direction: the result is", "central difference is"}},
		{"one part in ten thousand", func(o ...gradcheck.Option) error {
			return gradcheck.Check(num.Apply1[slightly], num.Vector(1, 2), o...)
		}, 1, []string{"forward derivative of f", "the result at [", "relative difference 0.0001"}},
		{"second order", func(o ...gradcheck.Option) error {
			return gradcheck.Check(num.Apply1[late], num.Vector(1, 2), o...)
		}, 2, []string{"forward derivative of forward derivative of f"}},
		{"one element", func(o ...gradcheck.Option) error {
			return gradcheck.Check(weights(func(w num.Array) num.Array { return num.Apply2[bend](1, w) }), at, o...)
		}, 1, []string{"forward derivative of f"}},
		{"transpose", func(o ...gradcheck.Option) error {
			return gradcheck.Check(weights(func(w num.Array) num.Array {
				return num.Mul(trace.Apply(shear{}, w)[0], num.Where(num.Greater(w, 3), 1, 0))
			}), at, o...)
		}, 1, []string{"reverse derivative of f for a random cotangent, by one element: layer.Weight at [1,1] is", "central difference is"}},
		{"transpose of a scalar leaf", func(o ...gradcheck.Option) error {
			return gradcheck.Check(func(l layer) num.Array { return trace.Apply(shear{}, l.Bias[1])[0] }, at, o...)
		}, 1, []string{"layer.Bias[1] is"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.order > 1 {
				if err := test.check(gradcheck.Order(test.order - 1)); err != nil {
					t.Errorf("at order %d: %v", test.order-1, err)
				}
			}
			err := test.check(gradcheck.Order(test.order))
			if err == nil {
				t.Fatal("found right")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

// skew is linear with a transpose that is wrong by less than a difference can see.
type skew struct{ shear }

func (skew) Name() string { return "skew" }

func (p skew) JVP(in, _ []num.Array, t []num.Tangent) []num.Tangent {
	return []num.Tangent{num.LinearTangent(p, in, 0, t[0])}
}

func (skew) Transpose(t *trace.Transposition) []num.Tangent {
	return []num.Tangent{num.ScaleTangent(num.Full(3*(1+1e-10), t.Types[0].Shape...), t.Ct[0])}
}

func TestModesAgainstEachOther(t *testing.T) {
	f := func(x num.Array) num.Array { return trace.Apply(skew{}, x)[0] }
	err := gradcheck.Check(f, num.Vector(1, 2))
	if err == nil || !strings.Contains(err.Error(), "forward and reverse derivatives of f disagree: ⟨u, Jv⟩ is") {
		t.Errorf("got %v", err)
	}
}

func TestOptions(t *testing.T) {
	wrong := func(o ...gradcheck.Option) error {
		return gradcheck.Check(num.Apply1[slightly], num.Vector(1, 2), o...)
	}
	if err := wrong(gradcheck.Tolerance(1e-3)); err != nil {
		t.Errorf("tolerance of 1e-3: %v", err)
	}
	if err := wrong(gradcheck.Directions(0)); err != nil {
		t.Errorf("no directions: %v", err)
	}
	a, b, other := wrong(), wrong(gradcheck.Seed(1)), wrong(gradcheck.Seed(2))
	if a.Error() != b.Error() || a.Error() == other.Error() {
		t.Errorf("seeds:\n%v\n%v\n%v", a, b, other)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name, want string
		check      func() error
	}{
		{"panic of f", "gradcheck_test.go", func() error {
			return gradcheck.Check(func(x num.Array) num.Array { return num.Reshape(x, 7) }, num.Vector(1, 2))
		}},
		{"nothing varies", "holds nothing that carries a derivative", func() error {
			return gradcheck.Check(num.Neg, num.ScalarInt(2))
		}},
		{"no f64 result", "holds no f64 array", func() error {
			return gradcheck.Check(func(x num.Array) num.Array { return num.Less(x, 1) }, num.Scalar(2))
		}},
		{"infinite", "Inf, but the central difference is NaN", func() error {
			return gradcheck.Check(num.Sqrt, num.Scalar(0))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := test.check(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
