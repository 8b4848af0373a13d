package num

import (
	"errors"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// The indexing primitives take i64 arrays of one shape as indices, one for each of some leading
// axes of x. The slots of x that they name have the shape of the indices followed by that of the
// other axes. Negative indices count from the end, and those out of range are clamped.

// gather x i j ... takes the slots.
type gather struct{}

func (gather) Name() string { return "gather" }

func (gather) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) < 2 {
		return nil, errors.New("needs an array and indices")
	}
	t, err := slotsType(in[0], in[1:])
	return []trace.Type{t}, err
}

// slotsType returns the type of the slots of x that indices name.
func slotsType(x trace.Type, i []trace.Type) (trace.Type, error) {
	if len(i) == 0 || len(i) > x.Rank() {
		return trace.Type{}, errors.New("needs an index for each of some leading axes")
	}
	for k, t := range i {
		if t.DType != trace.I64 || !t.Equal(i[0]) {
			return trace.Type{}, errors.New("indices must be i64 and of one shape")
		}
		if x.Shape[k] == 0 && t.Size() > 0 {
			return trace.Type{}, errors.New("an indexed axis has no elements")
		}
	}
	return trace.Type{DType: x.DType, Shape: slices.Concat(i[0].Shape, x.Shape[len(i):])}, nil
}

// slots are those of x that indices name.
type slots struct {
	x     trace.Type
	i     []trace.Buffer
	count int
	size  int // elements of each
}

func slotsOf(x trace.Type, i []trace.Buffer) slots {
	return slots{x, i, i[0].Type.Size(), trace.Type{Shape: x.Shape[len(i):]}.Size()}
}

// start returns where slot j starts.
func (s *slots) start(j int) int {
	at := 0
	for k := range s.i {
		v, n := s.i[k].I64[j], s.x.Shape[k]
		if v < 0 {
			v += int64(n)
		}
		at = at*n + int(min(max(v, 0), int64(n-1)))
	}
	return at * s.size
}

func (p gather) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	p.Fill(y, in)
	return []trace.Buffer{y}
}

// Fill makes the elements of y.
func (gather) Fill(y trace.Buffer, in []trace.Buffer) {
	s := slotsOf(in[0].Type, in[1:])
	switch y.Type.DType {
	case trace.F64:
		gatherSlots(y.F64, in[0].F64, s)
	case trace.I64:
		gatherSlots(y.I64, in[0].I64, s)
	case trace.Bool:
		gatherSlots(y.Bool, in[0].Bool, s)
	}
}

func gatherSlots[E any](y, x []E, s slots) {
	for j := range s.count {
		copy(y[j*s.size:(j+1)*s.size], x[s.start(j):])
	}
}

// Clamp makes the instructions that move an index into an axis of length n.
func (gather) Clamp(b *loop.Builder, i loop.Value, n int) loop.Value {
	i = b.IAdd(i, b.And(b.ILess(i, b.Int(0)), b.Int(int64(n))))
	i = b.Select(b.ILess(i, b.Int(0)), b.Int(0), i)
	last := b.Int(int64(n - 1))
	return b.Select(b.ILess(last, i), last, i)
}

func (p gather) JVP(in, _ []Array, t []Tangent) []Tangent {
	return []Tangent{LinearTangent(p, in, 0, t[0])}
}

func (gather) Linear(dep []bool) bool { return !slices.Contains(dep[1:], true) }

func (p gather) Mask(in []Array, _ int, m Array) Array { return apply(p, with(in, 0, m)...) }

// Transpose adds up where several slots are the same.
func (gather) Transpose(t *trace.Transposition) []Tangent {
	u, _ := slotsType(t.Types[0], t.Types[1:])
	in := append([]Array{Zero(t.Types[0]), Zero(u)}, t.In[1:]...)
	cts := make([]Tangent, len(in))
	cts[1] = t.Ct[0]
	sum := JointTangent(addAt{}, in, 0, cts)
	return append([]Tangent{sum}, make([]Tangent, len(t.In)-1)...)
}

