package dual

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Level says what is known of a tangent before it has a value.
type Level uint8

const (
	Absent Level = iota
	Masked
	Dense
)

// Levels are those of several tangents. Tracked says whether masks are wanted of what is derived
// from them.
type Levels struct {
	Of      []Level
	Tracked bool
}

// LevelsOf returns the levels of tangents.
func LevelsOf(t []trace.Tangent) Levels {
	l := Levels{Of: make([]Level, len(t))}
	for i, x := range t {
		switch {
		case x.Absent():
			continue
		case x.Masked():
			l.Of[i] = Masked
		default:
			l.Of[i] = Dense
		}
		l.Tracked = l.Tracked || x.Tracked()
	}
	return l
}

// Varies reports whether any tangent is not absent.
func (l Levels) Varies() bool {
	for _, x := range l.Of {
		if x != Absent {
			return true
		}
	}
	return false
}

// Join returns the level that holds tangents of both levels: absent only if both are, dense only
// if both are or if masks are not wanted.
func (l Levels) Join(a, b Level) Level {
	switch {
	case a == b:
		return a
	case !l.Tracked:
		return Dense
	}
	return Masked
}

// String is the key under which what is made for these levels is kept.
func (l Levels) String() string { return fmt.Sprint(l.Of, l.Tracked) }

// Types returns the types of the arrays that Pack gives for tangents of arrays of types t: values,
// then masks.
func (l Levels) Types(t []trace.Type) []trace.Type {
	var values, masks []trace.Type
	for i, x := range l.Of {
		if x != Absent {
			values = append(values, t[i])
		}
		if x == Masked {
			masks = append(masks, t[i].With(trace.Bool))
		}
	}
	return append(values, masks...)
}

// Count returns how many tangents have a value and how many a mask.
func (l Levels) Count() (values, masks int) {
	for _, x := range l.Of {
		if x != Absent {
			values++
		}
		if x == Masked {
			masks++
		}
	}
	return values, masks
}

// Pack returns the values, then the masks, of tangents of arrays of types t, raised to the levels
// l, which are not below their own.
func (l Levels) Pack(t []trace.Type, tangents []trace.Tangent) (values, masks []trace.Array) {
	for i, x := range l.Of {
		v, m := tangents[i].Parts()
		switch {
		case x == Absent:
			continue
		case tangents[i].Absent():
			v, m = num.Zero(t[i]), trace.Fill(false, t[i].With(trace.Bool))
		case !tangents[i].Masked():
			m = trace.Fill(true, t[i].With(trace.Bool))
		}
		values = append(values, v)
		if x == Masked {
			masks = append(masks, m)
		}
	}
	return values, masks
}

// Unpack is the inverse of Pack.
func (l Levels) Unpack(values, masks []trace.Array) []trace.Tangent {
	t := make([]trace.Tangent, len(l.Of))
	for i, x := range l.Of {
		switch x {
		case Masked:
			t[i] = trace.MaskedTangent(values[0], masks[0])
			values, masks = values[1:], masks[1:]
		case Dense:
			t[i] = trace.DenseTangent(values[0], l.Tracked)
			values = values[1:]
		}
	}
	return t
}

// UnpackAll is Unpack of values and masks that stand together.
func (l Levels) UnpackAll(in []trace.Array) []trace.Tangent {
	k, _ := l.Count()
	return l.Unpack(in[:k], in[k:])
}

// Pushed is a func over dual numbers in plain arrays: from the inputs of a func, the values of their
// tangents and the masks to its results, the values of theirs and the masks.
type Pushed struct {
	Func *trace.Func
	Out  Levels
}

// Push returns f, which has no captures, over dual numbers of the given levels, with tangents of its
// results of the levels that arise, or of want if that is not nil, which must not be below.
func Push(f *trace.Func, in Levels, want []Level) Pushed {
	key := fmt.Sprint("push ", in, want)
	return trace.Memo(f, key, func() Pushed { return push(f, in, want) })
}

func push(f *trace.Func, in Levels, want []Level) Pushed {
	types := f.Types(f.Inputs())
	values, _ := in.Count()
	var p Pushed
	p.Func = trace.Build(append(types[:len(types):len(types)], in.Types(types)...), func(args []trace.Array) []trace.Array {
		n := len(types)
		tangents := in.Unpack(args[n:n+values], args[n+values:])
		duals := make([]Dual, n)
		for i := range duals {
			duals[i] = Dual{args[i], tangents[i]}
		}
		var out []trace.Array
		var dout []trace.Tangent
		for _, d := range Run(f, duals, nil) {
			out, dout = append(out, d.Primal), append(dout, d.Tangent)
		}
		p.Out = LevelsOf(dout)
		if want != nil {
			p.Out.Of = want
		}
		p.Out.Tracked = in.Tracked
		vs, ms := p.Out.Pack(f.Types(f.Outputs()), dout)
		return append(append(out, vs...), ms...)
	})
	return p
}
