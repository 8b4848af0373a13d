package trace

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// pair is a primitive of two results: its two operands, which may differ in type.
type pair struct{}

func (pair) Name() string                                        { return "pair" }
func (pair) Eval(in []Buffer, _ []Type) []Buffer                 { return in }
func (pair) JVP(_, _ []Array, t []Tangent) []Tangent             { return t }
func (pair) Batch(in []Array, m []bool, _ int) ([]Array, []bool) { return in, m }

func (pair) Infer(in []Type) ([]Type, error) {
	if len(in) != 2 {
		return nil, errors.New("needs two operands")
	}
	return in, nil
}

func TestCheck(t *testing.T) {
	f64, i64 := TypeOf(F64, 2), TypeOf(I64)
	one := Equation{Primitive: full{Value: 1.0, Type: Scalar}, Outs: []Var{0}}
	for _, c := range []struct {
		name string
		f    Func
		want []string // one for each fault, in order
	}{
		{"sound", Func{inputs: 1, captures: 1, types: []Type{f64, i64, f64, i64},
			equations: []Equation{{Primitive: pair{}, Ins: []Var{0, 1}, Outs: []Var{2, 3}}}, outputs: []Var{3, 2}}, nil},
		{"empty", Func{}, nil},
		{"too many inputs", Func{inputs: 2, types: []Type{f64}}, []string{"2 inputs and 0 captures among 1 variables"}},
		{"negative inputs", Func{inputs: -1, types: []Type{f64}},
			[]string{"-1 inputs and 0 captures", "variable 0 is never defined"}},
		{"dtype", Func{inputs: 1, types: []Type{TypeOf(9, 2)}}, []string{"variable 0 has the type dtype9[2]"}},
		{"length", Func{inputs: 1, types: []Type{TypeOf(F64, -2)}}, []string{"variable 0 has the type f64[-2]"}},
		{"operand range", Func{inputs: 1, types: []Type{f64, f64, f64},
			equations: []Equation{{Primitive: pair{}, Ins: []Var{0, 7}, Outs: []Var{1, 2}}}},
			[]string{"operand 1 of equation 0 is variable 7, which is not defined before it"}},
		{"negative operand", Func{inputs: 1, types: []Type{f64, f64, f64},
			equations: []Equation{{Primitive: pair{}, Ins: []Var{-1, 0}, Outs: []Var{1, 2}}}},
			[]string{"operand 0 of equation 0 is variable -1, which is not defined before it"}},
		{"used before", Func{types: []Type{Scalar, Scalar, Scalar},
			equations: []Equation{{Primitive: pair{}, Ins: []Var{0, 0}, Outs: []Var{1, 2}}, one}},
			[]string{"operand 0 of equation 0 is variable 0", "operand 1 of equation 0 is variable 0"}},
		{"defined twice", Func{types: []Type{Scalar}, equations: []Equation{one, one}},
			[]string{"result 0 of equation 1 is variable 0, which is defined already"}},
		{"input defined", Func{inputs: 1, types: []Type{Scalar}, equations: []Equation{one}},
			[]string{"result 0 of equation 0 is variable 0, which is defined already"}},
		{"result range", Func{equations: []Equation{one}}, []string{"result 0 of equation 0 is variable 0 of 0"}},
		{"no primitive", Func{types: []Type{Scalar}, equations: []Equation{{Outs: []Var{0}}}}, []string{"equation 0 has no primitive"}},
		{"infer", Func{inputs: 1, types: []Type{f64, f64},
			equations: []Equation{{Primitive: pair{}, Ins: []Var{0}, Outs: []Var{1}}}},
			[]string{"equation 0: pair: needs two operands: f64[2]"}},
		{"number of results", Func{inputs: 1, types: []Type{f64, f64},
			equations: []Equation{{Primitive: pair{}, Ins: []Var{0, 0}, Outs: []Var{1}}}},
			[]string{"equation 0: pair of f64[2] x f64[2] gives 2 results, not 1"}},
		{"type of result", Func{inputs: 1, types: []Type{f64, f64, i64},
			equations: []Equation{{Primitive: pair{}, Ins: []Var{0, 0}, Outs: []Var{1, 2}}}},
			[]string{"result 1 of equation 0 is i64[], but pair of f64[2] x f64[2] gives f64[2]"}},
		{"output", Func{inputs: 1, types: []Type{f64}, outputs: []Var{0, 1}},
			[]string{"result 1 of the func is variable 1, which is not defined"}},
		{"never defined", Func{inputs: 1, types: []Type{f64, f64}}, []string{"variable 1 is never defined"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.f.Check()
			if (err == nil) != (c.want == nil) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if err == nil {
				return
			}
			text := err.Error()
			for _, want := range c.want {
				i := strings.Index(text, want)
				if i < 0 {
					t.Fatalf("%q is not in\n%v", want, err)
				}
				text = text[i+len(want):]
			}
			if n := strings.Count(err.Error(), ":\n"); n != len(c.want) {
				t.Errorf("%d faults, want %d:\n%v", n, len(c.want), err)
			}
		})
	}
}

