package loop

import (
	"slices"
	"testing"
	"unsafe"
)

// TestFoldErrors has folds that cannot be.
func TestFoldErrors(t *testing.T) {
	sound := Fold{Op: Add}
	nested := func(f Fold) *Loop {
		return &Loop{Arrays: []Array{{}, {Step: 1}}, Body: []Instr{{}}, Next: []Value{0}, Folds: []Fold{f}, Nested: true}
	}
	if err := nested(sound).Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(l *Loop){
		"carry":      func(l *Loop) { l.Folds[0].Carry = 1 },
		"array":      func(l *Loop) { l.Folds[0].Array = 2 },
		"step":       func(l *Loop) { l.Folds[0].Array = 1 },
		"op":         func(l *Loop) { l.Folds[0].Op = Sub },
		"one row":    func(l *Loop) { l.Nested = false },
		"sequential": func(l *Loop) { l.Sequential = true },
		"lanes":      func(l *Loop) { l.Lanes = 4 },
	} {
		l := nested(sound)
		if change(l); l.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestFewErrors has rows of a few elements that cannot be.
func TestFewErrors(t *testing.T) {
	for name, change := range map[string]func(l *Loop){
		"":           func(l *Loop) {},
		"too many":   func(l *Loop) { l.Few, l.Lanes, l.Picks = 33, 32, make([]uint64, 33) },
		"few lanes":  func(l *Loop) { l.Few, l.Picks = 9, make([]uint64, 9) },
		"sequential": func(l *Loop) { l.Sequential, l.Nested = true, false },
		"picks":      func(l *Loop) { l.Body[0].Imm = 1 },
		"lanes":      func(l *Loop) { l.Lanes = 16 },
		"dependent":  func(l *Loop) { l.Stores[1].Offset = 2 },
	} {
		l := &Loop{Arrays: []Array{{Step: 1, Row: 6}}, Body: []Instr{{Op: Pick}}, Nested: true, Few: 3, Picks: make([]uint64, 3)}
		l.Stores = []Store{{Offset: 0}, {Offset: 3}}
		if change(l); (l.Check() == nil) != (name == "") {
			t.Errorf("%q: %v", name, l.Check())
		}
	}
}

// TestRows adds up rows of a matrix, and the rows that are left.
func TestRows(t *testing.T) {
	b := NewBuilder()
	x, y := b.Array(I64, 1), b.Array(I64, 0)
	b.Arrays[x].Row, b.Arrays[y].Row = 3, 1
	b.Carry(0)
	b.Next[0] = b.IAdd(b.Carry(0), b.Load(x, 0))
	b.Folds = []Fold{{Op: IAdd, Array: y}}
	b.Nested, b.Lanes = true, 16
	data, sums := []int64{1, 2, 3, 40, 50, 60}, []int64{1000, 0}
	carries := make([]uint64, 16)
	b.Live().RunRows([]unsafe.Pointer{unsafe.Pointer(&data[0]), unsafe.Pointer(&sums[0])}, 3, 2, carries)
	if !slices.Equal(sums, []int64{1006, 150}) {
		t.Error(sums)
	}
}

// TestLanesFor holds what it is there for: a product of vectors has many sums, a long body or short rows have few.
func TestLanesFor(t *testing.T) {
	b := NewBuilder()
	x := b.Load(b.Array(F64, 1), 0)
	b.Carry(0)
	b.Next[0] = b.FMA(x, x, b.Carry(0))
	if n := b.LanesFor(1000); n != 32 {
		t.Errorf("a product of vectors has %d lanes", n)
	}
	if n := b.LanesFor(50); n != 8 {
		t.Errorf("a short one has %d lanes", n)
	}
	b.Next[0] = b.Add(b.Carry(0), b.Tanh(x))
	if n := b.Live().LanesFor(1000); n != 8 {
		t.Errorf("a long body has %d lanes", n)
	}
}
