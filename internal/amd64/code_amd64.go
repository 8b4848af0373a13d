package amd64

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Features returns the best level of this processor.
func Features() Level {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA || !x.HasBMI2:
		return None
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL:
		return AVX512
	}
	return AVX2
}

// Available reports whether loops can be translated and run here: the processor has AVX2, FMA and BMI2, and the
// system gives executable memory.
func Available() bool { return available() }

var available = sync.OnceValue(func() bool { return usable(Features()) })

func usable(best Level) bool {
	if best == None {
		return false
	}
	m, err := mapCode([]byte{0xc3}) // ret
	if err != nil {
		return false
	}
	call(m.entry(), nil, 0, 0, nil, nil)
	m.unmap()
	return true
}

// Code is a translated loop. It may run on many goroutines at once. Its memory is given back when it and all
// others of its unit are garbage.
type Code struct {
	pages   *codePages
	offset  int // in the unit
	entry   uintptr
	loop    *loop.Loop // without what is in the code
	nested  bool
	carries int
	chunk   int  // elements a call, at most, if they are of one row
	ends    bool // the loop may end early
	scratch int  // words that the code uses
	folded  bool // all carries are folded at the end of each row
	body    int  // the code behind that which loads where arrays start
	bases   []reg
	own     bool // all arrays have bases
}

// pages is the number of pages of code that are mapped.
var pages atomic.Int64

// Pages returns the number of pages of code that are mapped for a while, for tests.
func Pages() int { return int(pages.Load()) }

const pageSize = 4096

// Compile translates a loop. It returns an error if the processor lacks the level, the system gives no
// executable memory, or a step or an offset is too large for an instruction.
func Compile(l *loop.Loop, level Level) (*Code, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	u := NewUnit(level)
	c, err := u.Compile(l)
	if err != nil {
		return nil, err
	}
	if err := u.Seal(); err != nil {
		return nil, err
	}
	return c, nil
}

// Unit gathers the code of the loops of one program. They share a mapping, since pages are large and to map
// one takes as long as to translate a loop.
type Unit struct {
	level Level
	code  []byte
	loops []*Code

	entries []*Entry
	sources *sources
}

// NewUnit returns a unit without loops.
func NewUnit(level Level) *Unit {
	return &Unit{level: level, code: *texts.Get().(*[]byte), sources: roomsOfSources.Get().(*sources)}
}

// texts are for the code of units that are not sealed.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// Compile adds a loop, which must be sound, and whose code may run when the unit is sealed. What it returns as errors is said of
// the function Compile.
func (u *Unit) Compile(l *loop.Loop) (*Code, error) {
	if u.level == None || u.level > Features() {
		return nil, fmt.Errorf("no %v on this processor", u.level)
	}
	if c := u.sources.find(l); c != nil {
		return c, nil
	}
	for len(u.code)%64 != 0 { // vectors of constants are aligned
		u.code = append(u.code, 0xcc)
	}
	offset := len(u.code)
	r := newRoom(len(l.Body))
	defer r.release()
	g, err := translate(u.code, l, u.level, r)
	if err != nil {
		return nil, err
	}
	const most = 32 // lanes
	bare := *l
	bare.Body, bare.Stores, bare.Next = nil, nil, nil
	c := &Code{
		offset:  offset,
		loop:    &bare,
		nested:  l.Nested,
		carries: len(l.Next) * l.Width(),
		chunk:   min(max(1<<18/(len(l.Body)+1), most), 1<<14) &^ (most - 1), // about 0.1 ms a call, whatever the body
		ends:    l.Ends,
		scratch: g.scratch / 8,
		folded:  len(l.Folds) == len(l.Next),
		body:    g.body,
		bases:   g.own,
		own:     len(g.shared) == 0,
	}
	u.code = g.code
	u.loops = append(u.loops, c)
	u.sources.remember(l, c)
	return c, nil
}

// codePages holds the code of a unit.
type codePages struct{ mapping }

// Seal makes the loops ready to run. It returns an error if the system gives no executable memory; none of them
// may run then.
func (u *Unit) Seal() error {
	if len(u.loops) == 0 {
		return nil
	}
	u.sources.release()
	u.sources = nil
	m, err := mapCode(u.code)
	text := u.code[:0]
	u.code = nil
	texts.Put(&text)
	if err != nil {
		return err
	}
	mem := &codePages{m}
	for _, c := range u.loops {
		c.pages, c.entry = mem, m.entry()+uintptr(c.offset)
	}
	for _, e := range u.entries {
		e.at = m.entry() + uintptr(e.offset)
	}
	n := int64(len(m) / pageSize)
	pages.Add(n)
	runtime.AddCleanup(mem, func(m mapping) {
		m.leave()
		pages.Add(-n)
	}, m)
	return nil
}

