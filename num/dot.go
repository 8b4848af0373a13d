package num

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// dot is the general product of two arrays, lhs and rhs. It sums over the contracted axes, in pairs,
// and runs in parallel over the batch axes, in pairs. The axes of the result are the batch axes, the
// other axes of lhs and the other axes of rhs.
type dot struct {
	LhsContract, RhsContract []int
	LhsBatch, RhsBatch       []int
}

func (dot) Name() string { return "dot" }

func (p dot) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 2 || in[0].DType != in[1].DType || in[0].DType == trace.Bool {
		return nil, errors.New("needs two operands of one dtype, f64 or i64")
	}
	if len(p.LhsContract) != len(p.RhsContract) || len(p.LhsBatch) != len(p.RhsBatch) {
		return nil, errors.New("axes are not in pairs")
	}
	if m, k, n, ok := p.matrices(in); ok && k[0] == k[1] {
		return []trace.Type{{DType: in[0].DType, Shape: []int{m, n}}}, nil
	}
	lhs := slices.Concat(p.LhsBatch, p.LhsContract)
	rhs := slices.Concat(p.RhsBatch, p.RhsContract)
	out := trace.Type{DType: in[0].DType}
	for i, a := range lhs {
		b := rhs[i]
		if a < 0 || a >= in[0].Rank() || b < 0 || b >= in[1].Rank() || slices.Contains(lhs[:i], a) || slices.Contains(rhs[:i], b) {
			return nil, fmt.Errorf("%v and %v are not axes of the operands", lhs, rhs)
		}
		n := in[0].Shape[a]
		if n != in[1].Shape[b] {
			return nil, fmt.Errorf("sizes %d and %d of axes %d and %d differ", n, in[1].Shape[b], a, b)
		}
		if i < len(p.LhsBatch) {
			out.Shape = append(out.Shape, n)
		}
	}
	lfree, rfree := p.free(in)
	out.Shape = slices.Concat(out.Shape, pickInts(in[0].Shape, lfree), pickInts(in[1].Shape, rfree))
	return []trace.Type{out}, nil
}

// matrices tells the sizes of two matrices, if p multiplies such: it sums over one axis, of length k, of each.
func (p dot) matrices(types []trace.Type) (m int, k [2]int, n int, ok bool) {
	if len(p.LhsBatch) > 0 || len(p.LhsContract) != 1 || types[0].Rank() != 2 || types[1].Rank() != 2 {
		return 0, k, 0, false
	}
	l, r := p.LhsContract[0], p.RhsContract[0]
	if l&^1 != 0 || r&^1 != 0 {
		return 0, k, 0, false
	}
	lhs, rhs := types[0].Shape, types[1].Shape
	return lhs[1-l], [2]int{lhs[l], rhs[r]}, rhs[1-r], true
}

// Work returns the number of products that are summed, for estimates of cost.
func (p dot) Work(in []trace.Type) int {
	n := in[1].Size()
	for i, length := range in[0].Shape {
		if !slices.Contains(p.LhsContract, i) && !slices.Contains(p.LhsBatch, i) {
			n *= length
		}
	}
	return n
}

// free returns the axes of the operands that are neither contracted nor batch axes, in order.
func (p dot) free(in []trace.Type) (lhs, rhs []int) {
	return axesBut(in[0].Rank(), p.LhsContract, p.LhsBatch), axesBut(in[1].Rank(), p.RhsContract, p.RhsBatch)
}

// axesBut returns the axes of an array of a rank without some.
func axesBut(rank int, some, others []int) []int {
	var axes []int
	for a := range rank {
		if !slices.Contains(some, a) && !slices.Contains(others, a) {
			axes = append(axes, a)
		}
	}
	return axes
}

// pickInts returns the elements of s at the given positions.
func pickInts(s, at []int) []int {
	picked := make([]int, len(at))
	for i, k := range at {
		picked[i] = s[k]
	}
	return picked
}

func (p dot) JVP(in, _ []Array, t []Tangent) []Tangent {
	var l trace.Linear = p
	return []Tangent{AddTangents(LinearTangent(l, in, 0, t[0]), LinearTangent(l, in, 1, t[1]))}
}

func (dot) Forgets() (operands, results bool) { return false, true }

func (dot) Linear(dep []bool) bool { return !(dep[0] && dep[1]) }

// Mask is true where an element of the operand that is touched enters the sum.
func (p dot) Mask(in []Array, i int, m Array) Array {
	types := []trace.Type{in[0].Type(), in[1].Type()}
	types[i] = m.Type()
	lfree, rfree := p.free(types)
	batch, contract, free := p.LhsBatch, p.LhsContract, lfree
	lead, behind := 0, len(rfree)
	if i == 1 {
		batch, contract, free = p.RhsBatch, p.RhsContract, rfree
		lead, behind = len(lfree), 0
	}
	shape := slices.Concat(pickInts(types[0].Shape, p.LhsBatch), pickInts(types[0].Shape, lfree), pickInts(types[1].Shape, rfree))
	m = transposed(m, slices.Concat(batch, free, contract))
	m = anyOf(m, allAxes(m)[len(batch)+len(free):])
	own := slices.Concat(m.Type().Shape[:len(batch)], slices.Repeat([]int{1}, lead),
		m.Type().Shape[len(batch):], slices.Repeat([]int{1}, behind))
	return broadcastTo(reshaped(m, own), shape)
}

