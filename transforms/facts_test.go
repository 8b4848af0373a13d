package transforms_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// fact is what JAX makes of a function at a point: testdata/jax-facts.json was computed in
// float64 from the rules of JAX 0.11.1.
type fact struct {
	Name string
	X    []json.RawMessage
	Y    json.RawMessage
	Grad []json.RawMessage
	Ones json.RawMessage `json:"jvp_ones"`
}

// facts gives our function for each row.
var facts = map[string]func(x []num.Array) num.Array{
	"abs(0)":                         on1(num.Abs),
	"abs(-0.)":                       on1(num.Abs),
	"abs(nan)":                       on1(num.Abs),
	"maximum tie":                    on2(num.Maximum[num.Array, num.Array]),
	"minimum tie":                    on2(num.Minimum[num.Array, num.Array]),
	"maximum(x,0) at 0":              on1(func(x num.Array) num.Array { return num.Maximum(x, 0) }),
	"maximum(nan,1)":                 on2(num.Maximum[num.Array, num.Array]),
	"relu(0)":                        on1(num.Relu),
	"relu6(0)":                       on1(func(x num.Array) num.Array { return num.Clip(x, 0, 6) }),
	"relu6(6)":                       on1(func(x num.Array) num.Array { return num.Clip(x, 0, 6) }),
	"max [1,3,3]":                    on1(func(x num.Array) num.Array { return num.Amax(x) }),
	"min [1,1,3]":                    on1(func(x num.Array) num.Array { return num.Amin(x) }),
	"max [1,nan]":                    on1(func(x num.Array) num.Array { return num.Amax(x) }),
	"jnp.clip(x,0,1) at 0 (max/min)": on1(func(x num.Array) num.Array { return num.Clip(x, 0, 1) }),
	"jnp.clip(x,0,1) at 1":           on1(func(x num.Array) num.Array { return num.Clip(x, 0, 1) }),
	"lax.clamp(0,x,1) at 0":          on1(func(x num.Array) num.Array { return num.Clip(x, 0, 1) }),
	"lax.clamp at 1":                 on1(func(x num.Array) num.Array { return num.Clip(x, 0, 1) }),
	"lax.clamp(lo,x,hi) at (0,-1,1)": clamp,
	"lax.clamp at (0,0,1) ":          clamp,

	"sqrt(0)":       on1(num.Sqrt),
	"sqrt(-1)":      on1(num.Sqrt),
	"rsqrt(0)":      on1(func(x num.Array) num.Array { return num.Reciprocal(num.Sqrt(x)) }),
	"cbrt(0)":       on1(num.Cbrt),
	"log(0)":        on1(num.Log),
	"log(-1)":       on1(num.Log),
	"log1p(-1)":     on1(num.Log1p),
	"x**0 int at 0": on1(func(x num.Array) num.Array { return num.Pow(x, 0) }),
	"x**1 at 0":     on1(func(x num.Array) num.Array { return num.Pow(x, 1) }),
	"x**2 at 0":     on1(func(x num.Array) num.Array { return num.Pow(x, 2) }),
	"x**-1 at 0":    on1(func(x num.Array) num.Array { return num.Pow(x, -1) }),
	"pow(0.,0.)":    on2(num.Pow[num.Array, num.Array]),
	"pow(0.,2.)":    on2(num.Pow[num.Array, num.Array]),
	"pow(0.,.5)":    on2(num.Pow[num.Array, num.Array]),
	"pow(-2.,3.)":   on2(num.Pow[num.Array, num.Array]),
	"pow(-2.,.5)":   on2(num.Pow[num.Array, num.Array]),
	"pow(4.,0.)":    on2(num.Pow[num.Array, num.Array]),
	"div(1,0)":      on2(num.Div[num.Array, num.Array]),
	"div(0,0)":      on2(num.Div[num.Array, num.Array]),

	"atan2(0,0)":  on2(num.Atan2[num.Array, num.Array]),
	"atan2(0,1)":  on2(num.Atan2[num.Array, num.Array]),
	"atan2(1,0)":  on2(num.Atan2[num.Array, num.Array]),
	"atan2(0,-1)": on2(num.Atan2[num.Array, num.Array]),
	"asin(1)":     on1(num.Asin),
	"asin(-1)":    on1(num.Asin),
	"acos(1)":     on1(num.Acos),
	"acosh(1)":    on1(num.Acosh),
	"atanh(1)":    on1(num.Atanh),
	"atan(1000)":  on1(num.Atan),
	"tan(pi/2)":   on1(num.Tan),

	"sqrt(sum(x*x)) at [0,0] (norm)": on1(func(x num.Array) num.Array { return num.Norm(x) }),
	"norm [3,4]":                     on1(func(x num.Array) num.Array { return num.Norm(x) }),
	"norm**2 at 0":                   on1(func(x num.Array) num.Array { return num.Square(num.Norm(x)) }),
	"norm ord=1 at [0,-2]":           on1(func(x num.Array) num.Array { return num.Sum(num.Abs(x)) }),
	"norm ord=inf [3,-3]":            on1(func(x num.Array) num.Array { return num.Amax(num.Abs(x)) }),
	"std const [1,1]":                on1(func(x num.Array) num.Array { return num.Std(x) }),
	"hypot naive 0,0": on2(func(x, y num.Array) num.Array {
		return num.Sqrt(num.Add(num.Square(x), num.Square(y)))
	}),
	"prod via tree [2,0,3]": on1(func(x num.Array) num.Array { return num.Prod(x) }),
	"layernorm-ish rsqrt(var+eps) const [1,1,1] w=[1,2,4]": on1(func(x num.Array) num.Array {
		centred := num.Sub(x, num.Mean(x))
		return num.Dot(num.Vector(1, 2, 4), num.Div(centred, num.Sqrt(num.Add(num.Var(x), 1e-5))))
	}),

	"logsumexp [-inf,-inf]":              on1(func(x num.Array) num.Array { return num.LogSumExp(x) }),
	"logsumexp [0,-inf]":                 on1(func(x num.Array) num.Array { return num.LogSumExp(x) }),
	"logsumexp [inf,0]":                  on1(func(x num.Array) num.Array { return num.LogSumExp(x) }),
	"logsumexp [1000,1000]":              on1(func(x num.Array) num.Array { return num.LogSumExp(x) }),
	"logaddexp(-inf,-inf)":               on2(num.LogAddExp[num.Array, num.Array]),
	"logaddexp(inf,inf)":                 on2(num.LogAddExp[num.Array, num.Array]),
	"logaddexp(inf,0)":                   on2(num.LogAddExp[num.Array, num.Array]),
	"logaddexp(-inf,0)":                  on2(num.LogAddExp[num.Array, num.Array]),
	"logaddexp(0,0)":                     on2(num.LogAddExp[num.Array, num.Array]),
	"softplus(0)":                        on1(num.Softplus),
	"softplus(inf)":                      on1(num.Softplus),
	"softplus(-inf)":                     on1(num.Softplus),
	"softplus(1000)":                     on1(num.Softplus),
	"naive log(1+exp(x)) at 1000":        on1(naiveSoftplus),
	"naive log(1+exp(x)) at 100":         on1(naiveSoftplus),
	"w.softmax [0,-inf], w=[1,2]":        weighted(num.Softmax, 1, 2),
	"w.softmax [inf,0]":                  weighted(num.Softmax, 1, 2),
	"w.softmax [1000,-1000,0] w=[1,2,3]": weighted(num.Softmax, 1, 2, 3),
	"CE -log_softmax([1000,-1000,0])[1]": on1(func(x num.Array) num.Array {
		return num.Neg(num.LogSoftmax(x, 0).At(1))
	}),
	"log_softmax [0,-inf] w=[1,0]": weighted(num.LogSoftmax, 1, 0),

	"where(x>0,sqrt(x),0) at 0  TRAP": on1(func(x num.Array) num.Array {
		return num.Where(num.Greater(x, 0), num.Sqrt(x), 0)
	}),
	"double where at 0": on1(func(x num.Array) num.Array {
		positive := num.Greater(x, 0)
		return num.Where(positive, num.Sqrt(num.Where(positive, x, 1)), 0)
	}),
	"where(x<1,x,sqrt(x)) at 0 (#5798)": on1(func(x num.Array) num.Array {
		return num.Where(num.Less(x, 1), x, num.Sqrt(x))
	}),
	"where(x>0,log(x),0) at 0 (FAQ)": on1(logOr0),
	"where(x>0,log(x),0) at -1":      on1(logOr0),
	"vmapped-cond input-select sqrt at 0": on1(func(x num.Array) num.Array {
		return transforms.Vmap(func(x num.Array) num.Array {
			return num.Where(num.Less(x, 1e-3), 1e-3, num.Sqrt(x))
		})(num.Reshape(x, 1)).At(0)
	}),

	"rem(-7,3)":   on2(remainder),
	"rem(6,3)":    on2(remainder),
	"mod(-7,3)":   on2(num.Mod[num.Array, num.Array]),
	"mod(7,3)":    on2(num.Mod[num.Array, num.Array]),
	"mod(-7.5,2)": on2(num.Mod[num.Array, num.Array]),

	"erf(0)":          on1(num.Erf),
	"erf(10)":         on1(num.Erf),
	"erfinv(0)":       on1(num.Erfinv),
	"erfinv(1)":       on1(num.Erfinv),
	"lgamma(1)":       on1(num.Lgamma),
	"lgamma(.5)":      on1(num.Lgamma),
	"digamma(1)":      on1(num.Digamma),
	"lgamma(0)":       on1(num.Lgamma),
	"lgamma(-1)":      on1(num.Lgamma),
	"tanh(1000)":      on1(num.Tanh),
	"tanh(20)":        on1(num.Tanh),
	"logistic(1000)":  on1(num.Sigmoid),
	"logistic(-1000)": on1(num.Sigmoid),
	"logistic(0)":     on1(num.Sigmoid),
	"leaky_relu(0)":   on1(num.LeakyRelu),
	"elu(0)":          on1(num.Elu),
	"hard_tanh(1)":    on1(func(x num.Array) num.Array { return num.Clip(x, -1, 1) }),
	"celu(0)=max(x,0)+expm1(min(x,0))": on1(func(x num.Array) num.Array {
		return num.Add(num.Maximum(x, 0), num.Expm1(num.Minimum(x, 0)))
	}),
	"silu(0)":                on1(num.Silu),
	"silu(1)":                on1(num.Silu),
	"silu(-1000)":            on1(num.Silu),
	"gelu tanh(1)":           on1(geluTanh),
	"gelu tanh(0)":           on1(geluTanh),
	"gelu exact(1)":          on1(num.Gelu),
	"soft_sign(0)=x/(|x|+1)": on1(func(x num.Array) num.Array { return num.Div(x, num.Add(num.Abs(x), 1)) }),
	"log_sigmoid(-1000)":     on1(func(x num.Array) num.Array { return num.Neg(num.Softplus(num.Neg(x))) }),
	"logit(0)":               on1(func(x num.Array) num.Array { return num.Sub(num.Log(x), num.Log1p(num.Neg(x))) }),
	"xlogy(0,3)":             on2(num.Xlogy[num.Array, num.Array]),
	"xlogy(0,0)":             on2(num.Xlogy[num.Array, num.Array]),
}

