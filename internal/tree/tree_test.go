package tree_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/tree"
)

// leaf stands for an array.
type leaf struct{ n int }

type inner struct {
	a, B leaf
}

type label string

type outer struct {
	X      leaf
	hidden leaf
	In     inner
	List   []leaf
	Pair   [2]inner
	Names  map[string]leaf
	Levels map[int][]leaf
	Next   *outer
	Any    struct{}

	Step  int
	Small uint8
	On    bool
	Label label
	Fixed inner     `grad:"-"`
	Rate  float64   `grad:"-"`
	Rates []float32 `grad:"-"`
}

func example() outer {
	return outer{
		X: leaf{0}, hidden: leaf{1}, In: inner{leaf{2}, leaf{3}},
		List:   []leaf{{4}, {5}},
		Pair:   [2]inner{{leaf{6}, leaf{7}}, {leaf{8}, leaf{9}}},
		Names:  map[string]leaf{"b": {11}, "a": {10}, "ab": {12}},
		Levels: map[int][]leaf{10: {{15}}, -2: {{13}}, -10: {{14}}, 2: nil},
		Next:   &outer{X: leaf{20}},
		Step:   3, Small: 200, On: true, Label: "x=1;", Rate: 0.5, Rates: []float32{1},
	}
}

// leaves lists what example holds, in the order of flattening.
var leaves = []struct {
	path  string
	n     int
	fixed bool
}{
	{"outer.X", 0, false}, {"outer.hidden", 1, false}, {"outer.In.a", 2, false}, {"outer.In.B", 3, false},
	{"outer.List[0]", 4, false}, {"outer.List[1]", 5, false},
	{"outer.Pair[0].a", 6, false}, {"outer.Pair[0].B", 7, false}, {"outer.Pair[1].a", 8, false}, {"outer.Pair[1].B", 9, false},
	{"outer.Names[a]", 10, false}, {"outer.Names[ab]", 12, false}, {"outer.Names[b]", 11, false},
	{"outer.Levels[-10][0]", 14, false}, {"outer.Levels[-2][0]", 13, false}, {"outer.Levels[10][0]", 15, false},
	{"outer.Next.X", 20, false}, {"outer.Next.hidden", 0, false}, {"outer.Next.In.a", 0, false}, {"outer.Next.In.B", 0, false},
	{"outer.Next.Pair[0].a", 0, false}, {"outer.Next.Pair[0].B", 0, false}, {"outer.Next.Pair[1].a", 0, false}, {"outer.Next.Pair[1].B", 0, false},
	{"outer.Next.Fixed.a", 0, true}, {"outer.Next.Fixed.B", 0, true},
	{"outer.Fixed.a", 0, true}, {"outer.Fixed.B", 0, true},
}

func TestFlatten(t *testing.T) {
	f, err := tree.Flatten[leaf](example())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Values) != len(leaves) || len(f.Leaves) != len(leaves) {
		t.Fatalf("%d values and %d leaves, want %d", len(f.Values), len(f.Leaves), len(leaves))
	}
	for i, want := range leaves {
		if got := f.Leaves[i]; got.Path != want.path || got.Const != want.fixed || f.Values[i].n != want.n {
			t.Errorf("leaf %d is %v of %d, want %v", i, got, f.Values[i].n, want)
		}
	}
}

func TestFlattenLeaf(t *testing.T) {
	f, err := tree.Flatten[leaf](leaf{7})
	if err != nil || len(f.Values) != 1 || f.Values[0].n != 7 || f.Leaves[0] != (tree.Leaf{}) || f.Static != "" {
		t.Errorf("got %v, %v", f, err)
	}
	if got := tree.Unflatten(leaf{7}, []leaf{{8}}); got != (leaf{8}) {
		t.Errorf("got %v", got)
	}
}

// TestUnflatten puts other leaves into the example, which must stay as it was.
func TestUnflatten(t *testing.T) {
	like := example()
	f, err := tree.Flatten[leaf](like)
	if err != nil {
		t.Fatal(err)
	}
	if same := tree.Unflatten(like, f.Values); !reflect.DeepEqual(same, like) {
		t.Errorf("got  %v\nwant %v", same, like)
	}
	others := make([]leaf, len(f.Values))
	for i := range others {
		others[i] = leaf{100 + i}
	}
	got := tree.Unflatten(like, others).(outer)
	if !reflect.DeepEqual(like, example()) {
		t.Errorf("the template became %v", like)
	}
	again, err := tree.Flatten[leaf](got)
	if err != nil || !reflect.DeepEqual(again.Values, others) {
		t.Errorf("got %v, %v, want %v", again.Values, err, others)
	}
	if again.Static != f.Static {
		t.Errorf("static parts became %s, were %s", again.Static, f.Static)
	}
}