// Transpose returns a cotangent that nothing else holds.
func (p dot) Transpose(t *trace.Transposition) []Tangent {
	cts := p.contracted(t)
	for i := range cts {
		if !cts[i].Masked() {
			cts[i] = cts[i].Alone()
		}
	}
	return cts
}

// contracted contracts the cotangent with the other operand over the axes that only that one has.
func (p dot) contracted(t *trace.Transposition) []Tangent {
	if _, _, _, ok := p.matrices(t.Types); ok {
		l, r := p.LhsContract[0], p.RhsContract[0]
		switch { // no axes change places
		case t.Linear[0] && l == 1:
			return []Tangent{LinearTangent(dot{LhsContract: []int{1}, RhsContract: []int{1 - r}}, t.In, 0, t.Ct[0]), {}}
		case t.Linear[1] && r == 0:
			return []Tangent{{}, LinearTangent(dot{LhsContract: []int{1 - l}, RhsContract: []int{0}}, t.In, 1, t.Ct[0])}
		}
	}
	lfree, rfree := p.free(t.Types)
	nb := len(p.LhsBatch)
	lead := leading(nb)
	if t.Linear[0] {
		ctFree := axesBut(nb+len(lfree)+len(rfree), leading(nb+len(lfree)), nil)
		q := dot{LhsContract: ctFree, RhsContract: rfree, LhsBatch: lead, RhsBatch: p.RhsBatch}
		ct := LinearTangent(q, t.In, 0, t.Ct[0])
		partners := slices.Concat(p.LhsBatch, lfree, sortedBy(p.LhsContract, p.RhsContract))
		return []Tangent{permuteTangent(ct, partners), {}}
	}
	ctFree := axesBut(nb+len(lfree), lead, nil)
	q := dot{LhsContract: lfree, RhsContract: ctFree, LhsBatch: p.LhsBatch, RhsBatch: lead}
	ct := LinearTangent(q, t.In, 1, t.Ct[0])
	partners := slices.Concat(p.RhsBatch, sortedBy(p.RhsContract, p.LhsContract), rfree)
	return []Tangent{{}, permuteTangent(ct, partners)}
}

// sortedBy returns the elements of s in the order in which those of key are sorted.
func sortedBy(s, key []int) []int {
	order := leading(len(s))
	slices.SortFunc(order, func(i, j int) int { return key[i] - key[j] })
	return pickInts(s, order)
}

// permuteTangent moves axis i of t to place to[i].
func permuteTangent(t Tangent, to []int) Tangent {
	if slices.IsSorted(to) {
		return t
	}
	perm := make([]int, len(to))
	for i, a := range to {
		perm[a] = i
	}
	return LinearTangent(transpose{Perm: perm}, make([]Array, 1), 0, t)
}

func (p dot) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	if y, ok := p.ofUnits(in, mapped, n); ok {
		return []Array{y}, []bool{true}
	}
	for i, x := range in {
		if x.Rank() == 0 { // one number for all
			return []Array{apply(mul{}, broadcastTo(x, in[1-i].Type().Shape), in[1-i])}, []bool{true}
		}
	}
	q := p
	if mapped[0] {
		q.LhsContract, q.LhsBatch = shifted(p.LhsContract), shifted(p.LhsBatch)
	}
	if mapped[1] {
		q.RhsContract, q.RhsBatch = shifted(p.RhsContract), shifted(p.RhsBatch)
	}
	if mapped[0] && mapped[1] {
		q.LhsBatch, q.RhsBatch = slices.Insert(q.LhsBatch, 0, 0), slices.Insert(q.RhsBatch, 0, 0)
		return []Array{apply(q, in...)}, []bool{true}
	}
	at := len(p.LhsBatch)
	if mapped[1] {
		at += in[0].Rank() - len(p.LhsBatch) - len(p.LhsContract)
	}
	return []Array{moved(apply(q, in...), at, 0)}, []bool{true}
}

func (p dot) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	z := trace.NewResult(out[0], in...)
	if out[0].DType == trace.F64 {
		p.multiplyFloats(in, z)
	} else {
		p.multiplyInts(in, z)
	}
	return []trace.Buffer{z}
}

func (p dot) multiplyInts(in []trace.Buffer, out trace.Buffer) {
	types := []trace.Type{in[0].Type, in[1].Type}
	lfree, rfree := p.free(types)
	m := trace.Type{Shape: pickInts(types[0].Shape, lfree)}.Size()
	k := trace.Type{Shape: pickInts(types[0].Shape, p.LhsContract)}.Size()
	n := trace.Type{Shape: pickInts(types[1].Shape, rfree)}.Size()
	x, y, z := permuted(in[0], p.Order(types, 0)).I64, permuted(in[1], p.Order(types, 1)).I64, out.I64
	for len(z) > 0 {
		for i := range m {
			row := z[i*n : (i+1)*n]
			for l, v := range x[i*k : (i+1)*k] {
				for j, w := range y[l*n : (l+1)*n] {
					row[j] += v * w
				}
			}
		}
		x, y, z = x[m*k:], y[k*n:], z[m*n:]
	}
}

// permuted returns x with axis i of the result being axis perm[i].
func permuted(x trace.Buffer, perm []int) trace.Buffer {
	if slices.IsSorted(perm) {
		return x
	}
	p := transpose{Perm: perm}
	t, _ := p.Infer([]trace.Type{x.Type})
	return p.Eval([]trace.Buffer{x}, t)[0]
}
