package trace

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCons demands of the table what a map of slices gives, with keys that collide, while it grows, and again when it has been
// emptied.
func TestCons(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var c cons
	for _, n := range []int{20_000, 10, 1, 1, 3_000, 0, 20_000} {
		testCons(t, r, &c, n)
		c.reset()
	}
}

func testCons(t *testing.T, r *rand.Rand, c *cons, n int) {
	var things []int // an equation's, of which the key is all but the lowest bits
	by := map[int]int{}
	for range n {
		thing := r.IntN(8_000)
		key := uint32(mixed(0, uint64(thing/4)))
		got := c.find(key, func(i int) bool { return things[i] == thing })
		want, ok := by[thing]
		if !ok {
			want = -1
			by[thing] = len(things)
			c.add(key, len(things))
			things = append(things, thing)
		}
		if got != want {
			t.Fatalf("%d is equation %d, not %d", thing, got, want)
		}
	}
}

// TestFullsThatAreSame demands that literals are one equation if and only if one text stands for them.
func TestFullsThatAreSame(t *testing.T) {
	nan := math.Float64frombits(math.Float64bits(math.NaN()) ^ 5)
	vector := Type{DType: F64, Shape: []int{2}}
	all := []full{
		{Value: 0.0}, {Value: math.Copysign(0, -1)}, {Value: math.NaN()}, {Value: nan}, {Value: math.Inf(1)}, {Value: 1.0}, {Value: 1.0, Type: vector},
		{Value: int64(1), Type: Type{DType: I64}}, {Value: int64(0), Type: Type{DType: I64}},
		{Value: true, Type: Type{DType: Bool}}, {Value: false, Type: Type{DType: Bool}},
	}
	b := newBuilder()
	for _, p := range all {
		for _, q := range all {
			want := Canonical(p) == Canonical(q)
			if got := b.same(&Equation{Primitive: p}, q, nil); got != want {
				t.Errorf("%s and %s are same: %v", Canonical(p), Canonical(q), got)
			}
			if want && b.key(p, nil) != b.key(q, nil) {
				t.Errorf("%s and %s have two keys", Canonical(p), Canonical(q))
			}
		}
	}
}
