package loop

import (
	"fmt"
	"strings"
)

// Check returns an error if the loop is not sound.
func (l *Loop) Check() error {
	known := func(v Value, before int) bool { return v >= 0 && int(v) < before }
	for k := range l.Body {
		i := &l.Body[k]
		if i.Op >= numOps {
			return fmt.Errorf("instruction %d: no operation", k)
		}
		if (i.Op == Load || i.Op == Gather) && (i.A < 0 || int(i.A) >= len(l.Arrays)) {
			return fmt.Errorf("instruction %d: no array %d", k, i.A)
		}
		if i.Op == Carry && i.Imm >= uint64(len(l.Next)) {
			return fmt.Errorf("instruction %d: no carry %d", k, i.Imm)
		}
		if i.Op == Pick && (l.Few == 0 || i.Imm+uint64(l.Few) > uint64(len(l.Picks))) {
			return fmt.Errorf("instruction %d: no pick %d", k, i.Imm)
		}
		for _, v := range i.Values() {
			if !known(v, k) {
				return fmt.Errorf("instruction %d: no value %d before", k, v)
			}
		}
	}
	for k, s := range l.Stores {
		if s.Array < 0 || s.Array >= len(l.Arrays) || !known(s.Value, len(l.Body)) {
			return fmt.Errorf("store %d: no array %d or no value %d", k, s.Array, s.Value)
		}
	}
	for k, v := range l.Next {
		if !known(v, len(l.Body)) {
			return fmt.Errorf("carry %d: no value %d", k, v)
		}
	}
	if l.Ends && (!l.Sequential || !known(l.While, len(l.Body))) {
		return fmt.Errorf("no value %d, or lanes, to end by", l.While)
	}
	if err := l.checkBranches(); err != nil {
		return err
	}
	if l.Few != 0 && (l.Few < 0 || l.Few > MostFew || l.Width() != LanesForFew(l.Few) || !l.Nested || l.Sequential || l.Dependent()) {
		return fmt.Errorf("%d elements a row", l.Few)
	}
	return l.checkFolds()
}

func (l *Loop) checkFolds() error {
	if w := l.Width(); w != 1 && w != 8 && w != 16 && w != 32 {
		return fmt.Errorf("%d lanes", w)
	}
	for k, f := range l.Folds {
		switch {
		case !l.Nested || l.Sequential || f.Carry < 0 || f.Carry >= len(l.Next):
			return fmt.Errorf("fold %d: no carry %d over lanes", k, f.Carry)
		case f.Array < 0 || f.Array >= len(l.Arrays) || l.Arrays[f.Array].Step != 0:
			return fmt.Errorf("fold %d: no array %d with step 0", k, f.Array)
		case f.Op != Add && f.Op != Mul && f.Op != IAdd && f.Op != Or:
			return fmt.Errorf("fold %d: by %v", k, f.Op)
		}
	}
	return nil
}

// String returns the loop as text, an instruction a line.
func (l *Loop) String() string {
	var b strings.Builder
	if l.Few > 0 {
		fmt.Fprintf(&b, "rows of %d\n", l.Few)
	}
	kinds := [...]string{"f64", "i64", "bool"}
	for k, a := range l.Arrays {
		fmt.Fprintf(&b, "array %d: %s step %d row %d\n", k, kinds[a.Kind], a.Step, a.Row)
	}
	for k := range l.Body {
		i := &l.Body[k]
		fmt.Fprintf(&b, "%%%d = %v", k, i.Op)
		if i.Op == Load || i.Op == Gather {
			fmt.Fprintf(&b, " array %d", i.A)
		}
		for _, v := range i.Values() {
			fmt.Fprintf(&b, " %%%d", v)
		}
		switch i.Op {
		case Const:
			fmt.Fprintf(&b, " %#x", i.Imm)
		case Load, Carry, Pick, Shl, Shr, End:
			fmt.Fprintf(&b, " %d", int64(i.Imm))
		}
		b.WriteByte('\n')
	}
	for _, s := range l.Stores {
		fmt.Fprintf(&b, "store array %d %d %%%d\n", s.Array, s.Offset, s.Value)
	}
	if l.Ends {
		fmt.Fprintf(&b, "while %%%d\n", l.While)
	}
	for k, v := range l.Next {
		fmt.Fprintf(&b, "next %d %%%d\n", k, v)
	}
	for _, f := range l.Folds {
		fmt.Fprintf(&b, "fold %d %v %#x array %d\n", f.Carry, f.Op, f.Start, f.Array)
	}
	return b.String()
}
