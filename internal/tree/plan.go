package tree

import (
	"reflect"
	"sync"
	"sync/atomic"
)

// plan says where in the memory of values of one Go type leaves and static parts are, so that reflection need
// not be asked at every value.
type plan struct {
	kind   planKind
	typ    reflect.Type
	size   uintptr
	leaves []uintptr // of onlyLeaves: where they are
	fields []field   // of a structure
	elem   *plan     // of an array, slice, map or pointer
	n      int       // elements of an array
}

type field struct {
	offset uintptr
	*plan
}

type planKind uint8

const (
	refused    planKind = iota // cannot stand in a tree
	onlyLeaves                 // and nothing else
	structure
	array
	slice
	mapping
	pointer
	word // static, of up to 8 bytes
	text // static
)

// maxOffsets is the number of leaves up to which a plan lists those of an array.
const maxOffsets = 1 << 12

// planner makes plans. Types may be recursive.
type planner struct {
	leaf reflect.Type
	made map[planKey]*plan
}

type planKey struct {
	typ   reflect.Type
	fixed bool
}

func (b *planner) plan(t reflect.Type, fixed bool) *plan {
	if p, ok := b.made[planKey{t, fixed}]; ok {
		return p
	}
	p := &plan{typ: t, size: t.Size()}
	b.made[planKey{t, fixed}] = p
	if t == b.leaf {
		p.kind, p.leaves = onlyLeaves, []uintptr{0}
		return p
	}
	switch t.Kind() {
	case reflect.Struct:
		b.structure(p, fixed)
	case reflect.Array:
		p.kind, p.n, p.elem = array, t.Len(), b.plan(t.Elem(), fixed)
		if e := p.elem; e.kind == onlyLeaves && p.n*len(e.leaves) <= maxOffsets {
			p.kind = onlyLeaves
			for i := range p.n {
				p.lists(uintptr(i)*e.size, e)
			}
		}
	case reflect.Slice:
		p.kind, p.elem = slice, b.plan(t.Elem(), fixed)
	case reflect.Map:
		p.kind, p.elem = mapping, b.plan(t.Elem(), fixed)
	case reflect.Pointer:
		p.kind, p.elem = pointer, b.plan(t.Elem(), fixed)
	case reflect.String:
		p.kind = text
	case reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.kind = word
	case reflect.Float32, reflect.Float64:
		if fixed {
			p.kind = word
		}
	}
	return p
}

func (b *planner) structure(p *plan, fixed bool) {
	p.kind = onlyLeaves
	for i := range p.typ.NumField() {
		f := p.typ.Field(i)
		in := b.plan(f.Type, fixed || f.Tag.Get("grad") == "-")
		p.fields = append(p.fields, field{f.Offset, in})
		if in.kind != onlyLeaves {
			p.kind = structure
		}
	}
	if p.kind == onlyLeaves {
		for _, f := range p.fields {
			p.lists(f.offset, f.plan)
		}
	}
}

// lists adds the leaves of a part at an offset.
func (p *plan) lists(offset uintptr, part *plan) {
	for _, o := range part.leaves {
		p.leaves = append(p.leaves, offset+o)
	}
}

// root is all that is known of trees of one Go type.
type root struct {
	*plan
	dynamic bool         // the type is an interface: its values have others
	count   atomic.Int64 // of leaves, the last time
	bytes   atomic.Int64 // of the signature
	only    atomic.Pointer[shape]
	shapes  atomic.Pointer[map[string]*shape] // by signature; copied when one is added
	mu      sync.Mutex                        // held to add one
	weight  int                               // of all shapes
}

// shape is what trees that differ in their leaves only have in common.
type shape struct {
	leaves []Leaf
	static string
	nils   string
}

// roots holds the root of each pair of a leaf type and a type. It is copied when one is added.
var roots struct {
	sync.Mutex
	of atomic.Pointer[map[rootKey]*root]
}

// rootKey is the addresses of two types, which stay where they are.
type rootKey struct{ leaf, typ uintptr }

func address(t reflect.Type) uintptr { return reflect.ValueOf(t).Pointer() }

func rootOf(leaf, t reflect.Type) *root {
	k := rootKey{address(leaf), address(t)}
	if all := roots.of.Load(); all != nil {
		if r := (*all)[k]; r != nil {
			return r
		}
	}
	roots.Lock()
	defer roots.Unlock()
	old := roots.of.Load()
	if old != nil && (*old)[k] != nil {
		return (*old)[k]
	}
	b := planner{leaf, make(map[planKey]*plan)}
	r := &root{plan: b.plan(t, false), dynamic: t != leaf && t.Kind() == reflect.Interface}
	r.mayHold(old, k)
	return r
}

// mayHold adds r to a copy of the roots that there are.
func (r *root) mayHold(old *map[rootKey]*root, k rootKey) {
	all := map[rootKey]*root{k: r}
	if old != nil {
		for k, r := range *old {
			all[k] = r
		}
	}
	roots.of.Store(&all)
}

const (
	maxShapes = 256     // of one type
	maxWeight = 1 << 22 // about so many bytes of them
	leafBytes = 64
)

// find returns the shape of trees with a signature, or nil if it is not known.
func (r *root) find(signature []byte) *shape {
	if r.kind == onlyLeaves {
		return r.only.Load()
	}
	if all := r.shapes.Load(); all != nil {
		return (*all)[string(signature)]
	}
	return nil
}

// add remembers a shape. When there are too many, it forgets the others.
func (r *root) add(signature []byte, s *shape) {
	if r.kind == onlyLeaves {
		r.only.Store(s)
		return
	}
	weight := len(signature) + leafBytes*len(s.leaves)
	if weight > maxWeight {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]*shape{string(signature): s}
	if old := r.shapes.Load(); old != nil && len(*old) < maxShapes && r.weight+weight <= maxWeight {
		weight += r.weight
		for k, s := range *old {
			all[k] = s
		}
	}
	r.weight = weight
	r.shapes.Store(&all)
}
