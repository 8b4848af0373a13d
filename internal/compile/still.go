package compile

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// still returns the strides of an access to a constant without those along which it does not change: masks mostly say something of
// few axes. So little memory is gone through, and what does not change along a row is read before it.
func (l *elementLoop) still(root trace.Var, start int, stride []int) []int {
	c := l.vars[root].constant
	if c == nil {
		return stride
	}
	stride = slices.Clone(stride)
	for d, n := range l.dims {
		if n > 1 && stride[d] != 0 && l.repeats(c, 0, start, stride, d) {
			stride[d] = 0
		}
	}
	return stride
}

// repeats reports whether each element from axis at on is the one before it along axis d.
func (l *elementLoop) repeats(c *trace.Buffer, at, place int, stride []int, d int) bool {
	if at == len(stride) {
		return sameElements(c, place, place+stride[d])
	}
	n := l.dims[at]
	switch {
	case at == d:
		n--
	case stride[at] == 0:
		n = 1
	}
	for i := range n {
		if !l.repeats(c, at+1, place+i*stride[at], stride, d) {
			return false
		}
	}
	return true
}

// sameElements reports whether two elements of an array are equal to the bit.
func sameElements(c *trace.Buffer, i, j int) bool {
	switch c.Type.DType {
	case trace.F64:
		return math.Float64bits(c.F64[i]) == math.Float64bits(c.F64[j])
	case trace.I64:
		return c.I64[i] == c.I64[j]
	}
	return c.Bool[i] == c.Bool[j]
}
