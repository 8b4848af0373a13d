package trace

import (
	"slices"
	"sync/atomic"
)

// depth is the number of calls, one in the other, that tell a site. Behind them lie all frames that callers looks at
// first, even if each is called by way of a wrapper.
const depth = 16

// chain is where calls return to, the innermost first.
type chain [depth]uintptr

// known is a site that has been looked for before: to walk the stack as the runtime does, through what is inlined
// too, takes longer than all the rest of recording an equation.
type known struct {
	chain chain
	site  site
}

// sites remembers them by their chains.
var sites [1 << 12]atomic.Pointer[known]

func (c *chain) entry() *atomic.Pointer[known] {
	h := uint64(0)
	for _, pc := range c {
		h = mixed(h, uint64(pc))
	}
	return &sites[h>>52]
}

// covers reports whether the site, among the program counters that the runtime finds on the stack, is that of a call in the chain or of
// one further in, so that it is the same wherever the chain is. The runtime has no counters of wrappers, and more of what is inlined.
func (c *chain) covers(pcs []uintptr, s site) bool {
	for _, pc := range c {
		i := slices.Index(pcs, pc)
		if i < 0 {
			continue
		}
		if slices.Contains(pcs[:i+1], uintptr(s)) {
			return true
		}
		pcs = pcs[i+1:]
	}
	return false
}