func on1(f func(num.Array) num.Array) func([]num.Array) num.Array {
	return func(x []num.Array) num.Array { return f(x[0]) }
}

func on2(f func(x, y num.Array) num.Array) func([]num.Array) num.Array {
	return func(x []num.Array) num.Array { return f(x[0], x[1]) }
}

func clamp(x []num.Array) num.Array { return num.Clip(x[1], x[0], x[2]) }

func weighted(f func(num.Array, int) num.Array, w ...float64) func([]num.Array) num.Array {
	return func(x []num.Array) num.Array { return num.Dot(num.Vector(w...), f(x[0], 0)) }
}

func naiveSoftplus(x num.Array) num.Array { return num.Log(num.Add(1, num.Exp(x))) }

func logOr0(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Log(x), 0) }

// remainder is C's fmod: it has the sign of x.
func remainder(x, y num.Array) num.Array {
	q := num.Div(x, y)
	return num.Sub(x, num.Mul(y, num.Where(num.Less(q, 0), num.Ceil(q), num.Floor(q))))
}

// geluTanh is the approximation that JAX takes by default.
func geluTanh(x num.Array) num.Array {
	inner := num.Mul(math.Sqrt(2/math.Pi), num.Add(x, num.Mul(0.044715, num.Pow(x, 3))))
	return num.Mul(0.5, x, num.Add(1, num.Tanh(inner)))
}

