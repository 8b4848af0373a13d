package num

import "slices"

// View says where the elements of a result are in memory, if those of the operand, of some shape,
// are at an offset and strides from there: the compiler then need not move them. It fails where no
// strides would do.

func (p reshape) View(shape []int, offset int, stride []int) (int, []int, bool) {
	if s, ok := withoutOnes(p.Shape, shape, stride); ok {
		return offset, s, true
	}
	step, n := 0, 1
	for i := len(shape) - 1; i >= 0; i-- {
		switch {
		case shape[i] == 1:
			continue
		case n == 1:
			step = stride[i]
		case stride[i] != step*n:
			return 0, nil, false
		}
		n *= shape[i]
	}
	s := strides(p.Shape)
	for i := range s {
		s[i] *= step
	}
	return offset, s, true
}

// withoutOnes returns the strides of an array that gets another shape by leaving out axes of
// length 1 or putting such in.
func withoutOnes(to, shape, stride []int) ([]int, bool) {
	s := make([]int, len(to))
	i := 0
	skip := func() {
		for i < len(shape) && shape[i] == 1 {
			i++
		}
	}
	for k, n := range to {
		if n == 1 {
			continue
		}
		if skip(); i == len(shape) || shape[i] != n {
			return nil, false
		}
		s[k] = stride[i]
		i++
	}
	skip()
	return s, i == len(shape)
}

func (p broadcast) View(shape []int, offset int, stride []int) (int, []int, bool) {
	s := make([]int, len(p.Shape))
	lead := len(p.Shape) - len(shape)
	for i, n := range shape {
		if n == p.Shape[lead+i] {
			s[lead+i] = stride[i]
		}
	}
	return offset, s, true
}

func (p transpose) View(_ []int, offset int, stride []int) (int, []int, bool) {
	return offset, pickInts(stride, p.Perm), true
}

func (p slice) View(_ []int, offset int, stride []int) (int, []int, bool) {
	s := slices.Clone(stride)
	for i := range s {
		offset += p.Start[i] * stride[i]
		s[i] *= p.Step[i]
	}
	return offset, s, true
}

func (p flip) View(shape []int, offset int, stride []int) (int, []int, bool) {
	s := slices.Clone(stride)
	for _, a := range p.Axes {
		offset += (shape[a] - 1) * stride[a]
		s[a] = -s[a]
	}
	return offset, s, true
}
