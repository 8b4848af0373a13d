package flow

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// scan runs Body Length times. Its operands are consts, which every step sees, the initial carry,
// and xs, of which each step sees a row; Body takes them in this order. Body gives the next carry and
// rows of ys, and the results are the last carry and ys. With Reverse, steps run from the last
// row to the first.
//
// With Length trace.Star, the number of steps is the first of the consts, an i64 scalar, and xs and ys
// are stacks. They are in any case where their rows are stacks.
type scan struct {
	Body          *trace.Func
	Consts, Carry int
	Length        int
	Reverse       bool
}

func (scan) Name() string { return "scan" }

// Steady: what a loop makes is taken to be of ordinary size, as inputs are.
func (scan) Steady() bool { return true }

// Trips returns the number of steps, 1 if it is not known: it is what weighing modes multiplies by.
func (p scan) Trips() int {
	if p.Length == trace.Star {
		return 1
	}
	return p.Length
}

// Loop returns what the compiler must know of a scan.
func (p scan) Loop() (body *trace.Func, consts, carry, length int, reverse bool) {
	return p.Body, p.Consts, p.Carry, p.Length, p.Reverse
}

func (p scan) Infer(in []trace.Type) ([]trace.Type, error) {
	xs := p.Consts + p.Carry
	if p.Consts < 0 || p.Carry < 0 || p.Length < trace.Star || len(in) < xs || len(results(p.Body)) < p.Carry {
		return nil, errors.New("needs consts, a carry and rows")
	}
	if p.Length == trace.Star && (p.Consts == 0 || !in[0].Equal(trace.TypeOf(trace.I64))) {
		return nil, errors.New("needs the number of steps, an i64 scalar")
	}
	want := p.Body.Types(p.Body.Inputs())
	if len(want) != len(in) {
		return nil, fmt.Errorf("has a body of %d inputs for %d operands", len(want), len(in))
	}
	for i, t := range in {
		w := want[i]
		if i >= xs {
			w = p.stacked(w)
		}
		if !t.Equal(w) {
			return nil, fmt.Errorf("has a body that takes %v for %v", w, t)
		}
	}
	out := results(p.Body)
	if !equalTypes(out[:p.Carry], want[p.Consts:xs]) {
		return nil, errors.New("has a carry that changes its type")
	}
	for i := p.Carry; i < len(out); i++ {
		out[i] = p.stacked(out[i])
	}
	return out, nil
}

// stacked returns the type of all rows of the given type.
func (p scan) stacked(row trace.Type) trace.Type {
	n := p.Length
	if row.Stars() > 0 {
		n = trace.Star
	}
	return trace.Type{DType: row.DType, Shape: append([]int{n}, row.Shape...)}
}

func (p scan) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	xs := p.Consts + p.Carry
	args := make([]trace.Buffer, len(in))
	copy(args, shared(in[:p.Consts]))
	copy(args[p.Consts:], in[p.Consts:xs])
	n := p.Length
	if n == trace.Star {
		if in[0].Hole() {
			return holes(out)
		}
		n = int(in[0].I64[0])
	}
	ys := make([]trace.Buffer, len(out)-p.Carry)
	for i, t := range out[p.Carry:] {
		ys[i] = trace.NewBuffer(t)
		if t.Stars() > 0 {
			ys[i].Rows = make([]trace.Buffer, n)
		}
	}
	for step := range n {
		row := step
		if p.Reverse {
			row = n - 1 - step
		}
		for i, x := range in[xs:] {
			args[xs+i] = rowOf(x, row)
		}
		results := p.Body.EvalBuffers(args)
		copy(args[p.Consts:xs], results[:p.Carry])
		for i, y := range results[p.Carry:] {
			setRow(ys[i], row, y)
		}
	}
	return append(args[p.Consts:xs:xs], ys...)
}

// rowOf returns row i of x, which shares its storage.
func rowOf(x trace.Buffer, i int) trace.Buffer {
	if x.Type.Stars() > 0 {
		return x.Row(i)
	}
	y := trace.Buffer{Type: x.Type.Row()}
	if x.Hole() {
		return y
	}
	n := y.Type.Size()
	switch x.Type.DType {
	case trace.F64:
		y.F64 = x.F64[i*n : (i+1)*n : (i+1)*n]
	case trace.I64:
		y.I64 = x.I64[i*n : (i+1)*n : (i+1)*n]
	case trace.Bool:
		y.Bool = x.Bool[i*n : (i+1)*n : (i+1)*n]
	}
	return y
}

// setRow makes y row i of x. A hole in an array leaves the row as it is.
func setRow(x trace.Buffer, i int, y trace.Buffer) {
	if x.Rows != nil {
		x.Rows[i] = y.Shared()
		return
	}
	n := y.Type.Size()
	copy(x.F64[min(i*n, len(x.F64)):], y.F64)
	copy(x.I64[min(i*n, len(x.I64)):], y.I64)
	copy(x.Bool[min(i*n, len(x.Bool)):], y.Bool)
}

func (p scan) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

// sections returns how many of some flags for operands are true among consts, carry and xs.
func (p scan) sections(of []bool) []int {
	count := make([]int, 3)
	for i, x := range of {
		if x {
			count[p.section(i)]++
		}
	}
	return count
}