// difference is a row where we mean to differ from JAX: our gradients, and our derivative in the
// direction of ones.
type difference struct {
	grad [][]float64
	ones float64
	why  string
}

const (
	leastNorm = "at a kink we take the subgradient of least norm"
	notTaken  = "what is not taken contributes nothing, in reverse as in forward mode"
	keepNaN   = "NaN in gives a derivative of NaN"
	tip       = "the tip of a norm is a kink: the subgradient of least norm is 0"
)

var different = map[string]difference{
	"abs(0)":                         {single(0), 0, leastNorm},
	"abs(-0.)":                       {single(0), 0, leastNorm},
	"abs(nan)":                       {single(math.NaN()), math.NaN(), keepNaN},
	"maximum(nan,1)":                 {two(math.NaN(), math.NaN()), math.NaN(), keepNaN},
	"jnp.clip(x,0,1) at 0 (max/min)": {single(0), 0, leastNorm},
	"jnp.clip(x,0,1) at 1":           {single(0), 0, leastNorm},
	"hard_tanh(1)":                   {single(0), 0, leastNorm},
	"leaky_relu(0)":                  {single(0.01), 0.01, leastNorm},
	"norm ord=1 at [0,-2]":           {[][]float64{{0, -1}}, -1, leastNorm},
	"sqrt(sum(x*x)) at [0,0] (norm)": {[][]float64{{0, 0}}, 0, tip},
	"norm**2 at 0":                   {[][]float64{{0, 0}}, 0, tip},
	"std const [1,1]":                {[][]float64{{0, 0}}, 0, tip},
	"pow(0.,0.)":                     {two(0, 0), 0, "x to the 0 is 1 for all x"},
	"xlogy(0,0)":                     {two(math.Inf(-1), 0), math.Inf(-1), "0 log y is 0 for all y"},
	"div(1,0)": {two(math.Inf(1), math.Inf(-1)), math.Inf(-1),
		"the gradients agree; forward mode divides the sum, where JAX adds Inf to -Inf"},
	"logsumexp [-inf,-inf]":             {[][]float64{{0, 0}}, 0, "a sum of zeros that do not vary does not vary"},
	"logaddexp(-inf,-inf)":              {two(0, 0), 0, "a sum of zeros that do not vary does not vary"},
	"logaddexp(inf,0)":                  {two(1, 0), 1, "the finite one has no weight beside Inf"},
	"where(x>0,sqrt(x),0) at 0  TRAP":   {single(0), 0, notTaken},
	"where(x<1,x,sqrt(x)) at 0 (#5798)": {single(1), 1, notTaken},
	"where(x>0,log(x),0) at 0 (FAQ)":    {single(0), 0, notTaken},
}

