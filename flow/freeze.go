package flow

import (
	"errors"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// freeze returns y in the lanes that are alive and what was before in the others.
func freeze(alive, y, before trace.Array) trace.Array {
	switch {
	case trace.Same(y, before):
		return y
	case y.Type().Stars() > 0:
		return trace.Apply(selectLanes{}, alive, y, before)[0]
	}
	return num.Where(perLane(alive, y.Rank()), y, before)
}

// selectLanes is select for stacks: its condition has the leading axes of each row, and what is
// chosen is that part of the row. It is linear in the stacks.
type selectLanes struct{}

func (selectLanes) Name() string { return "select_lanes" }

func (selectLanes) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 3 || in[0].DType != trace.Bool || !in[1].Equal(in[2]) || in[1].Stars() == 0 {
		return nil, errors.New("needs bools and two stacks of one type")
	}
	row := in[1].Shape[in[1].Stars():]
	if in[0].Rank() > len(row) || !slices.Equal(in[0].Shape, row[:in[0].Rank()]) {
		return nil, errors.New("needs a bool for each lane of a row")
	}
	return in[1:2], nil
}

func (p selectLanes) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return []trace.Buffer{trace.EachRow(in[1:], out[0], func(rows []trace.Buffer) trace.Buffer {
		if t := rows[0].Type; t.Stars() > 0 {
			return p.Eval([]trace.Buffer{in[0], rows[0], rows[1]}, []trace.Type{t})[0]
		}
		return chooseLanes(in[0].Bool, rows[0], rows[1])
	})}
}

func chooseLanes(alive []bool, a, b trace.Buffer) trace.Buffer {
	y := b.Copy()
	n := a.Type.Size() / max(len(alive), 1)
	for i, ok := range alive {
		if !ok {
			continue
		}
		lo, hi := i*n, (i+1)*n
		switch a.Type.DType {
		case trace.F64:
			copy(y.F64[lo:hi], a.F64[lo:hi])
		case trace.I64:
			copy(y.I64[lo:hi], a.I64[lo:hi])
		case trace.Bool:
			copy(y.Bool[lo:hi], a.Bool[lo:hi])
		}
	}
	return y
}

func (p selectLanes) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	return []trace.Tangent{num.JointTangent(p, in, 1, t)}
}

// JointMask is the selection among masks.
func (p selectLanes) JointMask(in []trace.Array) trace.Array { return trace.Apply(p, in...)[0] }

func (selectLanes) Linear(dep []bool) bool { return !dep[0] }

// Transpose gives each stack the cotangent in its own lanes.
func (p selectLanes) Transpose(t *trace.Transposition) []trace.Tangent {
	ct, _ := t.Ct[0].Parts()
	zero := num.Zero(t.Types[1])
	a := trace.Apply(p, t.In[0], ct, zero)[0]
	b := trace.Apply(p, t.In[0], zero, ct)[0]
	return []trace.Tangent{{}, trace.DenseTangent(a, true), trace.DenseTangent(b, true)}
}

func (p selectLanes) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	args := slices.Clone(in)
	for i, a := range args {
		if !mapped[i] {
			args[i] = num.Lanes(a, n)
		}
	}
	return trace.Apply(p, args...), []bool{true}
}
