package amd64

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// TestEqualLoopsShareCode compiles loops twice in one unit, in an order of chance and from memory that is written over, and
// runs all.
func TestEqualLoopsShareCode(t *testing.T) {
	for _, level := range levels(t) {
		u := NewUnit(level)
		programs := make([]*looptest.Program, 30)
		codes := make([][]*Code, len(programs))
		order := rand.New(rand.NewPCG(1, 9)).Perm(2 * len(programs))
		for k := range programs {
			programs[k] = looptest.New(rand.New(rand.NewPCG(uint64(k), 9)), looptest.Shape{Size: 10, Sequential: k%2 == 0})
		}
		for _, k := range order {
			l := programs[k/2].Loop
			l.Body = slices.Clone(l.Body)
			code, err := u.Compile(&l)
			if err != nil {
				t.Fatal(err)
			}
			clear(l.Body)
			codes[k/2] = append(codes[k/2], code)
		}
		if err := u.Seal(); err != nil {
			t.Fatal(err)
		}
		for k, c := range codes {
			if len(programs[k].Loop.Body) <= mostShared && c[0] != c[1] {
				t.Errorf("%v: the same loop of %d instructions has two pieces of code", level, len(programs[k].Loop.Body))
			}
			runLike(t, programs[k], c[0])
		}
	}
}

// TestOtherLoopsDoNot changes a loop in each way that matters.
func TestOtherLoopsDoNot(t *testing.T) {
	base := func() *loop.Loop {
		return &loop.Loop{
			Arrays: []loop.Array{{}, {}}, Body: make([]loop.Instr, 2), Stores: make([]loop.Store, 2), Next: make([]loop.Value, 2),
			Folds: make([]loop.Fold, 2), Picks: make([]uint64, 2),
		}
	}
	changes := []func(l *loop.Loop){
		func(l *loop.Loop) {},
		func(l *loop.Loop) { l.Arrays[1].Kind = loop.Bool },
		func(l *loop.Loop) { l.Arrays[1].Step = -1 },
		func(l *loop.Loop) { l.Arrays[1].Row = -1 },
		func(l *loop.Loop) { l.Arrays = l.Arrays[:1] },
		func(l *loop.Loop) { l.Body[1].Op = loop.Add },
		func(l *loop.Loop) { l.Body[1].A = 1 },
		func(l *loop.Loop) { l.Body[1].B = 1 },
		func(l *loop.Loop) { l.Body[1].C = 1 },
		func(l *loop.Loop) { l.Body[1].Imm = 1 },
		func(l *loop.Loop) { l.Body = l.Body[:1] },
		func(l *loop.Loop) { l.Stores[1].Array = 1 },
		func(l *loop.Loop) { l.Stores[1].Offset = -1 },
		func(l *loop.Loop) { l.Stores[1].Value = 1 },
		func(l *loop.Loop) { l.Stores = l.Stores[:1] },
		func(l *loop.Loop) { l.Next[1] = 1 },
		func(l *loop.Loop) { l.Next = l.Next[:1] },
		func(l *loop.Loop) { l.Folds[1].Carry = 1 },
		func(l *loop.Loop) { l.Folds[1].Op = loop.Mul },
		func(l *loop.Loop) { l.Folds[1].Start = 1 },
		func(l *loop.Loop) { l.Folds[1].Array = 1 },
		func(l *loop.Loop) { l.Folds = l.Folds[:1] },
		func(l *loop.Loop) { l.Picks[1] = 1 },
		func(l *loop.Loop) { l.Picks = l.Picks[:1] },
		func(l *loop.Loop) { l.Sequential = true },
		func(l *loop.Loop) { l.Lanes = 1 },
		func(l *loop.Loop) { l.Nested = true },
		func(l *loop.Loop) { l.Few = 1 },
		func(l *loop.Loop) { l.Ends = true },
		func(l *loop.Loop) { l.While = 1 },
	}
	var seen [][]uint64
	for k, change := range changes {
		l := base()
		change(l)
		words := appendLoop(nil, l)
		if at := slices.IndexFunc(seen, func(w []uint64) bool { return slices.Equal(w, words) }); at >= 0 {
			t.Errorf("changes %d and %d give the same words", at, k)
		}
		seen = append(seen, words)
	}
}
