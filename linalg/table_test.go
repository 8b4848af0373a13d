package linalg_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type function = func(x []num.Array) num.Array

// entry is a function of package linalg at operands of some shapes, drawn at random.
type entry struct {
	name       string
	primitives []string // that occur
	f          function
	in         []func(r *rand.Rand) num.Array
	order      int
}

// normal draws elements.
func normal(shape ...int) func(r *rand.Rand) num.Array {
	return func(r *rand.Rand) num.Array { return num.Normal(r, shape...) }
}

// dominant draws matrices that are far from singular, with pivots off the diagonal.
func dominant(shape ...int) func(r *rand.Rand) num.Array {
	return func(r *rand.Rand) num.Array {
		n := shape[len(shape)-1]
		return num.Add(num.Mul(0.5, num.Normal(r, shape...)), num.Mul(float64(n), num.Roll(num.Eye(n), 1, 0)))
	}
}

// triangular draws matrices with a diagonal between 1 and 2, so that both triangles are well conditioned.
func triangular(shape ...int) func(r *rand.Rand) num.Array {
	return func(r *rand.Rand) num.Array {
		n := shape[len(shape)-1]
		diagonal := num.Mul(num.Eye(n), num.Add(1, num.Uniform(r, shape...)))
		return num.Add(num.Mul(1/math.Sqrt(float64(n)), num.Sub(1, num.Eye(n)), num.Normal(r, shape...)), diagonal)
	}
}

// definite draws matrices that are positive definite, but not quite symmetric.
func definite(shape ...int) func(r *rand.Rand) num.Array {
	return func(r *rand.Rand) num.Array {
		n := shape[len(shape)-1]
		a := num.Normal(r, shape...)
		return num.Add(num.Einsum("...ij,...kj->...ik", a, a), num.Mul(2, num.Eye(n)), num.Mul(0.1, num.Normal(r, shape...)))
	}
}

// given is an operand with one value.
func given(x num.Array) func(*rand.Rand) num.Array { return func(*rand.Rand) num.Array { return x } }

type draws = []func(r *rand.Rand) num.Array

func one(f func(num.Array) num.Array) function {
	return func(x []num.Array) num.Array { return f(x[0]) }
}

func solve(x []num.Array) num.Array { return linalg.Solve(x[0], x[1]) }

func lstsq(x []num.Array) num.Array { return linalg.Lstsq(x[0], x[1]) }

// deficient solves with the product of two matrices, whose rank is that of the smaller one.
func deficient(x []num.Array) num.Array { return linalg.Lstsq(num.MatMul(x[0], x[1]), x[2], 1e-10) }

func signAndLog(x []num.Array) num.Array {
	sign, log := linalg.SlogDet(x[0])
	return num.Stack(0, sign, log)
}

