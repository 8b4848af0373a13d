package compile

import (
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// block is how many elements the lanes of a sum take before they are added up: sums of blocks meet
// pairwise, so that errors stay small.
const block = 2048

func (s *elementStep) run(f *frame) {
	if len(s.once) > 0 {
		s.runOnce(f)
		return
	}
	for i := range s.sums {
		s.sums[i].reset(f)
	}
	if s.n == 0 {
		return
	}
	carries := f.carry(s.carries * s.width)
	clear(carries)
	args := f.args(len(s.arrays))
	var few [8]int
	index := few[:0]
	for range s.outer {
		index = append(index, 0)
	}
	failed := false
	for range s.rows {
		for i := range s.arrays {
			args[i] = s.arrays[i].at(f, index)
		}
		switch {
		case s.mode == nested:
			s.load(args, carries)
			s.part(f, args, 0, s.inner, s.n, carries)
			s.store(args, carries)
		case s.mode == blocks:
			s.runBlocks(f, args, index, carries)
		case len(carries) == 0 && s.shares(s.n):
			f.threads().row(s, args)
		case len(carries) == 0:
			s.code.Run(args, s.n, nil, f.scratch)
		default:
			failed = s.reduceRow(f, args, index, carries) || failed
		}
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < s.outer[d] {
				break
			}
			index[d] = 0
		}
	}
	if failed || s.failed(carries) {
		s.slowly(f)
	}
}

// runOnce runs the code where that is all there is to do.
func (s *elementStep) runOnce(f *frame) {
	args := f.args(len(s.once))
	for i, a := range s.once {
		args[i] = unsafe.Add(f.base[a.root], a.offset)
	}
	if s.mode == nested {
		s.code.RunRows(args, s.n, s.inner, nil, f.scratch)
	} else {
		s.code.Run(args, s.n, nil, f.scratch)
	}
}

// part runs the rows or blocks from lo to hi, of n elements each.
func (s *elementStep) part(f *frame, args []unsafe.Pointer, lo, hi, n int, carries []uint64) {
	if lo > 0 {
		moveBy(args, s.moves, lo)
	}
	if s.shares((hi - lo) * n) {
		f.threads().rows(s, args, hi-lo, n, carries)
		return
	}
	s.code.RunRows(args, n, hi-lo, carries, f.scratch)
}

// moveBy moves pointers by some rows, blocks or elements.
func moveBy(args []unsafe.Pointer, steps []int, n int) {
	for i := range args {
		args[i] = unsafe.Add(args[i], n*steps[i])
	}
}

// runBlocks runs the loop along a row in blocks, and adds what they come to to the results.
func (s *elementStep) runBlocks(f *frame, args []unsafe.Pointer, index []int, carries []uint64) {
	full := s.n / block
	count := (s.n + block - 1) / block
	for i := range s.sums {
		if x := &s.sums[i]; x.carry >= 0 {
			for k := range count {
				f.partial(x.partial, count)[k] = x.start
			}
		}
	}
	for i, a := range s.arrays {
		if a.root == partial {
			args[i] = unsafe.Pointer(&f.partial(a.offset, count)[0])
		}
	}
	s.part(f, args, 0, full, block, carries)
	if full < count {
		s.part(f, args, full, count, s.n-full*block, carries)
	}
	for i := range s.sums {
		x := &s.sums[i]
		if x.carry < 0 {
			continue
		}
		sums := f.pairs(1)
		for _, v := range f.partial(x.partial, count) {
			sums[0].add(x, v)
		}
		x.addTo(f, index, sums[0].total(x))
	}
}

// addTo adds to the result at an index of the outer axes.
func (x *fold) addTo(f *frame, index []int, v uint64) {
	p := x.to.at(f, index)
	if x.to.kind != loop.Bool {
		*(*uint64)(p) = x.merge(*(*uint64)(p), v)
	} else if b := (*bool)(p); !*b {
		*b = x.merge(0, v) != 0
	}
}

// at returns where an access is at an index of the outer axes.
func (a *access) at(f *frame, index []int) unsafe.Pointer {
	if a.root == partial {
		return nil
	}
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
				for l := range s.width {
					carries[x.carry*s.width+l] = x.start
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
				sums[x.carry].add(x, x.together(carries[x.carry*s.width:][:s.width]))
			}
		}
	}
	for i := range s.sums {
		x := &s.sums[i]
		if x.carry < 0 {
			continue
		}
		x.addTo(f, index, sums[x.carry].total(x))
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