// TestUnflattenShares demands that no slice, map or pointer of the copy is the template's.
func TestUnflattenShares(t *testing.T) {
	like := example()
	f, _ := tree.Flatten[leaf](like)
	got := tree.Unflatten(like, f.Values).(outer)
	got.List[0], got.Names["a"], got.Levels[10][0] = leaf{-1}, leaf{-1}, leaf{-1}
	got.Names["new"], got.Levels[5] = leaf{-1}, nil
	got.Next.X = leaf{-1}
	got.Rates[0] = -1
	if !reflect.DeepEqual(like, example()) {
		t.Errorf("the template became %v", like)
	}
}

func TestNilsStay(t *testing.T) {
	type nils struct {
		S []leaf
		M map[string]leaf
		P *leaf
		E []leaf
		F map[string]leaf
	}
	like := nils{E: []leaf{}, F: map[string]leaf{}}
	f, err := tree.Flatten[leaf](like)
	if err != nil || len(f.Values) != 0 {
		t.Fatalf("got %v, %v", f, err)
	}
	got := tree.Unflatten(like, []leaf{}).(nils)
	if got.S != nil || got.M != nil || got.P != nil || got.E == nil || got.F == nil {
		t.Errorf("got %#v", got)
	}
}

// TestStatic demands that trees of one type with different static parts have different Static.
func TestStatic(t *testing.T) {
	change := map[string]func(*outer){
		"nothing":    func(*outer) {},
		"step":       func(o *outer) { o.Step = 4 },
		"uint":       func(o *outer) { o.Small = 1 },
		"bool":       func(o *outer) { o.On = false },
		"string":     func(o *outer) { o.Label = "" },
		"float":      func(o *outer) { o.Rate = math.NaN() },
		"floats":     func(o *outer) { o.Rates[0] = 2 },
		"length":     func(o *outer) { o.List = o.List[:1] },
		"keys":       func(o *outer) { o.Names["c"] = o.Names["a"]; delete(o.Names, "a") },
		"int keys":   func(o *outer) { o.Levels[-11] = o.Levels[-10]; delete(o.Levels, -10) },
		"no pointer": func(o *outer) { o.Next = nil },
		"no map":     func(o *outer) { o.Names = nil },
		"deep":       func(o *outer) { o.Next.Step = 1 },
	}
	by := map[string]string{}
	for name, do := range change {
		o := example()
		do(&o)
		f, err := tree.Flatten[leaf](o)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := by[f.Static]; ok {
			t.Errorf("%s and %s have the same static text %s", name, other, f.Static)
		}
		by[f.Static] = name
	}
	a, _ := tree.Flatten[leaf](example())
	o := example()
	o.X, o.List[1], o.Fixed.a = leaf{-5}, leaf{-5}, leaf{-5}
	if b, _ := tree.Flatten[leaf](o); a.Static != b.Static {
		t.Errorf("leaves changed the static text from %s to %s", a.Static, b.Static)
	}
}

type cycle struct {
	X    leaf
	Next *cycle
}

func TestRefused(t *testing.T) {
	type mass struct{ Mass float64 }
	type Params struct {
		X leaf
		M []mass
	}
	ring := &cycle{}
	ring.Next = ring
	for _, c := range []struct {
		name string
		v    any
		want string
	}{
		{"float", Params{M: []mass{{}, {2}}}, `Params.M[0].Mass is a float64: make it a num.Array, or tag its field grad:"-" to hold it constant`},
		{"float32", struct{ A float32 }{}, ".A is a float32: make it a num.Array"},
		{"bare float", 2.5, "the value is a float64: make it a num.Array"},
		{"func", struct{ F func() }{}, ".F is a func(), which cannot stand in a tree of arrays"},
		{"func under grad", struct {
			F func() `grad:"-"`
		}{}, ".F is a func(), which cannot stand in a tree of arrays"},
		{"channel", map[string]chan int{"k": make(chan int)}, "[k] is a chan int, which cannot"},
		{"interface", []any{leaf{}}, "[0] is a interface {}, which cannot"},
		{"complex", [1]complex128{}, "[0] is a complex128, which cannot"},
		{"nil", nil, "nil is not a tree of arrays"},
		{"cycle", ring, "is nested too deeply"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := tree.Flatten[leaf](c.v)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v, want %s", f, err, c.want)
			}
		})
	}
}

// TestStatics lists the parts of a tree that are not leaves.
func TestStatics(t *testing.T) {
	type small struct {
		N int
		S []leaf
		M map[int]leaf
		L string
	}
	got := fmt.Sprint(tree.Statics[leaf](small{2, []leaf{{1}}, map[int]leaf{3: {1}}, "a;"}))
	want := `[{small.N 2} {small.S 1} {small.M 1} {small.M[3] "09223372036854775811"} {small.L "a;"}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
