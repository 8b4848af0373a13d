package transforms

import (
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// stale panics if two funcs, traced from one function at different times, differ.
func stale(was, is *trace.Func) {
	before, _ := was.MarshalText()
	now, _ := is.MarshalText()
	if string(before) == string(now) {
		return
	}
	old := was.Equations()
	for i := range is.Equations() {
		e := &is.Equations()[i]
		if i < len(old) && sameEquation(&old[i], e) {
			continue
		}
		msg := "this is not what the function did when it was compiled"
		if i < len(old) {
			msg += fmt.Sprintf(", which was %s at %v", old[i].Primitive.Name(), old[i].Pos())
		}
		panic(&trace.Error{Pos: e.Pos(), Primitive: "jit",
			Msg: msg + ": a captured variable has changed since; make it an argument"})
	}
	panic(trace.Errorf("jit", "the function has other results than when it was compiled: "+
		"a captured variable has changed since; make it an argument"))
}

func sameEquation(a, b *trace.Equation) bool {
	if !slices.Equal(a.Ins, b.Ins) || a.Primitive.Name() != b.Primitive.Name() {
		return false
	}
	if len(a.Ins) > 0 {
		return trace.Canonical(a.Primitive) == trace.Canonical(b.Primitive)
	}
	x, y := trace.Apply(a.Primitive), trace.Apply(b.Primitive)
	return fmt.Sprint(trace.Read(x[0])) == fmt.Sprint(trace.Read(y[0]))
}
