package loop

import (
	"math/rand/v2"
	"testing"
)

// TestTable demands of the table what a map of the same instructions gives, while it grows. The instructions differ
// in little, so that many are near each other in the table.
func TestTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	few := []uint64{0, 1, 1 << 63, 0x3FF << 52, 0x400 << 52}
	var table table
	var body []Instr
	numbers := map[Instr]Value{}
	for range 50_000 {
		i := Instr{
			Op: Op(r.IntN(int(numOps))), A: Value(r.IntN(20)), B: Value(r.IntN(20)), C: Value(r.IntN(3)),
			Imm: few[r.IntN(len(few))],
		}
		want, known := numbers[i]
		got, found := table.find(body, i)
		if found != known || got != want {
			t.Fatalf("%v is number %d (%v), and the table says %d (%v)", i, want, known, got, found)
		}
		if !known {
			numbers[i] = Value(len(body))
			body = append(body, i)
			table.add(body)
		}
	}
	if len(body) < 10_000 {
		t.Fatalf("only %d instructions", len(body))
	}
}

// TestHash demands that hashes differ where instructions do, in any of their parts, as the numbers of a small table need.
func TestHash(t *testing.T) {
	var places [1 << 12]int
	add := func(i Instr) { places[i.hash()%len(places)]++ }
	for k := range 1 << 10 {
		add(Instr{Op: Const, Imm: uint64(k) << 52})
		add(Instr{Op: Load, Imm: uint64(k)})
		add(Instr{Op: Add, A: Value(k), B: Value(k + 1)})
		add(Instr{Op: FMA, A: 1, B: 2, C: Value(k)})
	}
	for at, n := range places {
		if n > 12 { // of 4,096 in as many places
			t.Errorf("%d instructions at place %d", n, at)
		}
	}
}
