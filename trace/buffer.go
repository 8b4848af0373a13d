package trace

import (
	"math"
	"slices"
	"unsafe"
)

// Buffer is the storage of a concrete array as Eval sees it: a type and its elements in
// row-major order, in the one slice that belongs to the dtype. Eval must not change a
// buffer that it was given, unless that is owned; it may return one as (or share storage with) its
// result. It must not keep the slice of buffers.
type Buffer struct {
	Type Type
	F64  []float64
	I64  []int64
	Bool []bool
	// Rows are those of a stack. Executors may leave them one after the other in the slice of the dtype
	// instead, if they are no stacks.
	Rows   []Buffer
	beside *beside // nil mostly
	// Owned says that nobody else will read the storage: Eval may overwrite it. A result is owned
	// only if its storage was made for it alone, or is that of an operand that was owned.
	Owned bool
}

// beside is what few buffers have.
type beside struct {
	rest *Buffer // see Rest
	loan *Loan   // of which storage is, or is to be of what is made of it
}

// Rest returns what stands for every row that a stack has not; they are zeros if it is nil. So a repeated value can be a stack of any
// length.
func (b Buffer) Rest() *Buffer {
	if b.beside == nil {
		return nil
	}
	return b.beside.rest
}

// WithRest returns b with another Rest.
func (b Buffer) WithRest(rest *Buffer) Buffer {
	b.beside = &beside{rest: rest}
	return b
}

// onLoan returns the loan that b is of, or nil.
func (b *Buffer) onLoan() *Loan {
	if b.beside == nil {
		return nil
	}
	return b.beside.loan
}

// NewBuffer returns a buffer of zeros.
func NewBuffer(t Type) Buffer {
	b := Buffer{Type: t}
	if t.Stars() > 0 {
		return b
	}
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

// Hole reports whether b lacks the elements that its type says.
func (b Buffer) Hole() bool {
	return b.F64 == nil && b.I64 == nil && b.Bool == nil && b.Type.Stars() == 0 && b.Type.Size() > 0
}

// fill gives a hole elements: NaN, 0 and false. A hole is read only where lanes select something else, and a loop had better
// end there.
func (b *Buffer) fill() {
	if b.Hole() {
		*b = NewBuffer(b.Type)
		for i := range b.F64 {
			b.F64[i] = math.NaN()
		}
	}
}

// elements returns how many elements there are to b, in all rows if it is a stack.
func (b Buffer) elements() int {
	n := len(b.F64) + len(b.I64) + len(b.Bool)
	for _, row := range b.Rows {
		n += row.elements()
	}
	return n
}

// Copy returns a buffer that shares no storage with b.
func (b Buffer) Copy() Buffer {
	if b.flat() {
		b.F64, b.I64, b.Bool = slices.Clone(b.F64), slices.Clone(b.I64), slices.Clone(b.Bool)
		return b
	}
	c := NewBuffer(b.Type)
	copy(c.F64, b.F64)
	copy(c.I64, b.I64)
	copy(c.Bool, b.Bool)
	return c
}

// Writable returns an owned buffer with b's elements: b itself if it is owned, otherwise a copy.
func (b Buffer) Writable() Buffer {
	if !b.Owned {
		b = b.Copy()
		b.Owned = true
	}
	return b
}

// Shared returns b as a buffer that others read too.
func (b Buffer) Shared() Buffer {
	b.Owned = false
	return b
}

// overlaps reports whether b and c share storage.
func (b Buffer) overlaps(c Buffer) bool {
	if len(b.Rows) > 0 || len(c.Rows) > 0 {
		return true // not looked into
	}
	return overlap(b.F64, c.F64) || overlap(b.I64, c.I64) || overlap(b.Bool, c.Bool)
}

// first and last return where storage is, from its first to its last element; both are 0 if there is none, or it is a stack's.
func (b Buffer) first() uintptr {
	first, _ := b.span()
	return first
}

func (b Buffer) last() uintptr {
	_, last := b.span()
	return last
}

func (b Buffer) span() (first, last uintptr) {
	switch {
	case len(b.F64) > 0:
		return uintptr(unsafe.Pointer(&b.F64[0])), uintptr(unsafe.Pointer(&b.F64[len(b.F64)-1]))
	case len(b.I64) > 0:
		return uintptr(unsafe.Pointer(&b.I64[0])), uintptr(unsafe.Pointer(&b.I64[len(b.I64)-1]))
	case len(b.Bool) > 0:
		return uintptr(unsafe.Pointer(&b.Bool[0])), uintptr(unsafe.Pointer(&b.Bool[len(b.Bool)-1]))
	}
	return 0, 0
}

func overlap[E any](a, b []E) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	first := func(s []E) uintptr { return uintptr(unsafe.Pointer(&s[0])) }
	last := func(s []E) uintptr { return uintptr(unsafe.Pointer(&s[len(s)-1])) }
	return first(a) <= last(b) && first(b) <= last(a)
}

