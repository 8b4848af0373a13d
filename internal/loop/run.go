package loop

import (
	"math"
	"unsafe"
)

// Run is the reference for one row without folds: it runs the loop for n elements, one at a time. arrays says where each array
// starts and carries holds Width values for each carry, which Run leaves there.
func (l *Loop) Run(arrays []unsafe.Pointer, n int, carries []uint64) {
	v := make([]uint64, len(l.Body))
	for i := range n {
		if !l.element(arrays, 0, i, carries, v) {
			return
		}
	}
}

// RunRows is the reference for rows of n elements each, with folds.
func (l *Loop) RunRows(arrays []unsafe.Pointer, n, rows int, carries []uint64) {
	v := make([]uint64, len(l.Body))
	for row := range rows {
		l.Start(carries)
		for i := range n {
			if !l.element(arrays, row, i, carries, v) {
				return
			}
		}
		l.Finish(arrays, row, carries)
	}
}

// element runs the body for element i of a row, v being space for its values, and reports whether the loop goes on.
func (l *Loop) element(arrays []unsafe.Pointer, row, i int, carries, v []uint64) bool {
	width := l.Width()
	lane := i % width
	at := func(array, offset int) unsafe.Pointer { return l.Place(arrays, array, row, i, offset) }
	for k := range l.Body {
		x := &l.Body[k]
		switch x.Op {
		case Const:
			v[k] = x.Imm
		case Load:
			v[k] = load(l.Arrays[x.A].Kind, at(int(x.A), int(x.Imm)))
		case Gather:
			a := l.Arrays[x.A]
			start := unsafe.Add(arrays[x.A], a.Row*row*a.Kind.Size())
			v[k] = load(a.Kind, unsafe.Add(start, int(v[x.B])*a.Kind.Size()))
		case Carry:
			v[k] = carries[int(x.Imm)*width+lane]
		case Pick:
			v[k] = l.Picks[int(x.Imm)+i]
		case Index:
			v[k] = uint64(i)
		case If, Else, End: // all that may be left out is computed
		default:
			var in [3]uint64
			for j, w := range x.Values() {
				in[j] = v[w]
			}
			v[k] = Compute(x.Op, in[0], in[1], in[2], x.Imm)
		}
	}
	if l.Ends && v[l.While] == 0 {
		return false
	}
	for _, s := range l.Stores {
		store(l.Arrays[s.Array].Kind, at(s.Array, s.Offset), v[s.Value])
	}
	for k, w := range l.Next {
		carries[k*width+lane] = v[w]
	}
	return true
}

// Place returns where an array is for element i of a row, at an offset.
func (l *Loop) Place(arrays []unsafe.Pointer, array, row, i, offset int) unsafe.Pointer {
	a := &l.Arrays[array]
	return unsafe.Add(arrays[array], (a.Step*i+a.Row*row+offset)*a.Kind.Size())
}

// Move changes where arrays start by some rows.
func (l *Loop) Move(arrays []unsafe.Pointer, rows int) {
	for k, a := range l.Arrays {
		arrays[k] = unsafe.Add(arrays[k], rows*a.Row*a.Kind.Size())
	}
}

// Start gives the carries that are folded the values that a row begins with.
func (l *Loop) Start(carries []uint64) {
	width := l.Width()
	for _, f := range l.Folds {
		for k := range width {
			carries[f.Carry*width+k] = f.Start
		}
	}
}

// Finish folds them at the end of a row.
func (l *Loop) Finish(arrays []unsafe.Pointer, row int, carries []uint64) {
	width := l.Width()
	for _, f := range l.Folds {
		c := carries[f.Carry*width:][:width]
		for n := width / 2; n > 0; n /= 2 {
			for k := range n {
				c[k] = Compute(f.Op, c[k], c[n+k], 0, 0)
			}
		}
		k, to := l.Arrays[f.Array].Kind, l.Place(arrays, f.Array, row, 0, 0)
		store(k, to, Compute(f.Op, load(k, to), c[0], 0, 0))
	}
}

func load(k Kind, p unsafe.Pointer) uint64 {
	if k == Bool {
		return mask(*(*bool)(p))
	}
	return *(*uint64)(p)
}

func store(k Kind, p unsafe.Pointer, x uint64) {
	if k == Bool {
		*(*bool)(p) = x != 0
		return
	}
	*(*uint64)(p) = x
}

func mask(b bool) uint64 {
	if b {
		return math.MaxUint64
	}
	return 0
}

// Compute returns what an instruction on values gives.
func Compute(o Op, a, b, c, imm uint64) uint64 {
	switch o {
	case IAdd:
		return a + b
	case ISub:
		return a - b
	case IMul:
		return a * b
	case ILess:
		return mask(int64(a) < int64(b))
	case IEqual:
		return mask(a == b)
	case FromInt:
		return math.Float64bits(float64(int64(a)))
	case ToInt:
		return uint64(toInt(math.Float64frombits(a)))
	case And:
		return a & b
	case Or:
		return a | b
	case Xor:
		return a ^ b
	case AndNot:
		return ^a & b
	case Shl:
		return a << imm
	case Shr:
		return a >> imm
	case Select:
		return a&b | ^a&c
	}
	return computeFloat(o, math.Float64frombits(a), math.Float64frombits(b), math.Float64frombits(c))
}

func computeFloat(o Op, a, b, c float64) uint64 {
	var y float64
	switch o {
	case Less:
		return mask(a < b)
	case LessEqual:
		return mask(a <= b)
	case Equal:
		return mask(a == b)
	case NotEqual:
		return mask(a != b)
	case Add:
		y = a + b
	case Sub:
		y = a - b
	case Mul:
		y = a * b
	case Div:
		y = a / b
	case Sqrt:
		y = math.Sqrt(a)
	case FMA:
		y = math.FMA(a, b, c)
	case Min:
		if y = b; a < b {
			y = a
		}
	case Max:
		if y = b; a > b {
			y = a
		}
	case Floor:
		y = math.Floor(a)
	case Ceil:
		y = math.Ceil(a)
	case Trunc:
		y = math.Trunc(a)
	case Nearest:
		y = math.RoundToEven(a)
	default:
		panic("BUG: " + o.String() + " is no operation on values")
	}
	return math.Float64bits(y)
}

// toInt is what x86 does: Go leaves open what it gives for what does not fit.
func toInt(x float64) int64 {
	if !(x >= -1<<63 && x < 1<<63) {
		return math.MinInt64
	}
	return int64(x)
}
