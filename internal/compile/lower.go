package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// The rules that primitives may have for the compiler; package num says what they mean.
type (
	lowerer interface {
		Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool)
	}
	expander interface {
		Expand(b *loop.Builder, types []trace.Type, in [][]loop.Value) ([]loop.Value, bool)
	}
	arranger interface{ Arranges() int }
	inOrder  interface{ InOrder() }
	caller   interface{ Calls() *trace.Func }
	chooser  interface{ Choices() []*trace.Func }
)

// lowerOne returns an element of the result of an elementwise equation from those of its operands.
func lowerOne(b *loop.Builder, p trace.Primitive, types []trace.Type, in []loop.Value) (loop.Value, bool) {
	if _, ok := trace.NameOf(p); ok {
		return in[0], true
	}
	if l, ok := p.(lowerer); ok {
		return l.Lower(b, types[len(types)-1].DType, in)
	}
	return 0, false
}

// lowerEach makes all elements of the result, y, of an elementwise equation. The operands of each pass through at.
func lowerEach(b *loop.Builder, p trace.Primitive, types []trace.Type, in [][]loop.Value, y, at []loop.Value) bool {
	for k := range y {
		for i := range in {
			at[i] = in[i][k]
		}
		v, ok := lowerOne(b, p, types, at)
		if !ok {
			return false
		}
		y[k] = v
	}
	return true
}

// elementwise reports whether each element of the result of p is made of those of the operands at the
// same place.
func elementwise(p trace.Primitive) bool {
	_, lowers := p.(lowerer)
	_, named := trace.NameOf(p)
	return lowers || named
}

// lower makes all elements of the results of an equation on small arrays, out being their types.
func lower(b *loop.Builder, p trace.Primitive, types []trace.Type, in [][]loop.Value, out []trace.Type) ([][]loop.Value, bool) {
	return (*symbols)(nil).lower(b, p, types, in, out)
}

// lower is that with constants as symbols, if there are such.
func (s *symbols) lower(b *loop.Builder, p trace.Primitive, types []trace.Type, in [][]loop.Value, out []trace.Type) ([][]loop.Value, bool) {
	if elementwise(p) {
		y := make([]loop.Value, out[0].Size())
		return [][]loop.Value{y}, lowerEach(b, p, types, in, y, make([]loop.Value, len(in)))
	}
	switch p := p.(type) {
	case expander:
		y, ok := p.Expand(b, types, in)
		return [][]loop.Value{y}, ok
	case caller:
		if writtenOut(p.Calls()) > maxCall {
			return nil, false
		}
		return s.lowerFunc(b, p.Calls(), in)
	case chooser:
		return s.lowerChoice(b, p.Choices(), in)
	case arranger:
		return arrange(b, p, types, in, out[0])
	}
	return nil, false
}

// maxCall is the number of equations up to which a call is made a part of scalar code. Checkpoints in checkpoints stand
// for as many steps as there are, in few funcs.
const maxCall = 1000

// writtenOut returns how many equations f has, with those of the funcs that it calls, or a few more than maxCall.
func writtenOut(f *trace.Func) int {
	return trace.Memo(f, "written out", func() int {
		n := 0
		for i := range f.Equations() {
			if n++; n > maxCall {
				break
			}
			if p, ok := f.Equations()[i].Primitive.(caller); ok {
				n += writtenOut(p.Calls())
			}
		}
		return n
	})
}

// arranges reports whether lower makes the results of p by arrange.
func arranges(p trace.Primitive) bool {
	switch p.(type) {
	case expander, caller, chooser:
		return false
	case arranger:
		return !elementwise(p)
	}
	return false
}

