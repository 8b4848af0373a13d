package compile

import (
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

// frame is the memory of one run of a program.
type frame struct {
	base     []unsafe.Pointer // where the elements of each variable are
	bufs     []trace.Buffer   // what runs by Eval has made, and the arguments unless they are plain; nil until there is one
	plain    bool             // arguments are known by where they are alone
	arena    []uint64
	borrowed *arena // which has that memory, or nil
	scratch  []uint64
	arrays   []unsafe.Pointer // of the loop that runs
	carries  []uint64
	sums     []pairwise
	blocks   []uint64 // what those of a long row come to
	spares   [][]float64
	operands []trace.Buffer // of the update that runs
	staged   []int
	later    []uint64   // carries of a loop some of which stay the same
	stacks   [][]uint64 // of each variable: the rows of stacks that loops make
	team     *team      // of loops that run on several threads
	strips   *stripTeam // of regions
}

func newFrame(p *Program) *frame {
	n := len(p.vars)
	f := &frame{
		base: make([]unsafe.Pointer, n), scratch: aligned(p.scratch),
	}
	for v := range p.vars {
		if x := &p.vars[v]; x.constant != nil {
			f.base[v] = pointer(*x.constant)
		}
	}
	if !p.borrows() {
		f.place(p, make([]uint64, p.arena))
	}
	return f
}

// aligned returns n words, the first at a multiple of 64 bytes.
func aligned(n int) []uint64 {
	w := make([]uint64, n+7)
	skip := -uintptr(unsafe.Pointer(&w[0])) & 63 / 8
	return w[skip : skip+uintptr(n)]
}

// set gives a variable its value.
func (f *frame) set(v trace.Var, b trace.Buffer) { *f.buf(v), f.base[v] = b, pointer(b) }

// buf returns the place of a variable's buffer.
func (f *frame) buf(v trace.Var) *trace.Buffer {
	if f.bufs == nil {
		f.bufs = make([]trace.Buffer, len(f.base))
	}
	return &f.bufs[v]
}

// start returns where elements are; nil if there are none.
func start[E any](x []E) unsafe.Pointer {
	if len(x) == 0 {
		return nil
	}
	return unsafe.Pointer(&x[0])
}

// pointer returns where the elements of a buffer are; nil if it has none.
func pointer(b trace.Buffer) unsafe.Pointer {
	switch {
	case len(b.F64) > 0:
		return unsafe.Pointer(&b.F64[0])
	case len(b.I64) > 0:
		return unsafe.Pointer(&b.I64[0])
	case len(b.Bool) > 0:
		return unsafe.Pointer(&b.Bool[0])
	}
	return nil
}

// buffer returns the value of a variable that stands in memory as a whole.
func (f *frame) buffer(p *Program, v trace.Var) trace.Buffer { return bufferOf(f, p.vars, v) }

func bufferOf(f *frame, vars []variable, v trace.Var) trace.Buffer {
	x := &vars[v]
	switch {
	case x.constant != nil:
		return *x.constant
	case x.made == byEval || x.made == byCaller && !f.plain:
		return *f.buf(v)
	}
	return memory(x.typ, f.base[v], x.typ.Size())
}

// memory returns the n elements at p as a buffer.
func memory(t trace.Type, p unsafe.Pointer, n int) trace.Buffer {
	b := trace.Buffer{Type: t}
	switch t.DType {
	case trace.F64:
		b.F64 = slice[float64](p, n)
	case trace.I64:
		b.I64 = slice[int64](p, n)
	case trace.Bool:
		b.Bool = slice[bool](p, n)
	}
	return b
}

// slice returns the n elements at p. An empty array is no hole.
func slice[E any](p unsafe.Pointer, n int) []E {
	if n == 0 {
		return []E{}
	}
	return unsafe.Slice((*E)(p), n)
}

// spare returns memory for result i of n elements, the same in every run.
func (f *frame) spare(i, n int) unsafe.Pointer {
	for len(f.spares) <= i {
		f.spares = append(f.spares, nil)
	}
	if len(f.spares[i]) < n {
		f.spares[i] = make([]float64, n)
	}
	return unsafe.Pointer(unsafe.SliceData(f.spares[i]))
}

func (f *frame) run(p *Program) {
	for _, s := range p.steps {
		s.run(f)
	}
}

// args returns space for the pointers to n arrays of a loop.
func (f *frame) args(n int) []unsafe.Pointer {
	if cap(f.arrays) < n {
		f.arrays = make([]unsafe.Pointer, n)
	}
	return f.arrays[:n]
}

// carry returns space for carries.
func (f *frame) carry(n int) []uint64 {
	if cap(f.carries) < n {
		f.carries = make([]uint64, n)
	}
	return f.carries[:n]
}

// pairs returns n empty sums.
func (f *frame) pairs(n int) []pairwise {
	if cap(f.sums) < n {
		f.sums = make([]pairwise, n)
	}
	for i := range f.sums[:n] {
		f.sums[i].count = 0
	}
	return f.sums[:n]
}

// partial returns space number k for what count blocks come to. That of lower numbers stays.
func (f *frame) partial(k, count int) []uint64 {
	if need := (k + 1) * count; len(f.blocks) < need {
		f.blocks = append(f.blocks, make([]uint64, need-len(f.blocks))...)
	}
	return f.blocks[k*count:][:count]
}
