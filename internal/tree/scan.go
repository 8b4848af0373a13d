package tree

import (
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// scan walks a value by its plan. It lists the leaves, and writes all that is static as a signature: two trees
// of one Go type with the same signature have the same shape.
type scan[L any] struct {
	values    []L
	signature []byte
	depth     int
}

// sliceHeader is a slice of elements of any type.
type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// walk reports whether the value at a place is a tree, as far as that takes no text to tell.
func (s *scan[L]) walk(p *plan, at unsafe.Pointer) bool {
	switch p.kind {
	case onlyLeaves:
		for _, o := range p.leaves {
			s.values = append(s.values, *(*L)(unsafe.Add(at, o)))
		}
		return true
	case word:
		s.number(bits(at, p.size))
		return true
	case text:
		s.text(*(*string)(at))
		return true
	case structure:
		for i := range p.fields {
			if f := &p.fields[i]; !s.walk(f.plan, unsafe.Add(at, f.offset)) {
				return false
			}
		}
		return true
	case refused:
		return false
	}
	if s.depth++; s.depth > deepest {
		return false
	}
	ok := s.walkInside(p, at)
	s.depth--
	return ok
}

// walkInside walks a value that holds any number of others.
func (s *scan[L]) walkInside(p *plan, at unsafe.Pointer) bool {
	switch p.kind {
	case array:
		return s.walkElements(p.elem, at, p.n)
	case slice:
		h := (*sliceHeader)(at)
		s.length(h.len, h.data == nil)
		return s.walkElements(p.elem, h.data, h.len)
	case pointer:
		to := *(*unsafe.Pointer)(at)
		if to == nil {
			s.signature = append(s.signature, 0)
			return true
		}
		s.signature = append(s.signature, 1)
		return s.walk(p.elem, to)
	}
	return s.walkMap(p, at)
}

func (s *scan[L]) walkElements(elem *plan, first unsafe.Pointer, n int) bool {
	for i := range n {
		if !s.walk(elem, unsafe.Add(first, uintptr(i)*elem.size)) {
			return false
		}
	}
	return true
}

func (s *scan[L]) walkMap(p *plan, at unsafe.Pointer) bool {
	if p.typ == reflect.TypeFor[map[string]L]() {
		m := *(*map[string]L)(at)
		s.length(len(m), m == nil)
		for _, k := range sortedNames(m) {
			s.text(k)
			s.values = append(s.values, m[k])
		}
		return true
	}
	m := mapAt(p.typ, at)
	s.length(m.Len(), m.IsNil())
	for _, k := range sortedKeys(m) {
		s.text(sortable(k))
		if !s.walk(p.elem, addressable(m.MapIndex(k)).Addr().UnsafePointer()) {
			return false
		}
	}
	return true
}

// length writes that of a slice or a map; -1 stands for nil.
func (s *scan[L]) length(n int, isNil bool) {
	if isNil {
		n = -1
	}
	s.number(uint64(n))
}

func (s *scan[L]) number(n uint64) { s.signature = binary.LittleEndian.AppendUint64(s.signature, n) }

func (s *scan[L]) text(t string) {
	s.number(uint64(len(t)))
	s.signature = append(s.signature, t...)
}

// bits returns size bytes as a number.
func bits(at unsafe.Pointer, size uintptr) uint64 {
	switch size {
	case 1:
		return uint64(*(*uint8)(at))
	case 2:
		return uint64(*(*uint16)(at))
	case 4:
		return uint64(*(*uint32)(at))
	}
	return *(*uint64)(at)
}

// mapAt returns the map at a place, which is the pointer to it. reflect.NewAt would force the whole tree to the
// heap.
func mapAt(t reflect.Type, at unsafe.Pointer) reflect.Value {
	m := reflect.New(t)
	*(*unsafe.Pointer)(m.UnsafePointer()) = *(*unsafe.Pointer)(at)
	return m.Elem()
}

func sortedNames[L any](m map[string]L) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(sortable(a), sortable(b)) })
	return keys
}