// TestCheckWindow demands the three equations before the fault and after it.
func TestCheckWindow(t *testing.T) {
	f := Func{inputs: 1, types: []Type{Scalar}, outputs: []Var{1}}
	for i := range 10 {
		v := Var(len(f.types))
		f.types = append(f.types, Scalar, Scalar)
		f.equations = append(f.equations, Equation{Primitive: pair{}, Ins: []Var{Var(i), 0}, Outs: []Var{v, v + 1}})
	}
	f.types[11] = TypeOf(I64)
	want := `result 0 of equation 5 is i64[], but pair of f64[] x f64[] gives f64[]:
      f:f64[], g:f64[] = pair c a
      h:f64[], i:f64[] = pair d a
      j:f64[], k:f64[] = pair e a
  >   l:i64[], m:f64[] = pair f a
      n:f64[], o:f64[] = pair g a
      p:f64[], q:f64[] = pair h a
      r:f64[], s:f64[] = pair i a`
	if err := f.Check(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	f.types[11], f.outputs = Scalar, []Var{30}
	want = `result 0 of the func is variable 30, which is not defined:
      p:f64[], q:f64[] = pair h a
      r:f64[], s:f64[] = pair i a
      t:f64[], u:f64[] = pair j a
  >   return ?`
	if err := f.Check(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestCheckBroken breaks a sound func at random: Check, String and Dot must not panic, and Check
// must find what is out of range.
func TestCheckBroken(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		f := Func{inputs: 2, types: make([]Type, 8), outputs: []Var{7, 5}}
		for i := range 3 {
			v := Var(2 + 2*i)
			f.equations = append(f.equations, Equation{Primitive: pair{}, Ins: []Var{v - 1, v - 2}, Outs: []Var{v, v + 1}})
		}
		if err := f.Check(); err != nil {
			t.Fatal(err)
		}
		wild := Var(rng.IntN(40) - 20)
		sound := false
		switch e := &f.equations[rng.IntN(3)]; rng.IntN(8) {
		case 0:
			e.Ins[rng.IntN(2)] = wild
			sound = wild >= 0 && wild < e.Outs[0]
		case 1:
			i := rng.IntN(2)
			sound = e.Outs[i] == wild
			e.Outs[i] = wild
		case 2:
			f.outputs[0] = wild
			sound = wild >= 0 && wild < 8
		case 3:
			f.inputs = int(wild)
			sound = wild == 2
		case 4:
			f.captures = int(wild)
			sound = wild == 0
		case 5:
			e.Primitive = nil
		case 6:
			e.Primitive = full{}
		case 7:
			f.types = f.types[:rng.IntN(8)]
		}
		_, _ = f.String(), f.Dot()
		if err := f.Check(); (err == nil) != sound {
			t.Fatalf("sound is %v, but Check says %v of\n%v", sound, err, &f)
		}
	}
}

// TestCheckPosition demands that a fault names the user's line.
func TestCheckPosition(t *testing.T) {
	one := newSplat(scalarBuffer(1.0), Scalar)
	_, _, line, _ := runtime.Caller(0)
	f := Record([]Array{one}, []bool{false}, false, func(in []Array) []Array {
		return Apply(pair{}, in[0], in[0])
	}).Func
	f.types[2] = TypeOf(Bool)
	at := fmt.Sprintf("check_test.go:%d", line+2)
	want := at + ": result 1 of equation 0 is bool[], but pair of f64[] x f64[] gives f64[]:\n" +
		"    func(a:f64[]) {\n  >   b:f64[], c:bool[] = pair a a  # " + at + "\n      return b c"
	if err := f.Check(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
