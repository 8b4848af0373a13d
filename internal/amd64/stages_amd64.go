package amd64

import (
	"slices"
	"unsafe"
)

// Stage is a run of code of a unit as a part of what an entry does: for N elements, or, if Rows is not 0, so many of each row. It fails if
// the code leaves a carry that is not 0.
type Stage struct {
	Code   *Code
	N      int
	Rows   int
	Arrays []Place // those of the loop
	Fills  []Fill
}

// Place is somewhere in an array of an entry, in bytes from its start.
type Place struct{ Array, Offset int }

// Fill says that the first elements of an array are set before a stage.
type Fill struct {
	Array, Count int
	Bits         uint64
}

// Own is an array that stages hand to each other in memory of the entry: it starts some bytes from where that does.
type Own struct{ Array, At int }

// OwnBytes is the size of that memory.
const OwnBytes = 1024

const (
	mostArrays = 16 // of an entry
	mostFilled = 8  // elements
)

// Where the entry keeps, behind the carries, where its arrays start, what it hands to a stage, and its own memory.
const (
	startsAt = 8 * carriesOnStack
	handedAt = startsAt + 8*mostArrays
	ownAt    = handedAt + 8*mostArrays
)

// EnterStages makes an entry that runs one stage after the other. Arrays that are no slices start where constants says, or are its
// own. There is none if a stage needs more than an entry has.
func (u *Unit) EnterStages(stages []Stage, in, out []Slice, constants *[mostArrays]unsafe.Pointer, own []Own) *Entry {
	if !fewPairs(in, out) || slices.ContainsFunc(stages, func(s Stage) bool { return !s.fits() }) || !soon(stages) {
		return nil
	}
	a := &asm{code: u.code}
	bound := len(a.code)
	e := entry{asm: a}
	for k := range mostArrays - 1 {
		if !slices.ContainsFunc(own, func(o Own) bool { return o.Array == k }) {
			e.load(regTemp, memory(regArrays, 8*k))
			e.store(e.startOf(k), regTemp)
		}
	}
	known := e.jumpAhead()
	at := len(a.code)
	e.count(regCountIn, len(in))
	e.count(regCountOut, len(out))
	for i, s := range in {
		e.keep(s, regArrays, i)
	}
	for i, s := range out {
		e.keep(s, regStride, i)
	}
	for i, s := range out {
		for _, t := range slices.Concat(in, out[:i]) {
			if s.known() && t.known() {
				e.load(regTemp, e.startOf(s.Array))
				e.load(regLane, e.startOf(t.Array))
				e.subtract(regTemp, regLane)
				e.apartBy(s, t, false)
			}
		}
	}
	for k, p := range constants {
		if p != nil {
			e.load(regTemp, memory(regConstants, 8*k))
			e.store(e.startOf(k), regTemp)
		}
	}
	e.land(known)
	for _, o := range own {
		e.lea(regTemp, memory(regCarries, ownAt+o.At))
		e.store(e.startOf(o.Array), regTemp)
	}
	for i := range stages {
		e.stage(&stages[i])
	}
	e.storeImm(memory(regCarries, 0), 0)
	e.ret()
	e.fail()
	u.code = a.code
	u.entries = append(u.entries, &Entry{code: stages[0].Code, offset: at, bound: bound, constants: &constants[0]})
	return u.entries[len(u.entries)-1]
}

// fits reports whether an entry can run the stage.
func (s *Stage) fits() bool {
	filled := 0
	for _, f := range s.Fills {
		filled += f.Count
	}
	if len(s.Arrays) > mostArrays || filled > mostFilled {
		return false
	}
	if s.Rows > 0 {
		return s.Code.ShortRows(s.N, s.Rows)
	}
	return s.Code.Short(s.N) && s.Code.carries <= 1
}

// soon reports whether stages together take no longer than a call of code may.
func soon(stages []Stage) bool {
	calls := 0.0
	for _, s := range stages {
		calls += float64(s.N*max(1, s.Rows)) / float64(s.Code.chunk)
	}
	return calls <= 1
}

// known reports whether it matters where a slice is.
func (s Slice) known() bool { return s.Array < mostArrays-1 && s.Size > 0 }

// startOf returns where it stands where an array starts.
func (e *entry) startOf(array int) operand { return memory(regCarries, startsAt+8*array) }

// keep is take for an entry with stages.
func (e *entry) keep(s Slice, from reg, i int) {
	e.compareLong(memory(from, 24*i+8), s.Size)
	e.fails = append(e.fails, e.jump(ifNotEqual, 0))
	if s.known() {
		e.load(regTemp, memory(from, 24*i))
		e.store(e.startOf(s.Array), regTemp)
	}
}

// stage runs the code of a stage. That leaves the registers of carries and scratch memory as they are.
func (e *entry) stage(s *Stage) {
	for _, f := range s.Fills {
		e.load(regStride, e.startOf(f.Array))
		e.moveLong(regTemp, f.Bits)
		for k := range f.Count {
			e.store(memory(regStride, 8*k), regTemp)
		}
	}
	if s.Rows > 0 {
		e.storeImm(memory(regScratch, scratchRows), int32(s.Rows))
	}
	e.hand(s)
	guarded := s.Rows == 0 && s.Code.carries > 0
	if guarded {
		e.storeImm(memory(regCarries, 0), 0)
	}
	e.clear(regElement)
	e.move(regEnd, regElement)
	e.addLong(register(regEnd), s.N)
	if s.Code.own {
		e.call(s.Code.body)
	} else {
		e.call(s.Code.offset)
	}
	if guarded {
		e.compareLong(memory(regCarries, 0), 0)
		e.fails = append(e.fails, e.jump(ifNotEqual, 0))
	}
}

// hand tells the code of a stage where its arrays start: in the registers that it has for them, or where it loads those from.
func (e *entry) hand(s *Stage) {
	if !s.Code.own {
		handed := memory(regCarries, handedAt)
		if s.Rows > 0 {
			handed = memory(regScratch, scratchBases)
		}
		e.lea(regArrays, handed)
	}
	for k, p := range s.Arrays {
		r := regTemp
		if s.Code.own {
			if r = s.Code.bases[k]; r == noReg {
				continue
			}
		}
		e.load(r, e.startOf(p.Array))
		if p.Offset != 0 {
			e.addLong(register(r), p.Offset)
		}
		if !s.Code.own {
			e.store(memory(regArrays, 8*k), regTemp)
		}
	}
}
