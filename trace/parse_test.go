package trace_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// parsed are texts that Parse must read and String must write back to the letter.
var parsed = []struct{ name, text string }{
	{"empty", "func() {\n  return\n}"},
	{"identity", "func(a:f64[]) {\n  return a\n}"},
	{"unused input", "func(a:f64[2,3], b:i64[0], c:bool[]) {\n  return c\n}"},
	{"same result twice", "func(a:f64[]) {\n  return a a\n}"},
	{"captures", "func(a:f64[3]; b:f64[3], c:f64[3]) {\n  d:f64[3] = mul a b\n  e:f64[3] = add d c\n  return e\n}"},
	{"only captures", "func(; a:f64[]) {\n  b:f64[] = sin a\n  return b\n}"},
	{"literals", "func(a:f64[], b:i64[]) {\n  c:f64[] = mul 2.0 a\n  d:f64[] = add c -0.0\n  e:f64[] = add d NaN\n" +
		"  f:f64[] = sub e -Inf\n  g:f64[] = sub f +Inf\n  h:i64[] = mul 3 b\n  i:i64[] = add h -4\n  return g i true false 1e+300\n}"},
	{"parameters", "func(a:f64[2,3]) {\n  b:f64[] = reduce_sum[axes=(0,1)] a\n  c:f64[3,2] = transpose[perm=(1,0)] a\n" +
		"  d:i64[2,3] = convert[to=i64] a\n  e:f64[] = reshape[shape=()] b\n  return e c d\n}"},
	{"full", "func() {\n  a:f64[2] = full[value=-0.0 type=f64[2]]\n  b:i64[0] = full[value=3 type=i64[0]]\n" +
		"  c:bool[1] = full[value=true type=bool[1]]\n  return a b c\n}"},
	{"units", "func() {\n  a:f64[2,3] = units[first=0 type=f64[2,3]]\n  b:bool[2] = units[first=-1 type=bool[2]]\n  return a b\n}"},
	{"constant", "func() {\n  a:f64[4] = constant[value=f64[4]{1.5,-0.0,NaN,-Inf}]\n  b:i64[1,2] = constant[value=i64[1,2]{1,-9223372036854775808}]\n" +
		"  c:bool[2] = constant[value=bool[2]{true,false}]\n  d:f64[0] = constant[value=f64[0]{}]\n  return a b c d\n}"},
}

func TestParse(t *testing.T) {
	for _, c := range parsed {
		t.Run(c.name, func(t *testing.T) {
			f, err := trace.Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.String(); got != c.text {
				t.Errorf("String gives\n%s\nwant\n%s", got, c.text)
			}
		})
	}
}

