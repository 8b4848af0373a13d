package tree_test

import (
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/gradus-ad/gradus/internal/tree"
)

// TestFlattenAgain demands that trees whose shape is known are flattened as they were when it was new.
func TestFlattenAgain(t *testing.T) {
	for i := range 1000 {
		o := example()
		o.List = make([]leaf, i%7)
		for k := range o.List {
			o.List[k] = leaf{100*i + k}
		}
		o.Step, o.Next.Label = i%3, label(strconv.Itoa(i))
		o.Names[strconv.Itoa(i%5)] = leaf{i}
		first, err := tree.Flatten[leaf](o)
		if err != nil {
			t.Fatal(err)
		}
		again, err := tree.Flatten[leaf](o)
		if err != nil || !reflect.DeepEqual(again, first) {
			t.Fatalf("%d: got %v, %v, want %v", i, again, err, first)
		}
		dynamic, err := tree.Flatten[leaf](any(o))
		if err != nil || !reflect.DeepEqual(dynamic, first) {
			t.Fatalf("%d: as an interface: got %v, %v, want %v", i, dynamic, err, first)
		}
		if got := tree.UnflattenAs(o, first.Values); !reflect.DeepEqual(got, o) {
			t.Fatalf("%d: got %v, want %v", i, got, o)
		}
	}
}

// TestRefusedAgain demands that what is wrong stays wrong when the good trees of its type are known.
func TestRefusedAgain(t *testing.T) {
	type holder struct {
		X  leaf
		Fs []func()
		M  map[int]any
	}
	for range 2 {
		if f, err := tree.Flatten[leaf](holder{X: leaf{3}}); err != nil || len(f.Values) != 1 {
			t.Errorf("got %v, %v", f, err)
		}
		if _, err := tree.Flatten[leaf](holder{Fs: make([]func(), 1)}); err == nil {
			t.Error("a func was accepted")
		}
		if _, err := tree.Flatten[leaf](holder{M: map[int]any{1: leaf{1}}}); err == nil {
			t.Error("an interface was accepted")
		}
	}
}

// TestLeafTypes flattens one type by two kinds of leaves.
func TestLeafTypes(t *testing.T) {
	type other struct{ s string }
	type both struct {
		A leaf
		B other
	}
	x := both{leaf{1}, other{"b"}}
	for range 2 {
		a, err := tree.Flatten[leaf](x)
		if err != nil {
			t.Fatal(err)
		}
		b, err := tree.Flatten[other](x)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Values) != 1 || a.Static != `both.B.s="b";` || len(b.Values) != 1 || b.Static != "both.A.n=1;" {
			t.Errorf("got %v, %v", a, b)
		}
	}
}

// TestFlattenOnManyGoroutines flattens new and known shapes at once, while the collector runs.
func TestFlattenOnManyGoroutines(t *testing.T) {
	type part struct {
		List []leaf
		Link *leaf
		Name string
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				p := part{make([]leaf, i%40), &leaf{i}, strconv.Itoa(g % 3)}
				f, err := tree.Flatten[leaf](p)
				if err != nil || len(f.Values) != i%40+1 || len(f.Leaves) != len(f.Values) || f.Values[i%40].n != i {
					t.Errorf("got %v, %v", f, err)
					return
				}
				if i%100 == 0 {
					runtime.GC()
				}
				if got := tree.UnflattenAs(p, f.Values); !reflect.DeepEqual(got, p) || got.Link == p.Link {
					t.Errorf("got %v, want %v", got, p)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestAllocations holds that to flatten a struct of leaves makes one slice, and to unflatten it nothing.
func TestAllocations(t *testing.T) {
	type params struct {
		A, B leaf
		C    [3]leaf
		D    inner
	}
	var p params
	f, _ := tree.Flatten[leaf](p)
	if n := testing.AllocsPerRun(100, func() { f, _ = tree.Flatten[leaf](p) }); n > 1 {
		t.Errorf("Flatten allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { p = tree.UnflattenAs(p, f.Values) }); n > 0 {
		t.Errorf("UnflattenAs allocates %v times", n)
	}
}
