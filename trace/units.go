package trace

import "errors"

// units is a nullary primitive: unit vectors along its first axis. Element k of vector i, counted in row-major order, is 1,
// or true, if k is First+i, and 0 or false otherwise; a vector that has no such element is zero.
type units struct {
	First int
	Type  Type
}

func (units) Name() string                            { return "units" }
func (units) JVP(_, _ []Array, _ []Tangent) []Tangent { return []Tangent{{}} }
func (p units) Batch([]Array, []bool, int) ([]Array, []bool) {
	return []Array{p.array()}, []bool{false}
}

func (p units) Infer(in []Type) ([]Type, error) {
	switch {
	case len(in) > 0:
		return nil, errNoOperands
	case p.Type.Rank() == 0 || p.Type.Stars() > 0 || p.Type.DType == I64:
		return nil, errors.New("needs an f64 or bool type with an axis for the vectors")
	}
	return []Type{p.Type}, nil
}

func (p units) Eval([]Buffer, []Type) []Buffer {
	b := NewBuffer(p.Type)
	n, size := p.Type.Shape[0], p.Type.Row().Size()
	for i := max(0, -p.First); i < min(n, size-p.First); i++ {
		b.set(i*size + p.First + i)
	}
	return []Buffer{b}
}

// set makes an element 1 or true.
func (b Buffer) set(k int) {
	if b.Type.DType == Bool {
		b.Bool[k] = true
	} else {
		b.F64[k] = 1
	}
}

// Line returns a short array in which all elements of the vectors are, with the offset and the strides at which they are there: it
// has a single 1, and what is one element further for each vector begins one element earlier.
func (p units) Line() (line Buffer, offset int, stride []int) {
	n, size := p.Type.Shape[0], p.Type.Row().Size()
	line = NewBuffer(TypeOf(p.Type.DType, max(n+size-1, 1)))
	if at := n - 1 + p.First; 0 <= at && at < n+size-1 {
		line.set(at)
	}
	stride = make([]int, p.Type.Rank())
	step := 1
	for i := p.Type.Rank() - 1; i > 0; i-- {
		stride[i] = step
		step *= p.Type.Shape[i]
	}
	stride[0] = -1
	return line, max(n-1, 0), stride
}

func (p units) array() Array { return formulaOf(p, nil, p.Type) }

// Units returns unit vectors of type t, f64 or bool, whose first axis counts them: element k of vector i is 1, or true, where k is
// first+i, counted in row-major order. The zeros beside it are exact: what multiplies a vector, even if it is infinite, touches it at
// the 1 only. It takes no memory.
func Units(t Type, first int) Array {
	p := units{first, t}
	if _, err := p.Infer(nil); err != nil {
		panic(inferError(p, nil, err))
	}
	return p.array()
}

// FirstUnit returns first if a concrete array was made by Units.
func FirstUnit(a Array) (first int, ok bool) {
	f := a.cell().formula
	if f == nil {
		return 0, false
	}
	p, ok := f.primitive.(units)
	return p.First, ok
}

func init() { Register(units{}) }
