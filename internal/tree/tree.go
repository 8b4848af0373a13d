// Package tree flattens structs, slices, arrays, maps and pointers that hold leaves of one type
// into a list of leaves, and puts lists of leaves back into such values.
//
// Strings, bools and integers are static: they belong to the shape of the tree. Fields tagged
// grad:"-" are held constant; their leaves are marked so, and floats in them are static.
package tree

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"
)

// Leaf says where a leaf stands and whether it is held constant.
type Leaf struct {
	Path  string
	Const bool
}

// Flat is a flattened tree.
type Flat[L any] struct {
	Values []L
	Leaves []Leaf
	Static string // two trees of one Go type with the same Static have the same shape
	Nils   string // which slices and maps are nil, of those without elements: they have one shape, but a function may look
}

// Difference says in which static part, or else in what, f differs from another tree.
func (f Flat[L]) Difference(from Flat[L]) string {
	was := strings.Split(from.Static, ";")
	for i, part := range strings.Split(f.Static, ";") {
		if i < len(was) && part != was[i] && part != "" && was[i] != "" {
			if part[0] == '=' { // at the root
				return "length " + part[1:] + ", not " + was[i][1:]
			}
			return part + ", not " + was[i]
		}
	}
	return fmt.Sprintf("%d arrays, not %d", len(f.Values), len(from.Values))
}

// Flatten lists the leaves of v in order: fields as declared, map entries by sorted keys.
// It fails, naming the path, on a value that can be neither a leaf nor static.
func Flatten[L, T any](v T) (Flat[L], error) { return Of[L, T]().Flatten(v) }

// Trees are those of type T whose leaves are of type L, for who has many: what is known of the types is looked up once.
type Trees[L, T any] struct{ root *root }

// Of returns the trees of two types.
func Of[L, T any]() Trees[L, T] {
	return Trees[L, T]{rootOf(reflect.TypeFor[L](), reflect.TypeFor[T]())}
}

// Flatten does what the function Flatten does.
func (t Trees[L, T]) Flatten(v T) (Flat[L], error) {
	if !t.root.dynamic {
		return flatten[L](t.root, unsafe.Pointer(&v), func() any { return v })
	}
	x := addressable(reflect.ValueOf(v))
	if !x.IsValid() {
		return slowly[L](nil)
	}
	return flatten[L](rootOf(reflect.TypeFor[L](), x.Type()), x.Addr().UnsafePointer(), x.Interface)
}

// flatten lists the leaves of the value at a place. Their paths and the static text, which cost most, are those
// of the last tree of this shape.
func flatten[L any](r *root, at unsafe.Pointer, value func() any) (Flat[L], error) {
	s := scan[L]{values: make([]L, 0, min(r.count.Load(), most))}
	if n := r.bytes.Load(); n > 0 {
		s.signature = make([]byte, 0, min(n, most))
	}
	if !s.walk(r.plan, at) {
		return slowly[L](value())
	}
	remember(&r.count, len(s.values))
	remember(&r.bytes, len(s.signature))
	if x := r.find(s.signature); x != nil {
		return Flat[L]{s.values, x.leaves, x.static, x.nils}, nil
	}
	f, err := slowly[L](value())
	if err == nil {
		r.add(s.signature, &shape{f.Leaves, f.Static, f.Nils})
	}
	return f, err
}

// most is the size up to which room is made in advance.
const most = 1 << 12

// remember sets what is read much more often than it changes.
func remember(to *atomic.Int64, n int) {
	if to.Load() != int64(n) {
		to.Store(int64(n))
	}
}

// slowly flattens any value by reflection, and finds what is wrong with one that is no tree.
func slowly[L any](v any) (Flat[L], error) {
	if x, ok := v.(L); ok {
		return Flat[L]{Values: []L{x}, Leaves: []Leaf{{}}}, nil
	}
	var f Flat[L]
	var static, nils strings.Builder
	w := walker{
		leaf: reflect.TypeFor[L](),
		onLeaf: func(at place, v reflect.Value) {
			f.Values = append(f.Values, v.Interface().(L))
			f.Leaves = append(f.Leaves, Leaf{at.path, at.fixed})
		},
		onStatic: func(at place, what any) { fmt.Fprintf(&static, "%s=%s;", at.path, printed(what)) },
		onNil:    func(at place) { nils.WriteString(at.path + ";") },
	}
	err := w.root(addressable(reflect.ValueOf(v)))
	f.Static, f.Nils = static.String(), nils.String()
	return f, err
}

// Static is a part of a tree that is not a leaf: a field that is no array, the length of a
// slice, a key of a map.
type Static struct{ Path, Value string }

