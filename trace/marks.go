package trace

import (
	"math"
	"slices"
)

// marks are those elements of a buffer that are not finite and matter. Nil marks none.
type marks struct {
	bits []bool   // of an array
	rows []*marks // of a stack
}

func (m *marks) any() bool {
	_, _, ok := m.first()
	return ok
}

// first returns where the first marked element stands: the rows of stacks, and its place in row-major
// order in the last of them, or in the array.
func (m *marks) first() (rows []int, flat int, ok bool) {
	if m == nil {
		return nil, 0, false
	}
	if i := slices.Index(m.bits, true); i >= 0 {
		return nil, i, true
	}
	for i, r := range m.rows {
		if rows, flat, ok := r.first(); ok {
			return append([]int{i}, rows...), flat, true
		}
	}
	return nil, 0, false
}

// mark marks the elements in n too.
func (m *marks) mark(n *marks) {
	if n == nil {
		return
	}
	if len(n.bits) > len(m.bits) {
		m.bits = append(m.bits, make([]bool, len(n.bits)-len(m.bits))...)
	}
	for i, b := range n.bits {
		m.bits[i] = m.bits[i] || b
	}
	for i, r := range n.rows {
		m.markRow(i, r)
	}
}

func (m *marks) markRow(i int, n *marks) {
	for len(m.rows) <= i {
		m.rows = append(m.rows, &marks{})
	}
	m.rows[i].mark(n)
}

// row returns the marks of row i of a stack.
func (m *marks) row(i int) *marks {
	if m == nil || i >= len(m.rows) {
		return nil
	}
	return m.rows[i]
}

// nonFinite marks the elements of b that are not finite and, unless within is nil, stand where that has
// marks.
func nonFinite(b Buffer, within *marks) *marks {
	m := &marks{}
	for i := range b.Rows {
		w := within.row(i)
		if within == nil || w != nil {
			m.markRow(i, nonFinite(b.Rows[i], w))
		}
	}
	for i, x := range b.F64 {
		if x-x != 0 && (within == nil || i < len(within.bits) && within.bits[i]) {
			if m.bits == nil {
				m.bits = make([]bool, len(b.F64))
			}
			m.bits[i] = true
		}
	}
	return m
}

// finite returns b with 1 in place of what is not finite.
func (b Buffer) finite() Buffer {
	c := b.Copy()
	for i, x := range c.F64 {
		if x-x != 0 {
			c.F64[i] = 1
		}
	}
	return c
}

// word returns NaN, +Inf or -Inf.
func word(x float64) string {
	switch {
	case math.IsInf(x, 1):
		return "+Inf"
	case math.IsInf(x, -1):
		return "-Inf"
	}
	return "NaN"
}
