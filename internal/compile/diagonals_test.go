package compile_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Arrays of many shapes that are the same everywhere but on some diagonals, at the edges too, are what Eval makes of them, in memory that
// held other numbers before.
func TestDiagonals(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	made := 0
	for k := range 150 {
		m, n := 40+rnd.IntN(60), 70+rnd.IntN(60)
		f, about := randomBand(rnd, m, n)
		x, y := floats(uint64(k), n), floats(uint64(k+1), m)
		if k%5 == 0 {
			x = num.Set(x, math.Inf(1), num.FromInts([]int{3}, 1)) // which zeros beside a diagonal do not meet
		}
		want := f.Eval(x, y)
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			made += strings.Count(p.String(), "diagonals, ")
			for range 2 {
				if err := same(p.Call([]num.Array{x, y}), want); err != nil {
					t.Fatalf("%d, %s, %s: %v\n%v%v", k, on.Name, about, err, f, p)
				}
			}
			out := [][]float64{make([]float64, want[0].Size())}
			for i := range out[0] {
				out[0][i] = math.NaN()
			}
			if p.Run(out, [][]float64{x.Float64s(), y.Float64s()}) {
				if err := same([]num.Array{num.New(out[0], want[0].Shape()...)}, want); err != nil {
					t.Fatalf("%d, %s, %s, on slices: %v", k, on.Name, about, err)
				}
			}
		}
	}
	if made < 100 {
		t.Errorf("only %d steps along diagonals", made)
	}
}

// randomBand returns a func of a row and a column that makes a matrix of unit vectors and the like.
func randomBand(rnd *rand.Rand, m, n int) (f *trace.Func, about string) {
	of := trace.TypeOf(trace.F64, m, n)
	var words []string
	f = trace.Build([]trace.Type{trace.TypeOf(trace.F64, n), trace.TypeOf(trace.F64, m)}, func(in []num.Array) []num.Array {
		row, column := in[0], num.ExpandDims(in[1], 1)
		term := func() num.Array {
			first := rnd.IntN(m+n+20) - m - 10
			if rnd.IntN(2) == 0 {
				first = rnd.IntN(5) - 2
			}
			u, mask := trace.Units(of, first), trace.Units(of.With(trace.Bool), first)
			kind := rnd.IntN(6)
			words = append(words, fmt.Sprint(kind, " at ", first))
			switch kind {
			case 0:
				return num.Where(mask, num.Mul(row, column), 0)
			case 1:
				return num.Where(mask, num.Sin(row), math.Copysign(0, -1))
			case 2:
				return num.Mul(u, 3)
			case 3:
				return num.Flip(num.Flip(num.Where(mask, column, 2), 0), 1)
			case 4:
				return num.Where(num.Or(mask, trace.Units(of.With(trace.Bool), first+1)), num.Sub(row, column), 1)
			}
			return num.Sub(u, num.Where(mask, num.Div(row, column), 0.5))
		}
		y := term()
		for range rnd.IntN(3) {
			y = num.Add(y, term())
		}
		if rnd.IntN(3) == 0 {
			y = num.Add(num.Pad(y, 1, 0, 1, 0), num.Pad(y, 0, 1, 0, 1))
		}
		if rnd.IntN(5) == 0 {
			return []num.Array{y, num.Less(y, 1)}
		}
		return []num.Array{y}
	})
	return f, strings.Join(words, ", ")
}
