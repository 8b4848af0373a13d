package trace

import (
	"bytes"
	"reflect"
)

// cons finds equations by their keys: it holds their numbers, at places that the keys say or behind those.
// It is no map since it is read for every equation that is recorded.
type cons struct {
	entries []consEntry // a power of 2, at most half of them used; behind them, there are empty ones
	used    int
	spare   []consEntry // room for those that find other places
}

// consEntry is an equation: its number plus one, or 0 for none.
type consEntry struct {
	key    uint32
	number int32
}

// find returns the equation with a key that is the one wanted, or -1.
func (c *cons) find(key uint32, wanted func(equation int) bool) int {
	if c.used == 0 {
		return -1
	}
	mask := len(c.entries) - 1
	for at := int(key) & mask; c.entries[at].number != 0; at = (at + 1) & mask {
		if e := &c.entries[at]; e.key == key && wanted(int(e.number)-1) {
			return int(e.number) - 1
		}
	}
	return -1
}

// add enters an equation.
func (c *cons) add(key uint32, equation int) {
	c.reserve(1)
	c.put(consEntry{key, int32(equation) + 1})
	c.used++
}

// reserve makes room for some equations more.
func (c *cons) reserve(equations int) {
	n := max(64, len(c.entries))
	for n < 2*(c.used+equations) {
		n *= 2
	}
	if n == len(c.entries) {
		return
	}
	old := c.entries
	if n > cap(old) {
		c.entries = make([]consEntry, n)
	} else {
		c.entries = old[:n]
		if c.used == 0 {
			return
		}
		c.spare = append(c.spare[:0], old...)
		clear(old)
		old = c.spare
	}
	for _, e := range old {
		if e.number != 0 {
			c.put(e)
		}
	}
}

// reset makes c empty, and smaller if it has had few entries: it takes time in proportion to them.
func (c *cons) reset() {
	clear(c.entries)
	if n := len(c.entries) / 2; c.used < n/4 {
		c.entries = c.entries[:n]
	}
	c.used = 0
}

func (c *cons) put(e consEntry) {
	mask := len(c.entries) - 1
	at := int(e.key) & mask
	for c.entries[at].number != 0 {
		at = (at + 1) & mask
	}
	c.entries[at] = e
}

const odd = 0x9E3779B97F4A7C15

// mixed returns a key of a key and a number, in which every bit counts.
func mixed(h, x uint64) uint64 {
	h = (h ^ x) * odd
	return h ^ h>>32
}

// key returns the key of p applied to ins.
func (b *builder) key(p Primitive, ins []*cell) uint32 {
	h := b.hash(p)
	for _, c := range ins {
		h = mixed(h, uint64(c.id))
	}
	return uint32(h)
}

// same reports whether p applied to ins is e.
func (b *builder) same(e *Equation, p Primitive, ins []*cell) bool {
	t := reflect.TypeOf(p)
	if len(e.Ins) != len(ins) || reflect.TypeOf(e.Primitive) != t {
		return false
	}
	for i, c := range ins {
		if e.Ins[i] != c.id {
			return false
		}
	}
	if q, ok := e.Primitive.(full); ok {
		return q.Type.Equal(p.(full).Type) && bitsOf(q.Value) == bitsOf(p.(full).Value)
	}
	if q, ok := e.Primitive.(constant); ok && (q.large() || p.(constant).large()) {
		return q.Value.c == p.(constant).Value.c
	}
	if t.Size() == 0 {
		return true
	}
	b.text = appendCanonical(b.text[:0], p)
	n := len(b.text)
	b.text = appendCanonical(b.text, e.Primitive)
	return bytes.Equal(b.text[:n], b.text[n:])
}
