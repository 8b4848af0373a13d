package transforms

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// peak returns how many bytes the arrays of f take that are alive at once, its arguments and results
// among them. What an equation that owns funcs needs beside its operands is what the largest of them
// needs beside its own.
func peak(f *trace.Func) int {
	return trace.Memo(f, "peak", func() int {
		last := f.LastUses()
		live := 0
		count := func(vs []trace.Var) {
			for _, v := range vs {
				live += bytes(f.Type(v))
			}
		}
		count(f.Inputs())
		count(f.Captures())
		most := live
		for i, e := range f.Equations() {
			inside := 0
			for _, g := range trace.Funcs(e.Primitive) {
				own := peak(g)
				for _, v := range g.Inputs() {
					own -= bytes(g.Type(v))
				}
				inside = max(inside, own)
			}
			count(e.Outs)
			most = max(most, live+inside)
			for j, v := range e.Ins {
				if last[v] == i && !slices.Contains(e.Ins[:j], v) {
					live -= bytes(f.Type(v))
				}
			}
		}
		return most
	})
}