// Accumulate adds to the slots only.
func (gather) Accumulate(t *trace.Transposition, acc []Tangent) []Tangent {
	cts := make([]Tangent, len(t.In))
	cts[0] = accumulate(addAt{}, acc[0], t.Ct[0], t.In[1:]...)
	return cts
}

func (gather) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	x, i := in[0], in[1:]
	if !slices.Contains(mapped[1:], true) && !fewSlots(x, i) {
		y := apply(gather{}, append([]Array{moved(x, 0, len(i))}, i...)...)
		return []Array{moved(y, i[0].Rank(), 0)}, []bool{true}
	}
	i = mapAll(i, mapped[1:], n)
	if mapped[0] {
		i = withLanes(i)
	}
	return []Array{apply(gather{}, append([]Array{x}, i...)...)}, []bool{true}
}

// fewSlots reports whether indices that all lanes share take so few of the slots of each lane that it is better to index the lanes too
// than to move their axis behind the slots, which copies all of them.
func fewSlots(x Array, i []Array) bool {
	const few = 16
	slots := trace.Type{Shape: x.Type().Shape[1 : 1+len(i)]}
	return few*i[0].Type().Size() <= slots.Size()
}

// withLanes adds an index for the mapped axis, which all of i have.
func withLanes(i []Array) []Array {
	shape := i[0].Type().Shape
	lane := broadcastTo(along(Arange(shape[0]), 0, len(shape)), shape)
	return append([]Array{lane}, i...)
}

// addAt x u i j ... adds u to the slots: all that is meant for one is added up. Bools are added by or.
type addAt struct{}

func (addAt) Name() string                                { return "add_at" }
func (addAt) Infer(in []trace.Type) ([]trace.Type, error) { return inferScatter(in) }
func (addAt) Linear(dep []bool) bool                      { return !slices.Contains(dep[2:], true) }

func (p addAt) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	y := in[0].Writable()
	p.Update(y, in)
	return []trace.Buffer{y}
}

// Update does with y, which holds what the first operand does, or did, what Eval does with that.
func (addAt) Update(y trace.Buffer, in []trace.Buffer) {
	s := slotsOf(y.Type, in[2:])
	switch y.Type.DType {
	case trace.F64:
		addSlots(y.F64, in[1].F64, s)
	case trace.I64:
		addSlots(y.I64, in[1].I64, s)
	case trace.Bool:
		for j := range s.count {
			at := s.start(j)
			for k, v := range in[1].Bool[j*s.size : (j+1)*s.size] {
				y.Bool[at+k] = y.Bool[at+k] || v
			}
		}
	}
}

func addSlots[E int64 | float64](y, u []E, s slots) {
	for j := range s.count {
		at := s.start(j)
		for k, v := range u[j*s.size : (j+1)*s.size] {
			y[at+k] += v
		}
	}
}

func (p addAt) JVP(in, _ []Array, t []Tangent) []Tangent {
	return []Tangent{JointTangent(p, in, 0, t)}
}

func (p addAt) JointMask(in []Array) Array { return apply(p, in...) }

func (addAt) Transpose(t *trace.Transposition) []Tangent {
	cts := make([]Tangent, len(t.In))
	cts[0] = t.Ct[0]
	if t.Linear[1] {
		cts[1] = gatherTangent(t)
	}
	return cts
}

// gatherTangent takes the cotangent of u in the result of a scatter.
func gatherTangent(t *trace.Transposition) Tangent {
	return LinearTangent(gather{}, append([]Array{{}}, t.In[2:]...), 0, t.Ct[0])
}

func (p addAt) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return batchScatter(p, in, mapped, n)
}

// setAt x u i j ... replaces the slots by u: of what is meant for one, the last.
type setAt struct{}

func (setAt) Name() string                                { return "set_at" }
func (setAt) Infer(in []trace.Type) ([]trace.Type, error) { return inferScatter(in) }
func (setAt) Linear(dep []bool) bool                      { return !slices.Contains(dep[2:], true) }

func (p setAt) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	y := in[0].Writable()
	p.Update(y, in)
	return []trace.Buffer{y}
}