// Keep says that the code, which is alone in its unit, stays for good: Pages does not count it any more.
func (c *Code) Keep() { pages.Add(-int64(len(c.pages.mapping) / pageSize)) }

// Scratch returns how many words of scratch memory a run needs.
func (c *Code) Scratch() int { return c.scratch }

// Run does what Run of the loop does, if it has no folds. scratch has as many words as Scratch says. It had better be
// aligned to 64 bytes.
func (c *Code) Run(arrays []unsafe.Pointer, n int, carries, scratch []uint64) {
	if c.nested {
		c.RunRows(arrays, n, 1, carries, scratch)
		return
	}
	c.check(arrays, carries, scratch)
	for i := 0; i < n; i += c.chunk {
		end := min(i+c.chunk, n)
		call(c.entry, unsafe.SliceData(arrays), i, end, unsafe.SliceData(carries), unsafe.SliceData(scratch))
		if c.ends && int(scratch[scratchTemp/8]) < end {
			break
		}
	}
	runtime.KeepAlive(arrays)
	runtime.KeepAlive(carries)
	runtime.KeepAlive(scratch)
	runtime.KeepAlive(c)
}

// Short reports whether RunShort may be called for so many elements: the code needs little scratch memory, and they
// are no more than run without a pause.
func (c *Code) Short(n int) bool {
	return !c.nested && !c.ends && c.scratch <= scratchOnStack/8 && n <= c.chunk
}

// Once reports whether the code is of a sequential loop.
func (c *Code) Once() bool { return c.loop.Sequential }

// RunShort does what Run does, with scratch memory on the stack. There are to be as many arrays as the loop has, and carries.
func (c *Code) RunShort(arrays *unsafe.Pointer, n int, carries *uint64) {
	callOnStack(c.entry, arrays, n, carries)
	runtime.KeepAlive(c)
}

// ShortRows is Short for RunShortRows: each of so many rows ends with all carries folded.
func (c *Code) ShortRows(n, rows int) bool {
	return c.nested && c.folded && c.carries <= carriesOnStack && c.scratch <= scratchOnStack/8 && n*rows <= c.chunk
}

// RunShortRows does what RunRows does, with scratch memory on the stack. There are to be as many arrays as the loop has.
func (c *Code) RunShortRows(arrays *unsafe.Pointer, n, rows int) {
	callRowsOnStack(c.entry, arrays, len(c.loop.Arrays), n, rows)
	runtime.KeepAlive(c)
}

func (c *Code) check(arrays []unsafe.Pointer, carries, scratch []uint64) {
	if len(arrays) < len(c.loop.Arrays) || len(carries) < c.carries || len(scratch) < c.scratch {
		panic("BUG: too few arrays, carries or words of scratch memory")
	}
	if c.entry == 0 {
		panic("BUG: the unit is not sealed")
	}
}

// RunRows does what RunRows of the loop does. A row is run without a pause.
func (c *Code) RunRows(arrays []unsafe.Pointer, n, rows int, carries, scratch []uint64) {
	if !c.nested {
		panic("BUG: no code for rows")
	}
	c.check(arrays, carries, scratch)
	many := max(1, c.chunk/max(1, n))
	bases := unsafe.Slice((*uintptr)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(scratch)), scratchBases)), len(c.loop.Arrays))
	for row := 0; row < rows; row += many {
		for k := range bases {
			a := &c.loop.Arrays[k]
			bases[k] = uintptr(arrays[k]) + uintptr(row*a.Row*a.Kind.Size())
		}
		scratch[scratchRows/8] = uint64(min(many, rows-row))
		call(c.entry, (*unsafe.Pointer)(unsafe.Pointer(unsafe.SliceData(bases))), 0, n, unsafe.SliceData(carries), unsafe.SliceData(scratch))
	}
	runtime.KeepAlive(arrays)
	runtime.KeepAlive(carries)
	runtime.KeepAlive(scratch)
	runtime.KeepAlive(c)
}

// call runs code for the elements from start to end.
//
//go:noescape
func call(code uintptr, arrays *unsafe.Pointer, start, end int, carries, scratch *uint64)

// scratchOnStack is the size of the scratch memory of callOnStack, in bytes. It knows.
const scratchOnStack = 2048

// callOnStack runs code for the first n elements.
//
//go:noescape
func callOnStack(code uintptr, arrays *unsafe.Pointer, n int, carries *uint64)

// carriesOnStack is how many carries there may be there.
const carriesOnStack = 64

// callRowsOnStack runs code for rows.
//
//go:noescape
func callRowsOnStack(code uintptr, arrays *unsafe.Pointer, count, n, rows int)
