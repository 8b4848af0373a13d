package amd64

import (
	"slices"
	"unsafe"
)

// Slice is what code is told of one of the slices that it is entered with.
type Slice struct {
	Size  int // elements
	Array int // of the loop, or one that it does not have
}

// Entry is code before that of a loop, which finds its arrays.
type Entry struct {
	at        uintptr
	constants *unsafe.Pointer // where arrays start that are no slices, by their numbers
	offset    int             // in the unit
	bound     int             // in the unit, of code that is told where its arrays start
	code      *Code
}

// What runSlices sets besides what call does. regArrays and regStride say where the slices are.
const (
	regCountIn   = r8
	regCountOut  = r9
	regConstants = r10
)

const (
	mostPairs = 12      // of slices that an entry compares
	longest   = 1 << 26 // slice, so that the bytes of two of them are a number of an instruction
)

// Enter makes an entry to a loop of the unit for RunSlices, whose arrays are slices: those of in, which it reads, and of out,
// which it stores to. If onto, one of out may start where one of in does. There is none where code has too few registers for it.
func (u *Unit) Enter(c *Code, in, out []Slice, onto bool) *Entry {
	if !c.Once() || !c.Short(1) || !c.own || !fewPairs(in, out) {
		return nil
	}
	a := &asm{code: u.code}
	at := len(a.code)
	e := entry{asm: a, bases: c.bases}
	e.count(regCountIn, len(in))
	e.count(regCountOut, len(out))
	for i, s := range in {
		e.take(s, regArrays, i)
	}
	for i, s := range out {
		e.take(s, regStride, i)
		for _, t := range in {
			e.apart(s, t, onto)
		}
		for _, t := range out[:i] {
			e.apart(s, t, false)
		}
	}
	a.jumpAlways(c.body)
	e.fail()
	u.code = a.code
	u.entries = append(u.entries, &Entry{code: c, offset: at, bound: c.offset})
	return u.entries[len(u.entries)-1]
}

// fewPairs reports whether slices are few enough, and short enough, for an entry to compare them.
func fewPairs(in, out []Slice) bool {
	long := func(s Slice) bool { return s.Size > longest }
	return 2*len(out)*len(in)+len(out)*(len(out)-1) <= 2*mostPairs && !slices.ContainsFunc(in, long) && !slices.ContainsFunc(out, long)
}

// entry is code that checks slices, and loads where they start.
type entry struct {
	*asm
	bases []reg
	fails []int
}

// fail is where what fails goes on: the entry says so and returns.
func (e *entry) fail() {
	for _, from := range e.fails {
		e.land(from)
	}
	e.moveImm(regTemp, 1)
	e.store(memory(regCarries, 0), regTemp)
	e.ret()
}

// count lets the entry fail if there are not so many slices.
func (e *entry) count(r reg, n int) {
	e.compareLong(register(r), n)
	e.fails = append(e.fails, e.jump(ifNotEqual, 0))
}

// base returns the register of where a slice starts, or noReg if that is not to be known.
func (e *entry) base(s Slice) reg {
	if s.Array >= len(e.bases) || s.Size == 0 {
		return noReg
	}
	return e.bases[s.Array]
}

// take loads slice number i of those at from, which are as Go has them: pointer, length and capacity.
func (e *entry) take(s Slice, from reg, i int) {
	e.compareLong(memory(from, 24*i+8), s.Size)
	e.fails = append(e.fails, e.jump(ifNotEqual, 0))
	if r := e.base(s); r != noReg {
		e.load(r, memory(from, 24*i))
	}
}

// apart lets the entry fail if two slices overlap.
func (e *entry) apart(s, t Slice, onto bool) {
	x, y := e.base(s), e.base(t)
	if x == noReg || y == noReg {
		return
	}
	e.move(regTemp, x)
	e.subtract(regTemp, y)
	e.apartBy(s, t, onto)
}

// apartBy is apart where regTemp holds how far one slice is behind the other.
func (e *entry) apartBy(s, t Slice, onto bool) {
	same := 0
	if onto {
		same = e.jump(ifEqual, 0)
	}
	e.addLong(register(regTemp), 8*s.Size-1)
	e.compareLong(register(regTemp), 8*(s.Size+t.Size)-1)
	e.fails = append(e.fails, e.jump(ifBelow, 0))
	if onto {
		e.land(same)
	}
}

// RunSlices does what RunShort does for one element, or what the stages do, on slices. It returns false if these are not as many as that
// takes, have not the right sizes, or overlap, and then it has done nothing; or if a carry is not 0 afterwards.
func (e *Entry) RunSlices(out, in [][]float64) bool { return runSlices(e, out, in) }

// runSlices runs the code of an entry, with scratch memory on the stack. What it is given lives as long as it runs.
//
//go:noescape
func runSlices(e *Entry, out, in [][]float64) (ok bool)