func (p scan) section(operand int) int {
	switch {
	case operand < p.Consts:
		return 0
	case operand < p.Consts+p.Carry:
		return 1
	}
	return 2
}

// counts returns how many primals, values and masks of tangents of the given levels there are in
// each section of the operands.
func (p scan) counts(l dual.Levels) [][]int {
	primal, value, mask := make([]bool, len(l.Of)), make([]bool, len(l.Of)), make([]bool, len(l.Of))
	for i, x := range l.Of {
		primal[i], value[i], mask[i] = true, x != dual.Absent, x == dual.Masked
	}
	return [][]int{p.sections(primal), p.sections(value), p.sections(mask)}
}

// outCounts is counts for the results: the carry and ys.
func (p scan) outCounts(l dual.Levels) [][]int {
	c := make([][]int, 3)
	for kind := range c {
		c[kind] = make([]int, 2)
	}
	for i, x := range l.Of {
		s := 0
		if i >= p.Carry {
			s = 1
		}
		c[0][s]++
		if x != dual.Absent {
			c[1][s]++
		}
		if x == dual.Masked {
			c[2][s]++
		}
	}
	return c
}

// regroup takes arrays that stand in blocks, counts[i][j] of them in block j of group i, and puts
// block j of every group together, for each j in turn.
func regroup[E any](elements []E, counts [][]int) []E {
	blocks := make([][]E, len(counts[0]))
	for _, group := range counts {
		for j, n := range group {
			blocks[j] = append(blocks[j], elements[:n]...)
			elements = elements[n:]
		}
	}
	var all []E
	for _, b := range blocks {
		all = append(all, b...)
	}
	return all
}

// flipped returns counts by block and group, for the way back.
func flipped(counts [][]int) [][]int {
	f := make([][]int, len(counts[0]))
	for j := range f {
		for _, group := range counts {
			f[j] = append(f[j], group[j])
		}
	}
	return f
}

func sum(counts [][]int, j int) int {
	n := 0
	for _, group := range counts {
		n += group[j]
	}
	return n
}

// fixpoint returns the levels of the operands, with those of the carry raised until no step of the
// loop raises them, and those of the results. out gives the levels of the body's results.
func (p scan) fixpoint(t []trace.Tangent, out func(dual.Levels) dual.Levels) (in, res dual.Levels) {
	in = dual.LevelsOf(t)
	for {
		res = out(in)
		stable := true
		for i := range p.Carry {
			at := p.Consts + i
			j := in.Join(in.Of[at], res.Of[i])
			stable = stable && j == in.Of[at]
			in.Of[at], res.Of[i] = j, j
		}
		if stable {
			return in, res
		}
	}
}

// cloned returns levels that may be changed: those of a kept func are shared.
func cloned(l dual.Levels) dual.Levels {
	l.Of = append([]dual.Level(nil), l.Of...)
	return l
}

// Forward is a scan over dual numbers.
func (p scan) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	levels, out := p.fixpoint(t, func(l dual.Levels) dual.Levels { return cloned(dual.Push(p.Body, l, nil).Out) })
	pushed := dual.Push(p.Body, levels, out.Of).Func
	ins, outs := p.counts(levels), p.outCounts(out)
	q := scan{Consts: sum(ins, 0), Carry: sum(ins, 1), Length: p.Length, Reverse: p.Reverse}
	q.Body = regrouped(pushed, ins, outs)
	values, masks := levels.Pack(typesOf(in), t)
	ys := trace.Apply(q, regroup(slices.Concat(in, values, masks), ins)...)
	ys = regroup(ys, flipped(outs))
	n := len(out.Of)
	k, _ := out.Count()
	return ys[:n], out.Unpack(ys[n:n+k], ys[n+k:])
}

// regrouped returns f with its inputs and outputs regrouped from kinds to sections.
func regrouped(f *trace.Func, ins, outs [][]int) *trace.Func {
	types := regroup(f.Types(f.Inputs()), ins)
	return trace.Build(types, func(in []trace.Array) []trace.Array {
		return regroup(f.Inline(regroup(in, flipped(ins))...), outs)
	})
}

// Linearize is a scan of the primal half, whose residuals are rows of further ys unless they are
// the same in every step or rows of xs already, and on the tape a scan of the tape.
func (p scan) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	levels, out := p.fixpoint(t, func(l dual.Levels) dual.Levels { return cloned(tape.Split(p.Body, l, nil).Out) })
	h := tape.Split(p.Body, levels, out.Of)
	values, masks := levels.Pack(typesOf(in), t)
	ys, at := p.runPrimal(h, levels, out, in, masks, func(body *trace.Func, consts, carry int, operands []trace.Array) []trace.Array {
		return trace.Apply(scan{body, consts, carry, p.Length, p.Reverse}, operands...)
	})
	n := len(out.Of)
	_, m := out.Count()
	if !out.Varies() {
		return ys[:n], make([]trace.Tangent, n)
	}
	return ys[:n], out.Unpack(p.runTape(h, levels, values, p.steps(in), at), ys[n:n+m])
}

// steps returns the operand that is the number of steps, if there is one.
func (p scan) steps(in []trace.Array) []trace.Array {
	if p.Length == trace.Star {
		return in[:1:1]
	}
	return nil
}
