package transforms_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
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

// TestMoreFacts has rows of JAX's own tests and sources that are gradients of sums, or closed forms.
func TestMoreFacts(t *testing.T) {
	sum := func(f func(x num.Array) num.Array) func(x num.Array) num.Array {
		return func(x num.Array) num.Array { return num.Sum(f(x)) }
	}
	v := func(x ...float64) []float64 { return x }
	for name, c := range map[string]struct {
		f    func(x num.Array) num.Array
		x    []float64
		grad []float64
	}{
		"sort is stable": {func(x num.Array) num.Array { return num.Dot(num.Vector(1, 2, 3), num.Sort(x, 0)) }, v(2, 1, 1), v(3, 1, 2)},
		"top 2 of ties": {func(x num.Array) num.Array {
			values, _ := num.TopK(x, 2)
			return num.Sum(values)
		}, v(1, 1, 1), v(1, 1, 0)},
		"cumsum":             {func(x num.Array) num.Array { return num.Dot(num.Vector(1, 2, 4), num.CumSum(x, 0)) }, v(5, 6, 7), v(7, 6, 4)},
		"cumprod with a 0":   {sum(func(x num.Array) num.Array { return num.CumProd(x, 0) }), v(2, 0, 3), v(1, 8, 0)},
		"prod with a 0":      {func(x num.Array) num.Array { return num.Prod(x) }, v(2, 0, 3), v(0, 6, 0)},
		"prod with two 0":    {func(x num.Array) num.Array { return num.Prod(x) }, v(0, 0, 3), v(0, 0, 0)},
		"gather of repeated": {sum(func(x num.Array) num.Array { return num.Index(x, num.FromInts([]int{0, 0, 1}, 3)) }), v(1, 2, 3), v(2, 1, 0)},
		"set twice: the last wins": {func(u num.Array) num.Array {
			return num.Sum(num.Set(num.Vector(1, 2), u, num.FromInts([]int{0, 0}, 2)))
		}, v(5, 6), v(0, 1)},
		"set: what is overwritten": {sum(func(x num.Array) num.Array {
			return num.Set(x, num.Vector(5, 6), num.FromInts([]int{0, 0}, 2))
		}), v(1, 2), v(0, 1)},
		"add twice": {func(u num.Array) num.Array {
			return num.Sum(num.AddAt(num.Vector(1, 2), u, num.FromInts([]int{0, 0}, 2)))
		}, v(5, 6), v(1, 1)},
		"an unused element":        {func(x num.Array) num.Array { return num.Square(x.At(0)) }, v(3, 4), v(6, 0)},
		"a constant":               {func(num.Array) num.Array { return num.Scalar(1) }, v(3, 4), v(0, 0)},
		"stop gradient":            {sum(func(x num.Array) num.Array { return num.Mul(x, num.StopGradient(x)) }), v(3), v(3)},
		"float to int and back":    {sum(func(x num.Array) num.Array { return num.Convert(num.Convert(x, trace.I64), trace.F64) }), v(2.5), v(0)},
		"floor, at a jump":         {sum(num.Floor), v(1), v(0)},
		"powers 0 and 1, as z^n":   {sum(func(x num.Array) num.Array { return num.Add(num.Pow(x, 0), num.Pow(x, 1)) }), v(0), v(1)},
		"vector to a scalar power": {sum(func(x num.Array) num.Array { return num.Pow(x, num.Scalar(3)) }), v(1, 2), v(3, 12)},
		"beside the log of 0":      {sum(func(x num.Array) num.Array { return num.Log(num.Stack(0, x, num.Add(x, 1))).At(1) }), v(0), v(1)},
	} {
		t.Run(name, func(t *testing.T) {
			x := num.Vector(c.x...)
			got := transforms.Grad(c.f)(x).Float64s()
			forward := make([]float64, len(c.x))
			for i := range forward {
				e := make([]float64, len(c.x))
				e[i] = 1
				_, d := transforms.JVP(c.f, x, num.Vector(e...))
				forward[i] = d.Float64()
			}
			if !slices.EqualFunc(got, c.grad, alike) || !slices.EqualFunc(forward, c.grad, alike) {
				t.Errorf("reverse %v, forward %v, want %v", got, forward, c.grad)
			}
		})
	}
}