func table() []entry {
	lu := []string{"lu", "lu_solve"}
	svd := []string{"ranked_svd", "lstsq"}
	entries := []entry{
		{"solve vector", lu, solve, draws{dominant(3, 3), normal(3)}, 3},
		{"solve columns", lu, solve, draws{dominant(2, 2), normal(2, 3)}, 3},
		{"solve stack, vector", lu, solve, draws{dominant(2, 3, 3), normal(3)}, 2},
		{"solve matrix, stacks of columns", lu, solve, draws{dominant(2, 2), normal(2, 3, 2, 1)}, 2},
		{"solve broadcast", lu, solve, draws{dominant(2, 1, 2, 2), normal(3, 2, 1)}, 2},
		{"solve by LAPACK", lu, solve, draws{dominant(20, 20), normal(20)}, 2},
		{"solve columns by LAPACK", lu, solve, draws{dominant(20, 20), normal(20, 2)}, 1},
		{"lstsq square", svd, lstsq, draws{dominant(3, 3), normal(3)}, 3},
		{"lstsq tall", svd, lstsq, draws{normal(5, 2), normal(5)}, 3},
		{"lstsq wide, columns", svd, lstsq, draws{normal(2, 4), normal(2, 2)}, 3},
		{"lstsq stack, vector", svd, lstsq, draws{normal(2, 4, 2), normal(4)}, 2},
		{"lstsq matrix, stacks of columns", svd, lstsq, draws{normal(3, 2), normal(2, 3, 3, 1)}, 2},
		{"lstsq broadcast", svd, lstsq, draws{normal(2, 1, 2, 3), normal(3, 2, 1)}, 2},
		{"lstsq rank 2 of 5 x 4", svd, deficient, draws{normal(5, 2), normal(2, 4), normal(5)}, 3},
		{"lstsq rank 1 of 3 x 3", svd, deficient, draws{normal(3, 1), normal(1, 3), normal(3, 2)}, 2},
		{"lstsq rank 0", svd, deficient, draws{normal(3, 0), normal(0, 2), normal(3)}, 2},
		{"inv", lu, one(linalg.Inv), draws{dominant(3, 3)}, 3},
		{"inv stack", lu, one(linalg.Inv), draws{dominant(2, 2, 2)}, 2},
		{"cholesky", []string{"cholesky"}, one(linalg.Cholesky), draws{definite(3, 3)}, 3},
		{"cholesky stack", []string{"cholesky"}, one(linalg.Cholesky), draws{definite(2, 2, 2)}, 2},
		{"cholesky 20", []string{"cholesky"}, one(linalg.Cholesky), draws{definite(20, 20)}, 1},
		{"slogdet", []string{"lu", "slogdet"}, signAndLog, draws{dominant(3, 3)}, 3},
		{"logdet stack", []string{"lu", "slogdet"}, one(linalg.LogDet), draws{dominant(2, 2, 2)}, 2},
		{"det 1", []string{"det", "cofactors"}, one(linalg.Det), draws{normal(1, 1)}, 3},
		{"det 2", []string{"det", "cofactors"}, one(linalg.Det), draws{normal(2, 2)}, 3},
		{"det 3", []string{"det", "cofactors"}, one(linalg.Det), draws{normal(3, 3)}, 4},
		{"det stack of 3", []string{"det", "cofactors"}, one(linalg.Det), draws{normal(2, 3, 3)}, 2},
		{"det stack of 4", []string{"det", "cofactors", "signed_svd"}, one(linalg.Det), draws{normal(2, 4, 4)}, 2},
		{"det 5", []string{"det", "cofactors", "signed_svd", "lu"}, one(linalg.Det), draws{normal(5, 5)}, 4},
		{"det 20", []string{"det", "cofactors", "signed_svd", "lu"}, one(linalg.Det), draws{dominantOne(20)}, 2},
	}
	for _, t := range []linalg.Triangle{linalg.Lower, linalg.Upper} {
		for _, more := range []linalg.Triangle{0, linalg.Transposed, linalg.UnitDiagonal, linalg.Transposed | linalg.UnitDiagonal} {
			f := func(x []num.Array) num.Array { return linalg.SolveTriangular(x[0], x[1], t|more) }
			name := fmt.Sprintf("triangular %d ", t|more)
			p := []string{"triangular_solve"}
			entries = append(entries,
				entry{name, p, f, draws{triangular(3, 3), normal(3, 2)}, 3},
				entry{name + "stack", p, f, draws{triangular(2, 2, 2), normal(2)}, 2},
				entry{name + "by BLAS", p, f, draws{triangular(20, 20), normal(20, 1+int(t))}, 1})
		}
	}
	for name, a := range singularMatrices() {
		entries = append(entries, entry{"det of " + name, []string{"det", "cofactors"}, one(linalg.Det), draws{given(a)}, 4})
	}
	return entries
}

// dominantOne draws a matrix with a determinant near 1.
func dominantOne(n int) func(r *rand.Rand) num.Array {
	return func(r *rand.Rand) num.Array { return num.Add(num.Eye(n), num.Mul(0.05, num.Normal(r, n, n))) }
}

// singularMatrices are of 2 to 5 rows, and of rank 0 to n-1.
func singularMatrices() map[string]num.Array {
	r := rand.New(rand.NewPCG(1, 2))
	matrices := map[string]num.Array{
		"facts 125": num.New([]float64{50, -30, 45, -30, 90, -81, 45, -81, 81}, 3, 3),
	}
	for n := 2; n <= 5; n++ {
		for rank := range n {
			a := num.MatMul(num.Normal(r, n, rank), num.Normal(r, rank, n))
			matrices[fmt.Sprintf("%d x %d, rank %d", n, n, rank)] = a
		}
	}
	return matrices
}

// TestTable checks, for each entry, derivatives in both modes and to a high order, tapes, lanes,
// and printing and parsing.
func TestTable(t *testing.T) {
	for _, e := range table() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			h := fnv.New64a()
			h.Write([]byte(e.name))
			r := rand.New(rand.NewPCG(h.Sum64(), 1))
			x := e.draw(r)
			if err := gradcheck.Check(e.f, x, gradcheck.Order(e.order), gradcheck.Directions(1)); err != nil {
				t.Error(err)
			}
			e.occurs(t, x)
			e.text(t, x)
			e.tapes(t, x)
			e.lanes(t, r)
			compare(t, "jac.Rev and jac.Fwd", jac.Rev(e.f)(x), jac.Fwd(e.f)(x), 1e-11)
		})
	}
}