// Update is like that of addAt.
func (setAt) Update(y trace.Buffer, in []trace.Buffer) {
	s := slotsOf(y.Type, in[2:])
	switch y.Type.DType {
	case trace.F64:
		setSlots(y.F64, in[1].F64, s)
	case trace.I64:
		setSlots(y.I64, in[1].I64, s)
	case trace.Bool:
		setSlots(y.Bool, in[1].Bool, s)
	}
}

func setSlots[E any](y, u []E, s slots) {
	for j := range s.count {
		at := s.start(j)
		copy(y[at:at+s.size], u[j*s.size:])
	}
}

func (p setAt) JVP(in, _ []Array, t []Tangent) []Tangent {
	return []Tangent{JointTangent(p, in, 0, t)}
}

func (p setAt) JointMask(in []Array) Array { return apply(p, in...) }

func (p setAt) Transpose(t *trace.Transposition) []Tangent {
	cts := make([]Tangent, len(t.In))
	if t.Linear[1] { // before what overwrites it
		cts[1] = gatherTangent(t)
		if t.Types[2].Size() > 1 {
			cts[1] = MaskTangent(winners(t.Types[0], t.Types[1], t.In[2:]), cts[1])
		}
	}
	if t.Linear[0] {
		in := append([]Array{Zero(t.Types[0]), Zero(t.Types[1])}, t.In[2:]...)
		kept := make([]Tangent, len(in))
		kept[0] = t.Ct[0]
		cts[0] = JointTangent(p, in, 0, kept)
	}
	return cts
}

// winners reports which elements of u, of type ut, set_at leaves in an array of type xt.
func winners(xt, ut trace.Type, i []Array) Array {
	it, slots := i[0].Type(), trace.TypeOf(trace.I64, xt.Shape[:len(i)]...)
	won := Array{}
	if n := it.Size(); n*n < slots.Size() {
		won = lastOfEach(slots, i, n)
	} else {
		number := reshaped(Arange(n), it.Shape)
		last := apply(setAt{}, append([]Array{trace.Fill(int64(-1), slots), number}, i...)...)
		won = Equal(apply(gather{}, append([]Array{last}, i...)...), number)
	}
	wide := append(slices.Clone(it.Shape), slices.Repeat([]int{1}, ut.Rank()-it.Rank())...)
	return broadcastTo(reshaped(won, wide), ut.Shape)
}

// lastOfEach reports which of n indices are the last ones of their slots. It compares each with each, where the slots are more.
func lastOfEach(slots trace.Type, i []Array, n int) Array {
	at := trace.Fill(int64(0), trace.TypeOf(trace.I64, n))
	for axis, v := range i {
		long := slots.Shape[axis]
		v = reshaped(v, []int{n})
		v = Where(Less(v, 0), Add(v, long), v)
		at = Add(Mul(at, long), Minimum(Maximum(v, 0), long-1))
	}
	behind := Less(reshaped(Arange(n), []int{n, 1}), Arange(n))
	return Not(Any(And(Equal(reshaped(at, []int{n, 1}), at), behind), 1))
}

func (p setAt) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return batchScatter(p, in, mapped, n)
}

func inferScatter(in []trace.Type) ([]trace.Type, error) {
	if len(in) < 3 {
		return nil, errors.New("needs an array, what to put there, and indices")
	}
	u, err := slotsType(in[0], in[2:])
	if err != nil {
		return nil, err
	}
	if !u.Equal(in[1]) {
		return nil, errors.New("the second operand must have the type of the slots: " + u.String())
	}
	return in[:1], nil
}

// batchScatter moves the mapped axis behind the indexed ones, or indexes it too if indices are
// mapped, or few.
func batchScatter(p trace.Primitive, in []Array, mapped []bool, n int) ([]Array, []bool) {
	xu := mapAll(in[:2], mapped[:2], n)
	x, u, i := xu[0], xu[1], in[2:]
	if slices.Contains(mapped[2:], true) || fewSlots(x, i) {
		i = withLanes(mapAll(i, mapped[2:], n))
		return []Array{apply(p, append([]Array{x, u}, i...)...)}, []bool{true}
	}
	x, u = moved(x, 0, len(i)), moved(u, 0, i[0].Rank())
	y := apply(p, append([]Array{x, u}, i...)...)
	return []Array{moved(y, len(i), 0)}, []bool{true}
}
