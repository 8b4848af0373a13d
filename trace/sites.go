package trace

import "sync/atomic"

// depth is the number of calls, one in the other, that tell a site. Behind them lie all frames that callers looks at,
// even if each is called by way of a wrapper.
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