// Every primitive of the package occurs in an entry.
func TestTableIsComplete(t *testing.T) {
	for _, p := range linalg.Primitives {
		if !slices.ContainsFunc(table(), func(e entry) bool { return slices.Contains(e.primitives, p.Name()) }) {
			t.Errorf("no entry has the primitive %s", p.Name())
		}
	}
}

func (e entry) draw(r *rand.Rand) []num.Array {
	var x []num.Array
	for _, d := range e.in {
		x = append(x, d(r))
	}
	return x
}

func pullback(f function) func(x []num.Array) []num.Array {
	return func(x []num.Array) []num.Array {
		y, pull := transforms.VJP(f, x)
		return pull(num.Cos(y))
	}
}

func (e entry) occurs(t *testing.T, x []num.Array) {
	f := trace.MustOf(pullback(e.f), x)
	for _, p := range e.primitives {
		has := func(q trace.Equation) bool { return q.Primitive.Name() == p }
		if !slices.ContainsFunc(f.Equations(), has) {
			t.Errorf("%s does not occur:\n%v", p, f)
		}
	}
}

// text prints and parses the function with its pullback.
func (e entry) text(t *testing.T, x []num.Array) {
	f := trace.MustOf(pullback(e.f), x)
	text, _ := f.MarshalText()
	g, err := trace.Parse(string(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if again, _ := g.MarshalText(); string(again) != string(text) {
		t.Errorf("parsed and printed again:\n%s\nwas\n%s", again, text)
	}
	compare(t, "parsed", g.Eval(x...), pullback(e.f)(x), 0)
	compare(t, "compiled", transforms.JIT(pullback(e.f))(x), pullback(e.f)(x), 1e-13)
}

// tapes proves that the rules of the function, and of its pullback, are linear in tangents.
func (e entry) tapes(t *testing.T, x []num.Array) {
	active := slices.Repeat([]bool{true}, len(x))
	for _, f := range []*trace.Func{trace.MustOf(e.f, x), trace.MustOf(pullback(e.f), x)} {
		for _, masks := range []bool{false, true} {
			_, tp := tape.Record(f, x, active, masks, nil)
			if err := tape.CheckLinear(tp.Func); err != nil {
				t.Errorf("with masks %v: %v\n%v", masks, err, tp.Func)
			}
			if err := tape.Transpose(tp.Func).Check(); err != nil {
				t.Error(err)
			}
		}
	}
}

// lanes compares Vmap, over each choice of operands, with a loop: of the function, and of derivatives
// of order 1 and 2.
func (e entry) lanes(t *testing.T, r *rand.Rand) {
	const n = 2
	runs := [][]num.Array{e.draw(r), e.draw(r)}
	for subset := 1; subset < 1<<len(e.in); subset++ {
		var mapped []int
		var stacked []num.Array
		for i := range e.in {
			if subset>>i&1 == 1 {
				mapped = append(mapped, i)
				stacked = append(stacked, num.Stack(0, runs[0][i], runs[1][i]))
			}
		}
		for what, f := range map[string]func(x []num.Array) []num.Array{
			"f":  func(x []num.Array) []num.Array { return []num.Array{e.f(x)} },
			"f'": pullback(e.f),
			"f''": pullback(func(x []num.Array) num.Array {
				s := num.Scalar(0)
				for _, g := range pullback(e.f)(x) {
					s = num.Add(s, num.Sum(num.Sin(g)))
				}
				return s
			}),
		} {
			with := func(lane []num.Array) []num.Array {
				x := slices.Clone(runs[0])
				for k, i := range mapped {
					x[i] = lane[k]
				}
				return f(x)
			}
			got := transforms.Vmap(with)(stacked)
			for k := range n {
				var lane, y []num.Array
				for _, x := range stacked {
					lane = append(lane, x.At(k))
				}
				for _, g := range got {
					y = append(y, g.At(k))
				}
				compare(t, fmt.Sprintf("lane %d of %s over %v", k, what, mapped), y, with(lane), 1e-11)
			}
		}
	}
}

// compare compares lists of arrays to an error relative to the largest element.
func compare(t *testing.T, what string, got, want []num.Array, tol float64) {
	t.Helper()
	for i := range want {
		if !slices.Equal(got[i].Shape(), want[i].Shape()) {
			t.Errorf("%s: result %d has shape %v, want %v", what, i, got[i].Shape(), want[i].Shape())
			continue
		}
		g, w := got[i].Float64s(), want[i].Float64s()
		scale := 1.0
		for _, v := range w {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				scale = max(scale, math.Abs(v))
			}
		}
		for k := range w {
			if g[k] != w[k] && !(math.Abs(g[k]-w[k]) <= tol*scale) && !(math.IsNaN(g[k]) && math.IsNaN(w[k])) {
				t.Errorf("%s: element %d of result %d is %v, want %v", what, k, i, g[k], w[k])
				return
			}
		}
	}
}