// TestHigherFacts has derivatives of higher order, each in every mixture of modes.
func TestHigherFacts(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     func(x num.Array) num.Array
		at    float64
		order int
		want  float64
	}{
		{"1/x", num.Reciprocal, 4, 6, 720. / (4 * 4 * 4 * 4 * 4 * 4 * 4)},
		{"abs at its kink", num.Abs, 0, 2, 0},
		{"x stop_gradient(x)", func(x num.Array) num.Array { return num.Mul(x, num.StopGradient(x)) }, 3, 2, 0},
		{"sin x cos stop_gradient(x)", func(x num.Array) num.Array { return num.Mul(num.Sin(x), num.Cos(num.StopGradient(x))) },
			0.7, 3, -math.Cos(0.7) * math.Cos(0.7)},
		{"relu at its kink", num.Relu, 0, 3, 0},
		{"softplus", num.Softplus, 1e-8, 4, -0.125 + 0.25e-16},
		{"softplus at Inf", num.Softplus, math.Inf(1), 4, 0},
		{"elu at 10000", num.Elu, 1e4, 4, 0},
		{"log1p at 0", num.Log1p, 0, 4, -6},
		{"sinh at 0", num.Sinh, 0, 3, 1},
		{"tanh at 0", num.Tanh, 0, 3, -2},
		{"atan at 0", num.Atan, 0, 3, -2},
		{"tan at 0", num.Tan, 0, 3, 2},
		{"erf at 0", num.Erf, 0, 3, -4 / math.SqrtPi},
		{"asinh at 0", num.Asinh, 0, 3, -1},
		{"atan at 1000", num.Atan, 1000, 2, -2000 / math.Pow(1+1e6, 2)},
		{"tanh at 1000", num.Tanh, 1000, 2, 0},
		{"x^4 in x", func(x num.Array) num.Array { return num.Pow(x, num.ZerosLike(x)) }, 4, 2, 0},
		{"4^y at 0", func(y num.Array) num.Array { return num.Pow(4.0, y) }, 0, 2, math.Log(4) * math.Log(4)},
		{"xlogy in y, where x is 0", func(y num.Array) num.Array { return num.Xlogy(0.0, y) }, 3, 2, 0},
	} {
		for mixture := range 1 << min(c.order, 4) {
			f := c.f
			for k := range c.order {
				f = differentiated(f, mixture>>(k%4)&1 == 1)
			}
			if got := f(num.Scalar(c.at)).Float64(); math.Abs(got-c.want) > 1e-12*math.Max(1, math.Abs(c.want)) {
				t.Errorf("derivative %d of %s at %v in mixture %b: %v, want %v", c.order, c.name, c.at, mixture, got, c.want)
			}
		}
	}
}

// differentiated returns the derivative of a scalar function, forward or in reverse.
func differentiated(f func(num.Array) num.Array, forward bool) func(num.Array) num.Array {
	if !forward {
		return transforms.Grad(f)
	}
	return func(x num.Array) num.Array {
		_, d := transforms.JVP(f, x, num.Scalar(1))
		return d
	}
}

// TestSpecialValues has first and second derivatives at the points that JAX tests.
func TestSpecialValues(t *testing.T) {
	c := 2 / math.SqrtPi
	gauss := func(x float64) float64 { return c * math.Exp(-x*x) }
	big := 1 + 1e6
	for _, p := range []struct {
		name          string
		f             func(num.Array) num.Array
		at, d, second float64
	}{
		{"sinh", num.Sinh, 0, 1, 0},
		{"cosh", num.Cosh, 0, 0, 1},
		{"tanh", num.Tanh, 0, 1, 0},
		{"tanh", num.Tanh, 1000, 0, 0},
		{"sin", num.Sin, 0, 1, 0},
		{"sin", num.Sin, math.Pi, math.Cos(math.Pi), -math.Sin(math.Pi)},
		{"sin", num.Sin, math.Pi / 2, math.Cos(math.Pi / 2), -1},
		{"sin", num.Sin, math.Pi / 4, math.Cos(math.Pi / 4), -math.Sin(math.Pi / 4)},
		{"cos", num.Cos, 0, 0, -1},
		{"cos", num.Cos, math.Pi, -math.Sin(math.Pi), 1},
		{"cos", num.Cos, math.Pi / 2, -1, -math.Cos(math.Pi / 2)},
		{"cos", num.Cos, math.Pi / 4, -math.Sin(math.Pi / 4), -math.Cos(math.Pi / 4)},
		{"tan", num.Tan, 0, 1, 0},
		{"asin", num.Asin, 0, 1, 0},
		{"acos", num.Acos, 0, -1, 0},
		{"atan", num.Atan, 0, 1, 0},
		{"atan", num.Atan, 1000, 1 / big, -2000 / (big * big)},
		{"erf", num.Erf, 0, c, 0},
		{"erf", num.Erf, 10, gauss(10), -20 * gauss(10)},
		{"erfc", num.Erfc, 0, -c, 0},
		{"erfc", num.Erfc, 10, -gauss(10), 20 * gauss(10)},
		{"asinh", num.Asinh, 0, 1, 0},
		{"asinh", num.Asinh, 1000, 1 / math.Sqrt(big), -1000 / (big * math.Sqrt(big))},
		{"acosh", num.Acosh, 1000, 1 / math.Sqrt(1e6-1), -1000 / ((1e6 - 1) * math.Sqrt(1e6-1))},
		{"atanh", num.Atanh, 0, 1, 0},
		{"softplus", num.Softplus, 0, 0.5, 0.25},
		{"softplus", num.Softplus, math.Inf(-1), 0, 0},
		{"softplus", num.Softplus, math.NaN(), math.NaN(), math.NaN()},
		{"reciprocal of sqrt", func(x num.Array) num.Array { return num.Reciprocal(num.Sqrt(x)) }, 4, -1. / 16, 3. / 128},
		{"xlogy in both", func(x num.Array) num.Array { return num.Xlogy(x, num.Add(x, 2)) }, 0, math.Log(2), 1},
	} {
		for mixture := range 4 {
			first := differentiated(p.f, mixture&1 == 1)
			second := differentiated(first, mixture>>1 == 1)
			x := num.Scalar(p.at)
			if d, dd := first(x).Float64(), second(x).Float64(); !alike(d, p.d) || !alike(dd, p.second) {
				t.Errorf("%s at %v, mixture %b: %v and %v, want %v and %v", p.name, p.at, mixture, d, dd, p.d, p.second)
			}
		}
	}
}

