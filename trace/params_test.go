package trace_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// everything is a primitive with a parameter of each kind. Only its text is looked at.
type everything struct {
	num.Array // an embedded field counts as any other
	I         int
	U         uint8
	B         bool
	F         float64
	S         string
	Ints      []int
	Nested    [][]float64
	Names     []string
	D         trace.DType
	T         trace.Type
	Ts        []trace.Type
	Any       any
	Kind      kind
	Op        rule
	Empty     struct{}
	_         struct{}
}

type kind int

type rule struct{ Slope float64 }

func (everything) Name() string                                            { return "everything" }
func (everything) Infer([]trace.Type) ([]trace.Type, error)                { return []trace.Type{trace.Scalar}, nil }
func (everything) Eval([]trace.Buffer, []trace.Type) []trace.Buffer        { return nil }
func (everything) JVP(_, _ []num.Array, _ []trace.Tangent) []trace.Tangent { return nil }
func (everything) Batch([]num.Array, []bool, int) ([]num.Array, []bool)    { return nil, nil }

func init() { trace.Register(everything{}) }

func TestParametersText(t *testing.T) {
	p := everything{
		Array:  num.Vector(1, math.Copysign(0, -1)),
		I:      -3,
		U:      200,
		B:      true,
		F:      math.Inf(1),
		S:      "ij,jk->\"ik\"\n# no comment ]",
		Ints:   []int{0, -1},
		Nested: [][]float64{{1, 0.1}, nil},
		Names:  []string{"", "a b"},
		D:      trace.I64,
		T:      trace.TypeOf(trace.Bool, 2, 3),
		Ts:     []trace.Type{trace.Scalar},
		Any:    int64(7),
		Kind:   9,
		Op:     rule{1e300},
	}
	want := `everything[array=f64[2]{1.0,-0.0} i=-3 u=200 b=true f=+Inf s="ij,jk->\"ik\"\n# no comment ]" ` +
		`ints=(0,-1) nested=((1.0,0.1),()) names=("","a b") d=i64 t=bool[2,3] ts=(f64[]) any=7 kind=9 slope=1e+300]`
	if got := trace.PrimitiveText(p); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	q, err := trace.ParsePrimitive(want)
	if err != nil {
		t.Fatal(err)
	}
	e := q.(everything)
	if got := e.Array.Float64s(); got[0] != 1 || !math.Signbit(got[1]) {
		t.Errorf("the array became %v", got)
	}
	p.Array, e.Array = num.Array{}, num.Array{}
	if !reflect.DeepEqual(e, p) {
		t.Errorf("got  %#v\nwant %#v", e, p)
	}
}

// TestParameters gives every registered primitive that owns no funcs random parameters, writes it and reads it.
func TestParameters(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, prototype := range trace.Registered() {
		if _, ok := prototype.(trace.Splitter); ok {
			continue // its funcs stand in another text
		}
		t.Run(name, func(t *testing.T) {
			for range 20 {
				v := reflect.New(reflect.TypeOf(prototype)).Elem()
				randomise(rng, v)
				text := trace.PrimitiveText(v.Interface().(trace.Primitive))
				q, err := trace.ParsePrimitive(text)
				if err != nil {
					t.Fatalf("%v\nin %s", err, text)
				}
				if again := trace.PrimitiveText(q); again != text {
					t.Fatalf("%s\nbecame\n%s", text, again)
				}
			}
		})
	}
}

// randomise sets the exported fields of a struct, or any other value of a kind that a parameter
// can have.
func randomise(rng *rand.Rand, v reflect.Value) {
	floats := []float64{0, math.Copysign(0, -1), 1, 1e-300, -1e21, math.Pi, math.NaN(), math.Inf(1), math.Inf(-1)}
	float := floats[rng.IntN(len(floats))]
	shape := []int{rng.IntN(3), rng.IntN(3)}[rng.IntN(3):]
	switch v.Interface().(type) {
	case trace.Type:
		v.Set(reflect.ValueOf(trace.TypeOf(trace.DType(rng.IntN(3)), shape...)))
		return
	case trace.DType:
		v.Set(reflect.ValueOf(trace.DType(rng.IntN(3))))
		return
	case num.Array:
		a := []num.Array{num.Vector(floats...), num.Scalar(float), num.Convert(num.Vector(1, 0), trace.Bool)}
		v.Set(reflect.ValueOf(a[rng.IntN(len(a))]))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous && f.Type.Size() > 0 {
				randomise(rng, v.Field(i))
			}
		}
	case reflect.Slice:
		s := reflect.MakeSlice(v.Type(), rng.IntN(4), 4)
		for i := range s.Len() {
			randomise(rng, s.Index(i))
		}
		v.Set(s)
	case reflect.Interface:
		v.Set(reflect.ValueOf([]any{float, int64(rng.IntN(9) - 4), rng.IntN(2) == 0}[rng.IntN(3)]))
	case reflect.Float64:
		v.SetFloat(float)
	case reflect.Bool:
		v.SetBool(rng.IntN(2) == 0)
	case reflect.String:
		v.SetString([]string{"", "ij->ji", "\x00\xff\"\\", "größer"}[rng.IntN(4)])
	default:
		if v.CanInt() {
			v.SetInt(rng.Int64N(100) - 50)
		} else {
			v.SetUint(rng.Uint64N(100))
		}
	}
}

type pointerPrimitive struct{ everything }

type hidden struct {
	everything
	axis int
}

// TestBadPrimitives demands that primitives which would be taken for one another are refused.
func TestBadPrimitives(t *testing.T) {
	for _, c := range []struct {
		p    trace.Primitive
		want string
	}{
		{&pointerPrimitive{}, "the primitive type *trace_test.pointerPrimitive must be a struct whose exported fields are the parameters"},
		{hidden{axis: 1}, "the primitive type trace_test.hidden has the unexported field axis: a parameter must be exported"},
	} {
		err := trace.Try(func() { trace.MustOf(func(x num.Array) num.Array { return trace.Apply(c.p, x)[0] }, num.Scalar(1)) })
		if err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestRegisterRefuses(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"everything", "trace: primitive everything is registered twice"},
		{"add", "trace: primitive add is registered twice"},
		{"true", `trace: a primitive cannot be named "true"`},
		{"a-b", `trace: a primitive cannot be named "a-b"`},
		{"", `trace: a primitive cannot be named ""`},
	} {
		func() {
			defer func() {
				if r := recover(); r != c.want {
					t.Errorf("%q: got %v, want %s", c.name, r, c.want)
				}
			}()
			trace.Register(named{Word: c.name})
		}()
	}
}

// named is a primitive of any name.
type named struct {
	everything
	Word string
}

func (n named) Name() string { return n.Word }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
