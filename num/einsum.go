package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Einsum sums products of elements of its operands by Einstein's convention, as numpy.einsum. Each
// operand gets a letter an axis; a letter that stands twice means the same index; what the
// output, behind "->", does not name is summed over:
//
//	Einsum("ij,jk->ik", a, b)	matrix product
//	Einsum("bij,bjk->bik", a, b)	the same for each b
//	Einsum("i,i", v, w)	inner product
//	Einsum("ii->i", a)	diagonal
//	Einsum("ii", a)	trace
//	Einsum("i,j,ij", v, w, a)	bilinear form
//	Einsum("...ij->...ji", a)	matrices transposed
//
// Without "->" the output is the letters that stand once, in alphabetical order (an ellipsis comes
// first). An ellipsis stands for the axes that have no letter; they broadcast. Spaces mean
// nothing. Operands are multiplied pair by pair, the cheapest pair first. Integers stay integers.
func Einsum(spec string, xs ...Array) Array {
	s := parseEinsum(spec, xs)
	d := trace.I64
	for _, x := range xs {
		d = wider(d, x.DType())
	}
	sizes := s.sizes(xs)
	factors := make([]factor, len(xs))
	for i, x := range xs {
		factors[i] = factor{convertTo(x, d), s.inputs[i]}.squeeze(sizes).diagonal()
	}
	for i := range factors {
		factors[i] = factors[i].sum(s.needed(factors, i, i))
	}
	for len(factors) > 1 {
		i, j := cheapest(factors, sizes)
		y := factors[i].times(factors[j], s.needed(factors, i, j))
		factors = append(slices.Delete(slices.Delete(factors, j, j+1), i, i+1), y)
	}
	y := factors[0]
	perm := make([]int, len(s.output))
	for i, l := range s.output {
		perm[i] = slices.Index(y.labels, l)
	}
	return transposed(y.array, perm)
}

// factor is an array with a label on each axis: a letter, or a negative number for an axis
// under an ellipsis, counted from the end.
type factor struct {
	array  Array
	labels []rune
}

// squeeze drops axes of length 1 that stretch to another length.
func (f factor) squeeze(sizes map[rune]int) factor {
	var shape []int
	var labels []rune
	for i, l := range f.labels {
		if n := f.array.Type().Shape[i]; n == sizes[l] {
			shape, labels = append(shape, n), append(labels, l)
		}
	}
	return factor{reshaped(f.array, shape), labels}
}

// diagonal makes one axis of those with the same label.
func (f factor) diagonal() factor {
	for _, l := range f.labels {
		var same []int
		for i, m := range f.labels {
			if m == l {
				same = append(same, i)
			}
		}
		if len(same) == 1 {
			continue
		}
		rest := axesBut(len(f.labels), same, nil)
		labels := []rune{l}
		for _, a := range rest {
			labels = append(labels, f.labels[a])
		}
		x := transposed(f.array, slices.Concat(same, rest))
		return factor{diagonal(x, len(same)), labels}.diagonal()
	}
	return f
}

// diagonal returns x[i, i, ...] over the first n axes, in their place.
func diagonal(x Array, n int) Array {
	length := slices.Min(x.Type().Shape[:n])
	return apply(gather{}, append([]Array{x}, slices.Repeat([]Array{Arange(length)}, n)...)...)
}

// sum sums over the axes that are not needed.
func (f factor) sum(needed func(rune) bool) factor {
	axes, labels := split(f.labels, needed)
	if len(axes) == 0 {
		return f
	}
	return factor{apply(reduceSum{Axes: axes}, f.array), labels}
}

// split returns the axes whose labels are not needed, and the labels that are.
func split(all []rune, needed func(rune) bool) (axes []int, labels []rune) {
	for i, l := range all {
		if needed(l) {
			labels = append(labels, l)
		} else {
			axes = append(axes, i)
		}
	}
	return axes, labels
}

