package native

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// Least is the number of elements from which on machine code is used. It may not depend on what ran before, or the same
// program would give other bits the second time.
const Least = 64

// chunk is how many elements a call of the code has at most.
const chunk = 1024

// Elementwise is a primitive that knows how to write an element of its result; see num.
type Elementwise interface {
	Lower(b *loop.Builder, d trace.DType, in []loop.Value) (loop.Value, bool)
}

// Func is machine code for a function of f64 elements.
type Func struct {
	code  *amd64.Code
	fails bool // it says where it cannot do what it should
}

// made has the code of each primitive that was asked for.
var made sync.Map

type lazy struct {
	once sync.Once
	f    *Func
}

// Of returns the code of a primitive of one or two operands, or nil if there is none here.
func Of(p Elementwise, operands int) *Func {
	var key any = p
	if t := reflect.TypeOf(p); !t.Comparable() { // of users, who have no parameters
		key = t
	}
	found, ok := made.Load(key)
	if !ok {
		found, _ = made.LoadOrStore(key, new(lazy))
	}
	l := found.(*lazy)
	l.once.Do(func() { l.f = newFunc(p, operands) })
	return l.f
}

// newFunc translates a loop over operands, the result and, if the function fails for some elements, where it does.
func newFunc(p Elementwise, operands int) *Func {
	level := amd64.Wanted()
	if level == amd64.None {
		return nil
	}
	b := loop.NewBuilder()
	in := make([]loop.Value, operands)
	for k := range in {
		in[k] = b.Load(b.Array(loop.F64, 1), 0)
	}
	result := b.Array(loop.F64, 1)
	y, ok := p.Lower(b, trace.F64, in)
	if !ok {
		return nil
	}
	if len(b.Fails) > 0 {
		if len(b.Fails) > 1 || operands > 1 {
			return nil
		}
		y = b.Select(b.Fails[0], in[0], y) // the operand, which may be written over, is wanted again there
		b.Store(b.Array(loop.Bool, 1), 0, b.Fails[0])
	}
	b.Store(result, 0, y)
	code, err := amd64.Compile(&b.Loop, level)
	if err != nil || !code.Short(chunk) {
		return nil
	}
	code.Keep()
	return &Func{code, len(b.Fails) > 0}
}

// Apply1 sets the elements of y, which may be x, to those of the function. eval is the function, for what the code cannot do.
func (f *Func) Apply1(y, x []float64, eval func(float64) float64) {
	var failed [chunk]bool
	for len(y) > 0 {
		n := min(len(y), chunk)
		arrays := [...]unsafe.Pointer{start(x), start(y), unsafe.Pointer(&failed)}
		f.code.RunShort(&arrays[0], n, nil)
		if f.fails {
			for i, wrong := range failed[:n] {
				if wrong {
					y[i] = eval(y[i])
				}
			}
		}
		x, y = x[n:], y[n:]
	}
}

// Apply2 is Apply1 for two operands, either of which z may be.
func (f *Func) Apply2(z, x, y []float64) {
	for len(z) > 0 {
		n := min(len(z), chunk)
		arrays := [...]unsafe.Pointer{start(x), start(y), start(z)}
		f.code.RunShort(&arrays[0], n, nil)
		x, y, z = x[n:], y[n:], z[n:]
	}
}

func start(x []float64) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }
