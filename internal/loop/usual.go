package loop

import "math"

// Usual returns the loop for elements for which none of the masks is true that hardly ever are: it ends before others, and
// before those where b ends. It computes what b does, without the selects for what is rare. It is nil if there are no such masks.
func (b *Builder) Usual() *Builder {
	if len(b.Rare) == 0 {
		return nil
	}
	u := NewBuilder()
	next := b.Next
	u.Loop, u.Body, u.Next, u.Stores = b.Loop, nil, nil, nil
	u.Reserve(len(b.Body))
	rare := make([]bool, len(b.Body))
	for _, m := range b.Rare {
		rare[m] = true
	}
	any := u.Bits(0)
	to := make([]Value, len(b.Body))
	for v, i := range b.Body {
		i.Renumber(to)
		if to[v] = u.Emit(i); rare[v] {
			any = u.Or(any, to[v])
			to[v] = u.Bits(0)
		}
	}
	for k, v := range next {
		u.Carry(k)
		u.Next[k] = to[v]
	}
	for _, x := range b.Stores {
		u.Store(x.Array, x.Offset, to[x.Value])
	}
	for _, m := range b.Fails {
		u.Fail(to[m])
	}
	goes := u.Bits(math.MaxUint64)
	if b.Ends {
		goes = to[b.While]
	}
	u.EndUnless(u.AndNot(any, goes))
	return u
}
