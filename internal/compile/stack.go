package compile

import (
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

// A stack that a loop of a program makes has its rows one after the other. They stay in the frame for the next
// run, unless the stack is a result.

// room returns memory of a frame for so many bytes of a stack, which keeps what it holds.
func (f *frame) room(p []variable, v trace.Var, bytes int) unsafe.Pointer {
	if f.stacks == nil {
		f.stacks = make([][]uint64, len(p))
	}
	s := f.stacks[v]
	if words := (bytes + 7) / 8; words > len(s) {
		s = append(s, make([]uint64, words-len(s))...)
		s = s[:cap(s)]
		f.stacks[v] = s
	}
	return unsafe.Pointer(unsafe.SliceData(s))
}

// stack gives v, a stack, n rows that room has been made for.
func (f *frame) stack(p []variable, v trace.Var, n int) {
	t := p[v].typ
	f.set(v, memory(t, unsafe.Pointer(unsafe.SliceData(f.stacks[v])), n*t.Size()))
	if p[v].output {
		f.stacks[v] = nil
	}
}

// flat returns where the first n rows of a stack stand one after the other: where they are, or as copies in memory for
// that purpose.
func (f *frame) flat(p []variable, v, spare trace.Var, n int) unsafe.Pointer {
	b := bufferOf(f, p, v)
	if q := pointer(b); q != nil && b.Len() >= n {
		return q
	}
	row := p[v].typ.Row()
	size := bytesOf(row)
	to := f.room(p, spare, n*size)
	for i := range n {
		r := b.Row(i)
		if from := pointer(r); from != nil {
			move(unsafe.Add(to, i*size), from, size)
		}
	}
	return to
}
