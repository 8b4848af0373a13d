package loop

// Dependent reports whether an element of a loop over lanes may read or write what another one
// writes, so that the order of elements matters.
func (l *Loop) Dependent() bool {
	for v := range l.Body {
		if i := &l.Body[v]; (i.Op == Load || i.Op == Gather) && l.readsStored(i) {
			return true
		}
	}
	for s, x := range l.Stores {
		for _, y := range l.Stores[:s] {
			if y.Array == x.Array && l.collide(l.Arrays[x.Array].Step, y.Offset-x.Offset) {
				return true
			}
		}
	}
	return false
}

// readsStored reports whether a load or a gather may read what another element stores.
func (l *Loop) readsStored(i *Instr) bool {
	for _, x := range l.Stores {
		step := l.Arrays[x.Array].Step
		switch {
		case i.Op == Gather && int(i.A) == x.Array:
			return true
		case i.Op == Load && step == 0 && l.same(int(i.A), x.Array) && int(i.Imm) == x.Offset:
			return true
		case i.Op == Load && int(i.A) == x.Array && l.collide(step, int(i.Imm)-x.Offset):
			return true
		}
	}
	return false
}

// same reports whether an array may be one that is stored to, of step 0.
func (l *Loop) same(read, stored int) bool {
	return read == stored || l.Few == 0 && l.Arrays[read] == l.Arrays[stored]
}

// collide reports whether two different elements meet at a distance.
func (l *Loop) collide(step, distance int) bool {
	if step == 0 || distance == 0 || distance%step != 0 {
		return false
	}
	far := distance / step
	return l.Few == 0 || -l.Few < far && far < l.Few
}