func single(d float64) [][]float64   { return [][]float64{{d}} }
func two(dx, dy float64) [][]float64 { return [][]float64{{dx}, {dy}} }

func TestJAXFacts(t *testing.T) {
	text, err := os.ReadFile("testdata/jax-facts.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []fact
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 118 {
		t.Errorf("%d rows, want 118", len(list))
	}
	seen := map[string]bool{}
	for _, row := range list {
		seen[row.Name] = true
		t.Run(row.Name, func(t *testing.T) { compareFact(t, row) })
	}
	for name := range facts {
		if !seen[name] {
			t.Errorf("no row %q", name)
		}
	}
	for name := range different {
		if !seen[name] {
			t.Errorf("no row %q that we differ from", name)
		}
	}
}

func compareFact(t *testing.T, row fact) {
	f, ok := facts[row.Name]
	if !ok {
		t.Fatal("no function of ours")
	}
	var x, ones []num.Array
	var want [][]float64
	for i, raw := range row.X {
		a := jaxArray(t, raw)
		x, ones = append(x, a), append(ones, num.OnesLike(a))
		want = append(want, jaxArray(t, row.Grad[i]).Float64s())
	}
	y, grad := transforms.ValueAndGrad(f)(x)
	_, dy := transforms.JVP(f, x, ones)
	if w := jaxArray(t, row.Y).Float64(); !alike(y.Float64(), w) {
		t.Errorf("value %v, JAX %v", y.Float64(), w)
	}
	wantOnes := jaxArray(t, row.Ones).Float64()
	equal := alike(dy.Float64(), wantOnes) && alikeAll(grad, want)
	d, differs := different[row.Name]
	if !differs {
		if !equal {
			t.Errorf("gradient %v and derivative %v, JAX %v and %v", floatsOf(grad), dy.Float64(), want, wantOnes)
		}
		return
	}
	if equal {
		t.Errorf("we are said to differ (%s), but do not", d.why)
	}
	if !alikeAll(grad, d.grad) || !alike(dy.Float64(), d.ones) {
		t.Errorf("gradient %v and derivative %v, want %v and %v: %s", floatsOf(grad), dy.Float64(), d.grad, d.ones, d.why)
	}
}

// jaxArray reads a number, or a list of them, with "nan", "inf" and "-inf".
func jaxArray(t *testing.T, raw json.RawMessage) num.Array {
	t.Helper()
	var list []any
	if err := json.Unmarshal(raw, &list); err != nil {
		var one any
		if err := json.Unmarshal(raw, &one); err != nil {
			t.Fatal(err)
		}
		return num.Scalar(jaxNumber(t, one))
	}
	v := make([]float64, len(list))
	for i, one := range list {
		v[i] = jaxNumber(t, one)
	}
	return num.Vector(v...)
}

func jaxNumber(t *testing.T, v any) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// alike compares to the rounding of two correct ways to compute a thing.
func alike(got, want float64) bool {
	if math.IsNaN(got) || math.IsNaN(want) || math.IsInf(got, 0) || math.IsInf(want, 0) {
		return got == want || math.IsNaN(got) && math.IsNaN(want)
	}
	return math.Abs(got-want) <= 1e-13*math.Max(math.Abs(want), 1e-30)
}

func alikeAll(got []num.Array, want [][]float64) bool {
	for i, g := range floatsOf(got) {
		if !slices.EqualFunc(g, want[i], alike) {
			return false
		}
	}
	return true
}

func floatsOf(xs []num.Array) [][]float64 {
	fs := make([][]float64, len(xs))
	for i, x := range xs {
		fs[i] = x.Float64s()
	}
	return fs
}