// Statics lists the static parts of a tree that can be flattened.
func Statics[L any](v any) []Static {
	var parts []Static
	w := walker{
		leaf:   reflect.TypeFor[L](),
		onLeaf: func(place, reflect.Value) {},
		onStatic: func(at place, what any) {
			parts = append(parts, Static{at.path, printed(what)})
		},
		onNil: func(place) {},
	}
	if err := w.root(addressable(reflect.ValueOf(v))); err != nil {
		panic(fmt.Sprintf("BUG: %v", err))
	}
	return parts
}

// printed returns what is static as text that no other value of its type has.
func printed(what any) string {
	if s, ok := what.(string); ok {
		return strconv.Quote(s)
	}
	return fmt.Sprint(what)
}

func addressable(v reflect.Value) reflect.Value {
	if !v.IsValid() {
		return v
	}
	a := reflect.New(v.Type()).Elem()
	a.Set(v)
	return a
}

// walker visits the leaves and the static parts of an addressable value.
type walker struct {
	leaf     reflect.Type
	depth    int
	onLeaf   func(place, reflect.Value)
	onStatic func(at place, what any)
	onNil    func(at place) // a slice or a map
}

// place is where a value stands in its tree.
type place struct {
	path  string
	fixed bool
}

func (p place) in(step string) place { return place{p.path + step, p.fixed} }

func (w *walker) root(v reflect.Value) error {
	if !v.IsValid() {
		return fmt.Errorf("nil is not a tree of arrays")
	}
	name, _, _ := strings.Cut(v.Type().Name(), "[") // without type arguments
	if v.Type().PkgPath() == "" {
		name = "" // float64 is no better than no name
	}
	return w.walk(place{path: name}, v)
}

// deepest is how far values may be nested: what goes deeper is a cycle of pointers.
const deepest = 1000

func (w *walker) walk(at place, v reflect.Value) error {
	if w.depth++; w.depth > deepest {
		return fmt.Errorf("%.40s... is nested too deeply: does it hold itself?", at.name())
	}
	defer func() { w.depth-- }()
	if v.Type() == w.leaf {
		w.onLeaf(at, v)
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return w.walkStruct(at, v)
	case reflect.Array:
		return w.walkElements(at, v)
	case reflect.Slice:
		w.length(at, v)
		return w.walkElements(at, v)
	case reflect.Map:
		return w.walkMap(at, v)
	case reflect.Pointer:
		return w.walkPointer(at, v)
	case reflect.String:
		w.onStatic(at, v.String())
		return nil
	case reflect.Bool:
		w.onStatic(at, v.Bool())
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.onStatic(at, v.Int())
		return nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		w.onStatic(at, v.Uint())
		return nil
	case reflect.Float32, reflect.Float64:
		if at.fixed {
			w.onStatic(at, v.Float())
			return nil
		}
		return fmt.Errorf(`%s is a %v: make it a num.Array, or tag its field grad:"-" to hold it constant`, at.name(), v.Type())
	}
	return fmt.Errorf("%s is a %v, which cannot stand in a tree of arrays", at.name(), v.Type())
}

func (p place) name() string {
	if p.path == "" {
		return "the value"
	}
	return p.path
}

func (w *walker) walkStruct(at place, v reflect.Value) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		f := settable(v.Field(i))
		in := at.in("." + field.Name)
		in.fixed = in.fixed || field.Tag.Get("grad") == "-"
		if err := w.walk(in, f); err != nil {
			return err
		}
	}
	return nil
}

// settable returns a field of an addressable struct, exported or not, so that it can be set.
func settable(f reflect.Value) reflect.Value {
	if f.CanSet() {
		return f
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

func (w *walker) walkElements(at place, v reflect.Value) error {
	for i := range v.Len() {
		if err := w.walk(at.in(fmt.Sprintf("[%d]", i)), v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) walkMap(at place, v reflect.Value) error {
	w.length(at, v)
	for _, k := range sortedKeys(v) {
		in := at.in(fmt.Sprintf("[%v]", k))
		w.onStatic(in, sortable(k))
		if err := w.walk(in, addressable(v.MapIndex(k))); err != nil {
			return err
		}
	}
	return nil
}

// length visits that of a slice or a map.
func (w *walker) length(at place, v reflect.Value) {
	w.onStatic(at, v.Len())
	if v.IsNil() {
		w.onNil(at)
	}
}

// sortable returns text that orders keys as their values do.
func sortable(k reflect.Value) string {
	if k.CanInt() {
		return fmt.Sprintf("%020d", uint64(k.Int())^1<<63)
	}
	if k.CanUint() {
		return fmt.Sprintf("%020d", k.Uint())
	}
	if k.Kind() == reflect.String {
		return k.String()
	}
	return fmt.Sprint(k)
}

func (w *walker) walkPointer(at place, v reflect.Value) error {
	w.onStatic(at, v.IsNil())
	if v.IsNil() {
		return nil
	}
	return w.walk(at, v.Elem())
}
