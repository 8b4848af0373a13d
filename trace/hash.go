package trace

import (
	"hash/maphash"
	"math"
	"reflect"
	"unsafe"
)

var seed = maphash.MakeSeed()

// hash returns one of p's type and parameters: the same for primitives that have the same canonical text. Types count, since two
// users' own may have one name. Text is made only of parameters that are no numbers: it takes longer than all the rest.
func (b *builder) hash(p Primitive) uint64 {
	t := reflect.TypeOf(p)
	h := mixed(0, uint64(reflect.ValueOf(t).Pointer()))
	if q, ok := p.(full); ok {
		h = mixed(h, bitsOf(q.Value))
		for _, n := range q.Type.Shape {
			h = mixed(h, uint64(n))
		}
		return mixed(h, uint64(q.Type.DType))
	}
	if t.Size() == 0 {
		return h
	}
	if q, ok := p.(constant); ok {
		if q.large() {
			return mixed(h, uint64(uintptr(unsafe.Pointer(q.Value.c))))
		}
		b.text = appendCanonical(b.text[:0], p)
		return mixed(h, maphash.Bytes(seed, b.text))
	}
	v := reflect.ValueOf(p)
	for _, param := range paramsOf(t) {
		h = b.hashParam(h, param.in(v))
	}
	return h
}

// hashParam mixes a parameter in.
func (b *builder) hashParam(h uint64, v reflect.Value) uint64 {
	switch {
	case v.CanInt():
		return mixed(h, uint64(v.Int()))
	case v.CanUint():
		return mixed(h, v.Uint())
	case v.Kind() == reflect.Bool:
		return mixed(h, bitsOf(v.Bool()))
	case v.Kind() == reflect.Float64:
		return mixed(h, bitsOf(v.Float()))
	case v.Kind() == reflect.Slice && v.Type() != funcsType:
		for i := range v.Len() {
			h = b.hashParam(h, v.Index(i))
		}
		return mixed(h, uint64(v.Len()))
	case v.Type() == typeType:
		return b.hashParam(b.hashParam(h, v.Field(0)), v.Field(1))
	}
	b.text = appendParam(b.text[:0], v, func(f *Func) string { return f.digest() })
	return mixed(h, maphash.Bytes(seed, b.text))
}

// bitsOf returns bits that values have in common if the same text stands for them.
func bitsOf(value any) uint64 {
	switch v := value.(type) {
	case float64:
		if v != v {
			v = math.NaN()
		}
		return math.Float64bits(v)
	case int64:
		return uint64(v)
	case bool:
		if v {
			return 1
		}
	}
	return 0
}