// arrange finds where elements come from by moving their numbers.
func arrange(b *loop.Builder, p arranger, types []trace.Type, in [][]loop.Value, out trace.Type) ([][]loop.Value, bool) {
	n := p.Arranges()
	if n < 0 {
		n = len(in)
	}
	zero := b.Bits(0)
	if _, ok := p.(inOrder); ok {
		return [][]loop.Value{slices.Clone(in[0])}, true
	}
	all := []loop.Value{zero}
	args := make([]trace.Buffer, len(in))
	for i, x := range in {
		args[i] = trace.NewBuffer(types[i].With(trace.I64))
		for k, v := range x {
			if args[i].I64[k] = int64(len(all)); i < n {
				all = append(all, v)
			} else if c := &b.Body[v]; c.Op == loop.Const {
				args[i].I64[k] = int64(c.Imm)
			} else {
				return nil, false
			}
		}
	}
	from := p.(trace.Primitive).Eval(args, []trace.Type{out.With(trace.I64)})[0].I64
	y := make([]loop.Value, len(from))
	for k, i := range from {
		y[k] = all[i]
	}
	return [][]loop.Value{y}, true
}

// lowerFunc makes the results of a func all of whose arrays are small, or would be in lanes.
func (s *symbols) lowerFunc(b *loop.Builder, f *trace.Func, in [][]loop.Value) ([][]loop.Value, bool) {
	env := make([][]loop.Value, f.NumVars())
	copy(env, in)
	for i := range f.Equations() {
		e := &f.Equations()[i]
		if trace.HasEffect(e.Primitive) || !s.allow(f.Types(e.Ins)) || !s.allow(f.Types(e.Outs)) {
			return nil, false
		}
		if len(e.Ins) == 0 {
			c, ok := constantOf(e)
			if !ok {
				return nil, false
			}
			env[e.Outs[0]] = s.constants(b, c)
			continue
		}
		args := make([][]loop.Value, len(e.Ins))
		for j, v := range e.Ins {
			args[j] = env[v]
		}
		out, ok := s.lower(b, e.Primitive, f.Types(e.Ins), args, f.Types(e.Outs))
		if !ok {
			return nil, false
		}
		for j, v := range e.Outs {
			env[v] = out[j]
		}
	}
	outs := make([][]loop.Value, len(f.Outputs()))
	for i, v := range f.Outputs() {
		outs[i] = env[v]
	}
	return outs, true
}

// lowerChoice makes the results of every func and selects those of the one at the index, which is the
// first of in.
func (s *symbols) lowerChoice(b *loop.Builder, funcs []*trace.Func, in [][]loop.Value) ([][]loop.Value, bool) {
	equations := 0
	for _, f := range funcs {
		equations += len(f.Equations())
	}
	if equations > maxChoice {
		return nil, false
	}
	out, ok := s.lowerBranch(b, funcs[0], in[1:])
	for i, f := range funcs[1:] {
		ys, fine := s.lowerBranch(b, f, in[1:])
		if ok = ok && fine; !ok {
			return nil, false
		}
		taken := b.ILess(b.Int(int64(i)), in[0][0])
		for j, y := range ys {
			chosen := slices.Clone(out[j])
			for k, v := range y {
				chosen[k] = s.choose(b, taken, v, chosen[k])
			}
			out[j] = chosen
		}
	}
	if !ok {
		return nil, false
	}
	n := len(funcs[0].Outputs())
	b.Fail(out[n][0])
	return out[:n], true
}

// maxChoice is the number of equations in all branches of a choice up to which all are run.
const maxChoice = 200

func smallTypes(types []trace.Type) bool {
	for _, t := range types {
		if !smallType(t) {
			return false
		}
	}
	return true
}

func smallType(t trace.Type) bool { return t.Stars() == 0 && t.Size() <= maxSmall }

// constants returns the elements of a known array.
func constants(b *loop.Builder, c trace.Buffer) []loop.Value {
	values := make([]loop.Value, c.Type.Size())
	for k := range values {
		values[k] = constantAt(b, c, k)
	}
	return values
}

func constantAt(b *loop.Builder, c trace.Buffer, k int) loop.Value {
	switch c.Type.DType {
	case trace.F64:
		return b.Float(c.F64[k])
	case trace.I64:
		return b.Int(c.I64[k])
	}
	if c.Bool[k] {
		return b.Bits(^uint64(0))
	}
	return b.Bits(0)
}