// spread returns t filled with b's elements again and again.
func (b Buffer) spread(t Type) Buffer {
	if t.Stars() > 0 {
		rest := b.spread(t.Row())
		return Buffer{Type: t}.WithRest(&rest)
	}
	c := NewBuffer(t)
	repeat(c.F64, b.F64)
	repeat(c.I64, b.I64)
	repeat(c.Bool, b.Bool)
	return c
}

// repeat fills y with the elements of x again and again.
func repeat[E any](y, x []E) {
	if len(x) == 1 {
		for i := range y {
			y[i] = x[0]
		}
		return
	}
	for len(y) > 0 {
		y = y[copy(y, x):]
	}
}

// flat reports whether b is a stack whose rows stand one after the other.
func (b Buffer) flat() bool {
	return b.Type.Stars() > 0 && len(b.F64)+len(b.I64)+len(b.Bool) > 0
}

// Len returns how many rows a stack has, without what Rest stands for.
func (b Buffer) Len() int {
	if b.flat() {
		return (len(b.F64) + len(b.I64) + len(b.Bool)) / b.Type.Row().Size()
	}
	return len(b.Rows)
}

// Row returns row i of a stack.
func (b Buffer) Row(i int) Buffer {
	switch {
	case b.flat() && i < b.Len():
		r := Buffer{Type: b.Type.Row()}
		n := r.Type.Size()
		switch r.Type.DType {
		case F64:
			r.F64 = b.F64[i*n : (i+1)*n : (i+1)*n]
		case I64:
			r.I64 = b.I64[i*n : (i+1)*n : (i+1)*n]
		case Bool:
			r.Bool = b.Bool[i*n : (i+1)*n : (i+1)*n]
		}
		return r
	case i < len(b.Rows):
		return b.Rows[i].Shared()
	case b.Rest() != nil:
		return b.Rest().Shared()
	}
	return NewBuffer(b.Type.Row())
}

// EachRow returns the stack of type out whose rows are what f makes of the rows of some stacks.
func EachRow(in []Buffer, out Type, f func(rows []Buffer) Buffer) Buffer {
	n, rest := 0, false
	for _, b := range in {
		n = max(n, b.Len())
		rest = rest || b.Rest() != nil
	}
	row := func(i int) Buffer {
		rows := make([]Buffer, len(in))
		for j, b := range in {
			rows[j] = b.Row(i)
			rows[j].fill()
		}
		return f(rows).Shared()
	}
	stack := Buffer{Type: out}
	for i := range n {
		stack.Rows = append(stack.Rows, row(i))
	}
	if rest {
		r := row(math.MaxInt)
		stack = stack.WithRest(&r)
	}
	return stack
}

// evaluate applies p to buffers. A pointwise primitive is applied to stacks row by row.
func evaluate(p Primitive, in []Buffer, out []Type) []Buffer {
	for i := range in {
		if in[i].Hole() {
			if _, ok := p.(Unroller); !ok { // what owns funcs passes holes on to them
				in[i].fill()
			}
		}
	}
	if _, ok := p.(Pointwise); !ok || len(out) != 1 || out[0].Stars() == 0 {
		return p.Eval(in, out)
	}
	return []Buffer{EachRow(in, out[0], func(rows []Buffer) Buffer {
		return evaluate(p, rows, []Type{out[0].Row()})[0]
	})}
}