// TestParseLayout reads one func laid out in ways that String does not write.
func TestParseLayout(t *testing.T) {
	want := "func(a:f64[2]; b:f64[2]) {\n  c:f64[2] = add a b\n  d:f64[2] = neg c\n  return d\n}"
	for _, text := range []string{
		"func(a:f64[2];b:f64[2]){c:f64[2]=add a b d:f64[2]=neg c return d}",
		"# head\nfunc ( x : f64 [ 2 ] ; # two\r\n\ty:f64[2],) {\n\n z:f64[2] = add\n x\n y # sum\n n:f64[2] = neg z return n } # end",
		"func(a:f64[2]; b:f64[2]) {\n  c:f64[2] = add[] a b\n  d:f64[2] = neg c\n  return d\n}\n",
	} {
		f, err := trace.Parse(text)
		if err != nil {
			t.Errorf("%s\n%v", text, err)
		} else if f.String() != want {
			t.Errorf("%s\nbecomes\n%v", text, f)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", `line 1: expected "func" at the beginning, found the end of the text`},
		{"no type", "func(a) {\n return a }", `line 1: expected ":" and a type after variable a, found ")"`},
		{"bad dtype", "func(a:f16[]) { return a }", `line 1: expected a type, as f64[3], found "f16"`},
		{"bad length", "func(a:f64[-1]) { return a }", `line 1: expected a length in a shape, found "-1"`},
		{"huge", "func(a:f64[2000000000,2000000000,4]) { return a }", `line 1: f64[2000000000,2000000000,4] has too many elements`},
		{"undefined", "func(a:f64[]) {\n\n return b }", `line 3: variable b is not defined`},
		{"of itself", "func() {\n a:f64[] = neg a\n return a }", `line 2: variable a is not defined`},
		{"twice", "func(a:f64[]) {\n a:f64[] = neg a\n return a }", `line 2: variable a is defined twice`},
		{"reserved", "func(true:f64[]) { return true }", `line 1: expected the name of a variable, found "true"`},
		{"unknown", "func(a:f64[]) {\n b:f64[] = sine a\n return b }", `line 2: unknown primitive sine`},
		{"no parameter", "func(a:f64[2]) {\n b:f64[] = reduce_sum a\n return b }", `line 2: reduce_sum needs the parameter axes`},
		{"bad parameter", "func(a:f64[2]) {\n b:f64[] = reduce_sum[axis=0] a\n return b }", `line 2: reduce_sum has no parameter axis, or it is given twice`},
		{"parameter twice", "func(a:f64[2]) {\n b:f64[] = reduce_sum[axes=(0) axes=(0)] a\n return b }", `line 2: reduce_sum has no parameter axes, or it is given twice`},
		{"kind", "func(a:f64[2]) {\n b:f64[] = reduce_sum[axes=(0.5)] a\n return b }", `line 2: expected a parameter of type int, found "0.5"`},
		{"no list", "func(a:f64[2]) {\n b:f64[] = reduce_sum[axes=0] a\n return b }", `line 2: expected "(" before the elements of a parameter, found "0"`},
		{"elided", "func() {\n b:f64[99] = constant[value=f64[99]{...}]\n return b }", "line 2: the elements of a constant are left out: write the func with MarshalText"},
		{"elements", "func() {\n b:f64[2] = constant[value=f64[2]{1.0}]\n return b }", "line 2: f64[2] has 2 elements, but 1 are given"},
		{"element", "func() {\n b:f64[2] = constant[value=f64[2]{1.0,2}]\n return b }", `line 2: expected an element of f64[2], found "2"`},
		{"integer", "func() {\n return 9223372036854775808 }", `line 2: bad integer "9223372036854775808"`},
		{"number", "func() {\n return 1.0.0 }", `line 2: bad number "1.0.0"`},
		{"open", "func() {\n return 1.0", `line 2: expected "}" after the results, found the end of the text`},
		{"tail", "func() {\n return }\n}", `line 3: expected the end of the text, found "}"`},
		{"character", "func() {\n return §", `line 2: expected "}" after the results, found "§"`},
		{"no equation", "func() {\n ( }", `line 2: expected an equation or return, found "("`},
		{"types", "func(a:f64[2]) {\n b:f64[3] = neg a\n return b }", "line 2: result 0 of equation 0 is f64[3], but neg of f64[2] gives f64[2]"},
		{"operands", "func(a:f64[2], b:f64[3]) {\n c:f64[2] = add a b\n return c }", "line 2: equation 0: add: operands differ in shape: f64[2] x f64[3]"},
		{"value", "func() {\n c:f64[2] = full[value=1 type=f64[2]]\n return c }", "line 2: equation 0: full: 1 is no element of f64[2]"},
		{"no operand", "func(a:f64[2]) {\n c:f64[2] = reshape[shape=(2)]\n return c }", "line 2: equation 0: reshape: needs one operand"},
		{"operand of full", "func(a:f64[2]) {\n c:f64[] = full[value=1.0 type=f64[]] a\n return c }", "line 2: equation 0: full: takes no operands: f64[2]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := trace.Parse(c.text)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestMarshal sends a func with a constant too long for String through text.
func TestMarshal(t *testing.T) {
	w := make([]float64, 100)
	for i := range w {
		w[i] = math.Sqrt(float64(i)) / 3
	}
	f := trace.MustOf(func(x num.Array) num.Array { return num.Mul(x, num.Vector(w...)) }, num.Vector(w...))
	if want := "constant[value=f64[100]{...}]"; !strings.Contains(f.String(), want) {
		t.Errorf("String does not leave out the elements: %v", f)
	}
	text, err := f.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var g trace.Func
	if err := g.UnmarshalText(text); err != nil {
		t.Fatal(err)
	}
	again, _ := g.MarshalText()
	if string(again) != string(text) {
		t.Errorf("the text changed to\n%s", again)
	}
	x := num.Vector(w...)
	a, b := f.Eval(x)[0].Float64s(), g.Eval(x)[0].Float64s()
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("element %d is %v, was %v", i, b[i], a[i])
		}
	}
	if err := g.UnmarshalText([]byte("func")); err == nil {
		t.Error("no error for half a func")
	}
}

// rowFuncs returns a func for each case in the table of primitives.
func rowFuncs() []*trace.Func {
	var funcs []*trace.Func
	for _, row := range rows.All() {
		for _, c := range row.Cases {
			types := make([]trace.Type, len(c.In))
			for i, in := range c.In {
				types[i] = in.Type
			}
			funcs = append(funcs, trace.Build(types, c.Do))
		}
	}
	return funcs
}

// TestArity demands that no primitive takes an operand more, or one less, or none.
func TestArity(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range rowFuncs() {
		for _, e := range f.Equations() {
			p := e.Primitive
			if seen[p.Name()] || p.Name() == "concat" { // which takes any number
				continue
			}
			seen[p.Name()] = true
			in := f.Types(e.Ins)
			for _, wrong := range [][]trace.Type{append(in, trace.Scalar), in[:max(len(in)-1, 0)], nil} {
				if _, err := p.Infer(wrong); len(wrong) != len(in) && err == nil {
					t.Errorf("%s takes %d operands, %v", p.Name(), len(wrong), wrong)
				}
			}
		}
	}
}

// FuzzParse demands that Parse never panics and that what it reads, it reads again the same.
func FuzzParse(f *testing.F) {
	for _, c := range parsed {
		f.Add(c.text)
	}
	for _, fn := range rowFuncs() {
		f.Add(fn.String())
	}
	f.Fuzz(func(t *testing.T, text string) {
		fn, err := trace.Parse(text)
		if err != nil {
			return
		}
		out, _ := fn.MarshalText()
		again, err := trace.Parse(string(out))
		if err != nil {
			t.Fatalf("%v\nin what was printed:\n%s", err, out)
		}
		if twice, _ := again.MarshalText(); string(twice) != string(out) {
			t.Errorf("%s\nbecame\n%s", out, twice)
		}
	})
}
