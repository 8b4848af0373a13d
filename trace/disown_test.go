package trace_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/trace"
)

// TestDisown has pieces of one array, some of which overlap, some of them empty.
func TestDisown(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	elements := make([]float64, 200)
	owned := 0
	for range 2000 {
		pieces := make([][2]int, 2+r.IntN(20))
		for k := range pieces {
			from := r.IntN(180)
			pieces[k] = [2]int{from, from + r.IntN(1+r.IntN(20))}
		}
		each, sorted := trace.Disown(pieces, elements)
		if !slices.Equal(each, sorted) {
			t.Fatalf("%v: %v, want %v", pieces, sorted, each)
		}
		for _, o := range each {
			if o {
				owned++
			}
		}
	}
	if owned == 0 {
		t.Error("nothing is owned")
	}
}
