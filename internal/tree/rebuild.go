package tree

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Unflatten returns a copy of the tree like whose leaves are the given ones, which must be as
// many as like has. Nothing that the copy holds is shared with like.
func Unflatten[L any](like any, leaves []L) any {
	v := addressable(reflect.ValueOf(like))
	if !v.IsValid() {
		panic("BUG: nil is not a tree of arrays")
	}
	rebuild(rootOf(reflect.TypeFor[L](), v.Type()).plan, v.Addr().UnsafePointer(), leaves)
	return v.Interface()
}

// UnflattenAs is Unflatten for trees whose type is known.
func UnflattenAs[L, T any](like T, leaves []L) T { return Of[L, T]().Unflatten(like, leaves) }

// Unflatten does what the function Unflatten does.
func (t Trees[L, T]) Unflatten(like T, leaves []L) T {
	if t.root.dynamic {
		return Unflatten(any(like), leaves).(T)
	}
	rebuild(t.root.plan, unsafe.Pointer(&like), leaves)
	return like
}

// rebuild makes the value at a place, a copy of some tree, its own tree with the given leaves.
func rebuild[L any](p *plan, at unsafe.Pointer, leaves []L) {
	b := rebuilder[L]{leaves: leaves}
	if !b.walk(p, at) || b.next != len(leaves) {
		panic(fmt.Sprintf("BUG: %d leaves for a %v of %d", len(leaves), p.typ, b.next))
	}
}

// rebuilder puts leaves into a value, and replaces every slice, map and pointer on the way by a copy.
type rebuilder[L any] struct {
	leaves []L
	next   int
	depth  int
}

// walk reports whether there were leaves enough.
func (b *rebuilder[L]) walk(p *plan, at unsafe.Pointer) bool {
	switch p.kind {
	case onlyLeaves:
		if len(b.leaves)-b.next < len(p.leaves) {
			return false
		}
		for i, o := range p.leaves {
			*(*L)(unsafe.Add(at, o)) = b.leaves[b.next+i]
		}
		b.next += len(p.leaves)
		return true
	case word, text:
		return true
	case structure:
		for i := range p.fields {
			if f := &p.fields[i]; !b.walk(f.plan, unsafe.Add(at, f.offset)) {
				return false
			}
		}
		return true
	case refused:
		return false
	}
	if b.depth++; b.depth > deepest {
		return false
	}
	ok := b.walkInside(p, at)
	b.depth--
	return ok
}

func (b *rebuilder[L]) walkInside(p *plan, at unsafe.Pointer) bool {
	switch p.kind {
	case array:
		return b.walkElements(p.elem, at, p.n)
	case slice:
		h := (*sliceHeader)(at)
		if h.data == nil {
			return true
		}
		c := reflect.MakeSlice(p.typ, h.len, h.len)
		if p.elem.kind != onlyLeaves {
			reflect.Copy(c, reflect.SliceAt(p.elem.typ, h.data, h.len))
		}
		*h = sliceHeader{c.UnsafePointer(), h.len, h.len}
		return b.walkElements(p.elem, h.data, h.len)
	case pointer:
		to := (*unsafe.Pointer)(at)
		if *to == nil {
			return true
		}
		c := reflect.New(p.elem.typ)
		c.Elem().Set(reflect.NewAt(p.elem.typ, *to).Elem())
		*to = c.UnsafePointer()
		return b.walk(p.elem, *to)
	}
	return b.walkMap(p, at)
}

func (b *rebuilder[L]) walkElements(elem *plan, first unsafe.Pointer, n int) bool {
	for i := range n {
		if !b.walk(elem, unsafe.Add(first, uintptr(i)*elem.size)) {
			return false
		}
	}
	return true
}

func (b *rebuilder[L]) walkMap(p *plan, at unsafe.Pointer) bool {
	if *(*unsafe.Pointer)(at) == nil {
		return true
	}
	m := mapAt(p.typ, at)
	into := reflect.MakeMapWithSize(p.typ, m.Len())
	for _, k := range sortedKeys(m) {
		elem := addressable(m.MapIndex(k))
		if !b.walk(p.elem, elem.Addr().UnsafePointer()) {
			return false
		}
		into.SetMapIndex(k, elem)
	}
	*(*unsafe.Pointer)(at) = into.UnsafePointer()
	return true
}
