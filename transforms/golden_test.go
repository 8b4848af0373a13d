package transforms_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/golden"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// An archive is a line that says what the case is for and then sections, each a head line
// "-- name --" and the text of one or two funcs. The section "in" is given; the others are what
// the transforms make of it, and go test -update rewrites them.
//
//	jvp        results and tangents, from arguments and tangents
//	linearize  the primal func, whose results end with the residuals, and the tape
//	vjp        cotangents of the arguments, from arguments and cotangents
//	vmap       with 5 lanes in every input, captures being the same in all
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d archives, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			a := golden.Open(t, file)
			a.Given("")
			f, err := trace.Parse(a.Given("in"))
			if err != nil {
				t.Fatal(err)
			}
			active := make([]bool, len(f.Inputs()))
			mapped := make([]bool, len(f.Inputs())+len(f.Captures()))
			for i, v := range f.Inputs() {
				active[i] = f.Type(v).DType == trace.F64
				mapped[i] = true
			}
			jvp, vjp := dual.JVP(f, active), pullback(f, active)
			primal, linear := tape.Linearize(f, active)
			vmap := batch.Vmap(f, mapped, 5)
			a.Check(t, "jvp", text(t, jvp))
			a.Check(t, "linearize", text(t, primal, linear.Func))
			a.Check(t, "vjp", text(t, vjp))
			a.Check(t, "vmap", text(t, vmap))
			mustBeAdjoint(t, f, jvp, vjp, active)
			mustBeALoop(t, f, vmap)
		})
	}
}

// text returns the text of funcs, after a check that the transforms left nothing to simplify.
func text(t *testing.T, funcs ...*trace.Func) string {
	t.Helper()
	var b strings.Builder
	for _, f := range funcs {
		mustBeSound(t, f)
		s, _ := f.MarshalText()
		b.WriteString(string(s) + "\n")
	}
	return b.String()
}

// pullback returns the func from the arguments of f and a cotangent for each result to cotangents
// of the active arguments.
func pullback(f *trace.Func, active []bool) *trace.Func {
	types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
	n := len(types)
	all := make([]bool, n)
	copy(all, active)
	return trace.Build(append(types, f.Types(f.Outputs())...), func(args []trace.Array) []trace.Array {
		_, tp := tape.Record(f, args[:n], all, false, nil)
		return tp.Pull(args[n:])
	})
}

// mustBeSound checks a func, and that there is nothing in it to simplify.
func mustBeSound(t *testing.T, f *trace.Func) {
	t.Helper()
	if err := f.Check(); err != nil {
		t.Error(err)
	}
	once := pass.Simplify(f)
	if a, b := pass.Simplify(once).String(), once.String(); a != b {
		t.Errorf("simplifying twice is not simplifying once:\n%s\n%s", b, a)
	}
	if len(once.Equations()) != len(f.Equations()) {
		t.Errorf("there is something left to simplify in\n%v\nnamely\n%v", f, once)
	}
}

// random returns an array of a type: small integers, any bools, f64 between 0.5 and 2.
func random(rng *rand.Rand, typ trace.Type) trace.Array {
	b := trace.NewBuffer(typ)
	for i := range b.F64 {
		b.F64[i] = 0.5 + 1.5*rng.Float64()
	}
	for i := range b.I64 {
		b.I64[i] = rng.Int64N(2)
	}
	for i := range b.Bool {
		b.Bool[i] = rng.IntN(2) == 0
	}
	return trace.FromBuffer(b)
}

func randoms(rng *rand.Rand, types []trace.Type) []trace.Array {
	as := make([]trace.Array, len(types))
	for i, t := range types {
		as[i] = random(rng, t)
	}
	return as
}

// inner returns the inner product of the f64 arrays in two lists.
func inner(as, bs []trace.Array) float64 {
	s := 0.0
	for i, a := range as {
		if a.DType() == trace.F64 {
			s += num.Sum(num.Mul(a, bs[i])).Float64()
		}
	}
	return s
}

// mustBeAdjoint checks <ct, J t> = <J^T ct, t> at a random point.
func mustBeAdjoint(t *testing.T, f, jvp, vjp *trace.Func, active []bool) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	args := randoms(rng, append(f.Types(f.Inputs()), f.Types(f.Captures())...))
	var tangents []trace.Array
	for i, a := range active {
		if a {
			tangents = append(tangents, random(rng, args[i].Type()))
		}
	}
	ct := randoms(rng, f.Types(f.Outputs()))
	dy := jvp.Eval(append(args[:len(args):len(args)], tangents...)...)[len(ct):]
	dx := vjp.Eval(append(args[:len(args):len(args)], ct...)...)
	if a, b := inner(ct, dy), inner(dx, tangents); math.Abs(a-b) > 1e-14*math.Abs(a) {
		t.Errorf("<ct, J t> = %v, but <J^T ct, t> = %v", a, b)
	}
}

// mustBeALoop checks that each lane of vmap is what f gives for it.
func mustBeALoop(t *testing.T, f, vmap *trace.Func) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	args := randoms(rng, vmap.Types(vmap.Inputs()))
	n := len(f.Inputs())
	got := vmap.Eval(args...)
	for lane := range 5 {
		one := append([]trace.Array(nil), args...)
		for i := range n {
			one[i] = num.Take(args[i], lane, 0)
		}
		for i, want := range f.Eval(one...) {
			d := num.Abs(num.Sub(num.Take(got[i], lane, 0), want))
			if off := num.Sum(num.Convert(d, trace.F64)).Float64(); off > 1e-14 || off != off {
				t.Errorf("result %d of lane %d is off by %v", i, lane, off)
			}
		}
	}
}
