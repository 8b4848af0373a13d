package trace

// Buffer is the storage of a concrete array as Eval sees it: a type and its elements in
// row-major order, in the one slice that belongs to the dtype. Eval must not change a
// buffer that it was given; it may return one as (or share storage with) its result.
type Buffer struct {
	Type Type
	F64  []float64
	I64  []int64
	Bool []bool
}

// NewBuffer returns a buffer of zeros.
func NewBuffer(t Type) Buffer {
	b := Buffer{Type: t}
	n := t.Size()
	switch t.DType {
	case F64:
		b.F64 = make([]float64, n)
	case I64:
		b.I64 = make([]int64, n)
	case Bool:
		b.Bool = make([]bool, n)
	}
	return b
}

// Reshaped returns the same elements under another type of the same dtype and size.
func (b Buffer) Reshaped(t Type) Buffer {
	b.Type = t
	return b
}

// hole reports whether b lacks the elements that its type says.
func (b Buffer) hole() bool {
	return b.F64 == nil && b.I64 == nil && b.Bool == nil && b.Type.Size() > 0
}

// Copy returns a buffer that shares no storage with b.
func (b Buffer) Copy() Buffer {
	c := NewBuffer(b.Type)
	copy(c.F64, b.F64)
	copy(c.I64, b.I64)
	copy(c.Bool, b.Bool)
	return c
}

// spread returns t filled with b's only element.
func (b Buffer) spread(t Type) Buffer {
	c := NewBuffer(t)
	for i := range c.F64 {
		c.F64[i] = b.F64[0]
	}
	for i := range c.I64 {
		c.I64[i] = b.I64[0]
	}
	for i := range c.Bool {
		c.Bool[i] = b.Bool[0]
	}
	return c
}
