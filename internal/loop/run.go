package loop

import (
	"math"
	"unsafe"
)

// Run is the reference: it runs the loop for n elements, one at a time. arrays says where each array starts and
// carries holds Width values for each carry, which Run leaves there.
func (l *Loop) Run(arrays []unsafe.Pointer, n int, carries []uint64) {
	v := make([]uint64, len(l.Body))
	for i := range n {
		lane := i % l.Width()
		at := func(array, offset int) unsafe.Pointer {
			a := l.Arrays[array]
			return unsafe.Add(arrays[array], (a.Step*i+offset)*a.Kind.Size())
		}
		for k := range l.Body {
			x := &l.Body[k]
			switch x.Op {
			case Const:
				v[k] = x.Imm
			case Load:
				v[k] = load(l.Arrays[x.A].Kind, at(int(x.A), int(x.Imm)))
			case Gather:
				a := l.Arrays[x.A].Kind
				v[k] = load(a, unsafe.Add(arrays[x.A], int(v[x.B])*a.Size()))
			case Carry:
				v[k] = carries[int(x.Imm)*l.Width()+lane]
			case Index:
				v[k] = uint64(i)
			default:
				var in [3]uint64
				for j, w := range x.Values() {
					in[j] = v[w]
				}
				v[k] = Compute(x.Op, in[0], in[1], in[2], x.Imm)
			}
		}
		if l.Ends && v[l.While] == 0 {
			return
		}
		for _, s := range l.Stores {
			store(l.Arrays[s.Array].Kind, at(s.Array, s.Offset), v[s.Value])
		}
		for k, w := range l.Next {
			carries[k*l.Width()+lane] = v[w]
		}
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