// The second derivatives of x^y at (4, 0), where those by x vanish.
func TestPowSecondDerivatives(t *testing.T) {
	f := func(v num.Array) num.Array { return num.Pow(v.At(0), v.At(1)) }
	at := num.Vector(4, 0)
	want := []float64{0, 0.25, 0.25, math.Log(4) * math.Log(4)}
	for name, got := range map[string]num.Array{
		"reverse over reverse": jac.Rev(jac.Rev(f))(at),
		"forward over forward": jac.Fwd(jac.Fwd(f))(at),
		"forward over reverse": jac.Fwd(jac.Rev(f))(at),
	} {
		if !slices.EqualFunc(got.Float64s(), want, alike) {
			t.Errorf("%s: %v, want %v", name, got.Float64s(), want)
		}
	}
}

// Exponents in an array: z^0 does not vary at 0, z^1 does.
func TestPowersOfZero(t *testing.T) {
	for name, exponents := range map[string]num.Array{"i64": num.FromInts([]int{0, 1}, 2), "f64": num.Vector(0, 1)} {
		g := transforms.Grad(func(z num.Array) num.Array { return num.Sum(num.Pow(z, exponents)) })(num.Scalar(0))
		if g.Float64() != 1 {
			t.Errorf("%s exponents: %v, want 1", name, g.Float64())
		}
	}
}

// The linear part of a polynomial multiplies by numbers: its powers are in the primal part.
func TestLinearizeEliminatesPowers(t *testing.T) {
	f := func(x num.Array) num.Array {
		return num.Add(num.Mul(2, num.Pow(x, 0)), num.Mul(3, num.Pow(x, 1)), num.Mul(4, num.Pow(x, 5)))
	}
	_, push := transforms.Linearize(f, num.Scalar(2))
	for _, e := range trace.MustOf(push, num.Scalar(0)).Equations() {
		if name := e.Primitive.Name(); name != "mul" && name != "add" && name != "full" {
			t.Errorf("the linear part has %s", name)
		}
	}
	if got := push(num.Scalar(1)).Float64(); got != 3+20*16 {
		t.Errorf("%v, want %v", got, 3+20*16)
	}
}

// A traced index that is out of range is moved to the nearest end, and so is the gradient, under
// Vmap and JIT too.
func TestGradientAtClampedIndex(t *testing.T) {
	type in struct{ X, I num.Array }
	gradient := func(v in) num.Array {
		return transforms.Grad(func(x num.Array) num.Array { return num.Take(x, v.I, 0) })(v.X)
	}
	x := num.New([]float64{1, 2, 3, 1, 2, 3, 1, 2, 3}, 3, 3)
	want := []float64{0, 0, 1, 1, 0, 0, 0, 1, 0}
	lanes := transforms.Vmap(gradient)(in{x, num.FromInts([]int{7, -9, 1}, 3)})
	if !slices.Equal(lanes.Float64s(), want) {
		t.Errorf("Vmap: %v, want %v", lanes.Float64s(), want)
	}
	for k, i := range []int{7, -9, 1} {
		got := transforms.JIT(gradient)(in{num.Vector(1, 2, 3), num.ScalarInt(i)}).Float64s()
		if !slices.Equal(got, want[3*k:3*k+3]) {
			t.Errorf("JIT, index %d: %v, want %v", i, got, want[3*k:3*k+3])
		}
	}
}

// Values sorted by other keys carry the gradients of where they came from.
func TestSortByKeys(t *testing.T) {
	keys := num.Vector(3, 1, 2)
	f := func(v num.Array) num.Array {
		return num.Dot(num.Vector(1, 10, 100), num.TakeAlong(v, num.Argsort(keys, 0), 0))
	}
	if got := transforms.Grad(f)(num.Vector(5, 6, 7)).Float64s(); !slices.Equal(got, []float64{100, 1, 10}) {
		t.Errorf("%v", got)
	}
}
