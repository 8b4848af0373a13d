package flow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// reparsed parses the text of f, and checks that it prints as it did.
func reparsed(t *testing.T, f *trace.Func) *trace.Func {
	t.Helper()
	text, err := f.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	g, err := trace.Parse(string(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if got, _ := g.MarshalText(); string(got) != string(text) {
		t.Fatalf("parsed and printed again:\n%s\nwas\n%s", got, text)
	}
	return g
}

// stacksKept is a function whose pullback holds stacks, stacks of stacks, and stacks with holes for
// branches not taken.
func stacksKept(x num.Array) num.Array {
	return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 20) }, func(c num.Array) num.Array {
		inner := flow.While(func(d num.Array) num.Array { return num.Less(num.Sum(d), 9) },
			func(d num.Array) num.Array { return num.Mul(num.Add(d, 1), d) }, c)
		branch := flow.Cond(num.Less(num.Sum(c), 5), func(c num.Array) num.Array { return num.Sin(c) },
			func(c num.Array) num.Array { return num.Mul(c, num.Exp(num.Sum(num.Sin(c)))) }, c)
		return num.Add(num.Mul(1.2, c), num.Mul(0.1, inner), branch)
	}, x)
}

// TestStackConstants traces a pullback whose stacks are known: they are constants of the IR.
func TestStackConstants(t *testing.T) {
	x, ct := num.Vector(1, 2), num.Vector(1, -1)
	_, pull := transforms.VJP(stacksKept, x)
	f := trace.MustOf(pull, ct)
	g := reparsed(t, f)
	sameBits(t, "parsed", g.Eval(ct), operands{pull(ct)})
	text := f.String()
	for _, want := range []string{"constant[value=f64[*,2]{f64[2]{", "constant[value=f64[*,*,2]{f64[*,2]{f64[2]{", "f64[2]{hole}", "f64[]{hole}"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// TestLargeStackConstants: String leaves out the rows of a large stack, MarshalText does not.
func TestLargeStackConstants(t *testing.T) {
	_, pull := transforms.VJP(func(x num.Array) num.Array {
		return flow.For(0, num.Convert(num.Mul(x, 100), trace.I64), func(_, c num.Array) num.Array { return num.Sin(c) }, x)
	}, num.Scalar(1))
	f := trace.MustOf(pull, num.Scalar(1))
	if text := f.String(); !strings.Contains(text, "constant[value=f64[*]{...}]") {
		t.Errorf("not short:\n%s", text)
	}
	sameBits(t, "parsed", reparsed(t, f).Eval(num.Scalar(1)), operands{pull(num.Scalar(1))})
}

// TestStackText has text with what stacks and holes may look like.
func TestStackText(t *testing.T) {
	for _, rows := range []string{"", "f64[]{1.0},f64[]{-2.5}", "f64[]{1.0},f64[]{hole}", "*f64[]{3.0}", "f64[]{1.0},*f64[]{3.0}"} {
		text := strings.ReplaceAll(`@f1 = func(a:i64[], b:f64[], c:f64[]) {
  d:f64[] = sin b
  e:f64[] = hole[type=f64[]]
  return d e
}
func(a:i64[], b:f64[]) {
  c:f64[*] = constant[value=f64[*]{ROWS}]
  d:f64[*] = full[value=2.0 type=f64[*]]
  e:f64[*,3] = hole[type=f64[*,3]]
  f:f64[], g:f64[*] = scan[body=@f1 consts=1 carry=1 length=-1 reverse=false] a b c
  return f g d e
}`, "ROWS", rows)
		f, err := trace.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := f.MarshalText(); string(got) != text {
			t.Errorf("parsed\n%s\nprinted\n%s", text, got)
		}
		if err := f.Check(); err != nil {
			t.Error(err)
		}
	}
	// a row that stands for all others is read as often as there are steps
	f, err := trace.Parse(`@f1 = func(a:i64[], b:f64[], c:f64[]) {
  d:f64[] = add b c
  return d
}
func(a:i64[], b:f64[]) {
  c:f64[*] = constant[value=f64[*]{f64[]{1.0},*f64[]{10.0}}]
  d:f64[] = scan[body=@f1 consts=1 carry=1 length=-1 reverse=false] a b c
  return d
}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Eval(num.ScalarInt(4), num.Scalar(0.5))[0].Float64(); got != 31.5 {
		t.Errorf("the sum of the rows is %v, want 31.5", got)
	}
}

// TestDotOfBodies draws what the transforms make of every entry of the table: each func is drawn
// once, and every arrow is between things that are drawn.
func TestDotOfBodies(t *testing.T) {
	funcs := map[string]*trace.Func{}
	_, pull := transforms.VJP(stacksKept, num.Vector(1, 2))
	funcs["stacks"] = trace.MustOf(pull, num.Vector(1, 1))
	for name, e := range table {
		for what, f := range e.funcs() {
			funcs[name+", "+what] = f
		}
	}
	for name, f := range funcs {
		dot := f.Dot()
		if frames, owned := strings.Count(dot, "subgraph"), strings.Count(f.String(), " = func("); frames != owned {
			t.Errorf("%s: %d frames for %d funcs", name, frames, owned)
		}
		var drawn []string
		for line := range strings.Lines(dot) {
			words := strings.Fields(line)
			switch {
			case len(words) > 2 && words[1] == "->":
				if !slices.Contains(drawn, words[0]) || !slices.Contains(drawn, words[2]) {
					t.Errorf("%s: an arrow out of nothing: %s", name, line)
				}
			case len(words) > 1 && strings.HasPrefix(words[1], "["):
				if slices.Contains(drawn, words[0]) {
					t.Errorf("%s: %s is drawn twice", name, words[0])
				}
				drawn = append(drawn, words[0])
			}
		}
		if strings.Contains(dot, "@?") {
			t.Errorf("%s: a func without a name in\n%s", name, dot)
		}
	}
}
