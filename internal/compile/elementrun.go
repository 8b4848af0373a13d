package compile

import (
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// block is how many elements the lanes of a sum take before they are added up: sums of blocks meet
// pairwise, so that errors stay small.
const block = 2048

func (s *elementStep) run(f *frame) {
	for i := range s.sums {
		s.sums[i].reset(f)
	}
	carries := f.carry(s.carries * loop.Lanes)
	args := f.args(len(s.arrays))
	var few [8]int
	index := few[:0]
	for range s.outer {
		index = append(index, 0)
	}
	if s.n == 0 {
		return
	}
	failed := false
	for range s.rows {
		for i := range s.arrays {
			args[i] = s.arrays[i].at(f, index)
		}
		if len(carries) == 0 {
			s.code.Run(args, s.n, nil, f.scratch)
		} else {
			failed = s.reduceRow(f, args, index, carries) || failed
		}
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < s.outer[d] {
				break
			}
			index[d] = 0
		}
	}
	if failed {
		s.slowly(f)
	}
}

// at returns where an access is at an index of the outer axes.
func (a *access) at(f *frame, index []int) unsafe.Pointer {
	at := a.offset
	for d, i := range index {
		at += i * a.stride[d]
	}
	return unsafe.Add(f.base[a.root], at)
}

// reset gives the result of a reduction the value that it starts from.
func (x *fold) reset(f *frame) {
	p := f.base[x.to.root]
	for i := range x.fill {
		if x.to.kind == loop.Bool {
			*(*bool)(unsafe.Add(p, i)) = x.start != 0
		} else {
			*(*uint64)(unsafe.Add(p, 8*i)) = x.start
		}
	}
}

// reduceRow runs the loop along a row, and adds what its lanes have come to to the results. It
// reports whether the loop has failed.
func (s *elementStep) reduceRow(f *frame, args []unsafe.Pointer, index []int, carries []uint64) bool {
	sums := f.pairs(s.carries)
	clear(carries)
	for at := 0; at < s.n; at += block {
		for i := range s.sums {
			if x := &s.sums[i]; x.carry >= 0 {
				for l := range loop.Lanes {
					carries[x.carry*loop.Lanes+l] = x.start
				}
			}
		}
		n := min(block, s.n-at)
		s.code.Run(args, n, carries, f.scratch)
		if at+n < s.n { // no pointer may leave its array, even if nobody follows it
			for i := range args {
				args[i] = unsafe.Add(args[i], n*s.steps[i])
			}
		}
		for i := range s.sums {
			if x := &s.sums[i]; x.carry >= 0 {
				sums[x.carry].add(x, x.together(carries[x.carry*loop.Lanes:][:loop.Lanes]))
			}
		}
	}
	for i := range s.sums {
		x := &s.sums[i]
		if x.carry < 0 {
			continue
		}
		p, v := x.to.at(f, index), sums[x.carry].total(x)
		if x.to.kind != loop.Bool {
			*(*uint64)(p) = x.merge(*(*uint64)(p), v)
		} else if b := (*bool)(p); !*b {
			*b = x.merge(0, v) != 0
		}
	}
	return s.failed(carries)
}

func (x *fold) merge(a, b uint64) uint64 { return x.reduce.Merge(x.dtype, a, b) }

// together folds the lanes of a carry, in halves.
func (x *fold) together(lanes []uint64) uint64 {
	for n := len(lanes) / 2; n > 0; n /= 2 {
		for i := range n {
			lanes[i] = x.merge(lanes[i], lanes[n+i])
		}
	}
	return lanes[0]
}

// pairwise adds up values in pairs, pairs of pairs and so on.
type pairwise struct {
	count uint
	parts [64]uint64 // part k holds what 2^k values have come to, if bit k of count is set
}

func (p *pairwise) add(x *fold, v uint64) {
	k := 0
	for ; p.count>>k&1 == 1; k++ {
		v = x.merge(p.parts[k], v)
	}
	p.parts[k] = v
	p.count++
}

func (p *pairwise) total(x *fold) uint64 {
	v := x.start
	for k := range p.parts {
		if p.count>>k&1 == 1 {
			v = x.merge(p.parts[k], v)
		}
	}
	return v
}