// times multiplies two factors and sums over what they share and is not needed.
func (f factor) times(g factor, needed func(rune) bool) factor {
	p, labels := contract(f.labels, g.labels, needed)
	return factor{apply(p, f.array, g.array), labels}
}

// contract returns the product of two factors with the given labels, and the labels of its result.
func contract(f, g []rune, needed func(rune) bool) (dot, []rune) {
	var p dot
	var labels []rune
	for i, l := range f {
		j := slices.Index(g, l)
		switch {
		case j < 0:
		case needed(l):
			p.LhsBatch, p.RhsBatch = append(p.LhsBatch, i), append(p.RhsBatch, j)
			labels = append(labels, l)
		default:
			p.LhsContract, p.RhsContract = append(p.LhsContract, i), append(p.RhsContract, j)
		}
	}
	for _, a := range axesBut(len(f), p.LhsContract, p.LhsBatch) {
		labels = append(labels, f[a])
	}
	for _, a := range axesBut(len(g), p.RhsContract, p.RhsBatch) {
		labels = append(labels, g[a])
	}
	return p, labels
}

// needed reports which labels are still needed outside factors i and j.
func (s einsum) needed(factors []factor, i, j int) func(rune) bool {
	return func(l rune) bool {
		if slices.Contains(s.output, l) {
			return true
		}
		for k, f := range factors {
			if k != i && k != j && slices.Contains(f.labels, l) {
				return true
			}
		}
		return false
	}
}

// cheapest returns the pair of factors whose product takes the fewest multiplications; of those,
// the pair that shares most; of those, the first.
func cheapest(factors []factor, sizes map[rune]int) (i, j int) {
	var best [2]int
	for b := range factors {
		for a := range b {
			all, shared := 1, 1
			for _, l := range factors[a].labels {
				all *= sizes[l]
			}
			for _, l := range factors[b].labels {
				if slices.Contains(factors[a].labels, l) {
					shared *= sizes[l]
				} else {
					all *= sizes[l]
				}
			}
			cost := [2]int{all, -shared}
			if j == 0 || slices.Compare(cost[:], best[:]) < 0 {
				i, j, best = a, b, cost
			}
		}
	}
	return i, j
}

// sizes returns the length of each label, and refuses labels with two lengths.
func (s einsum) sizes(xs []Array) map[rune]int {
	sizes := make(map[rune]int)
	for k, x := range xs {
		for i, l := range s.inputs[k] {
			n := x.Type().Shape[i]
			m, seen := sizes[l]
			switch {
			case !seen || m == n || l < 0 && m == 1:
				sizes[l] = n
			case l < 0 && n == 1:
			case l < 0:
				panic(trace.Errorf("einsum", "axes under the ellipsis do not broadcast, %d and %d: %s", m, n, typesOf(operandsOf(xs))))
			default:
				panic(trace.Errorf("einsum", "index %c has length %d and %d: %s", l, m, n, typesOf(operandsOf(xs))))
			}
		}
	}
	return sizes
}

// EinsumTangent returns Einsum of one or two arrays with t in place of operand i, in rules. A letter
// stands once in each term that it stands in, and with two operands those of one alone are not summed
// over; axes under ellipses are equal.
func EinsumTangent(spec string, in []Array, i int, t Tangent) Tangent {
	if t.Absent() {
		return t
	}
	v, _ := t.Parts()
	in = with(in, i, v)
	s := parseEinsum(spec, in)
	axes, labels := split(s.inputs[0], s.needed(nil, 0, 0))
	switch {
	case len(in) == 2:
		var p dot
		p, labels = contract(s.inputs[0], s.inputs[1], s.needed(nil, 0, 1))
		t = LinearTangent(p, in, i, t)
	case len(axes) > 0:
		t = LinearTangent(reduceSum{Axes: axes}, in, 0, t)
	}
	to := make([]int, len(labels))
	for a, l := range labels {
		to[a] = slices.Index(s.output, l)
	}
	return permuteTangent(t, to)
}
