package tree

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// Make returns a value of type t with the given static parts, as Statics lists them, and zero leaves, of which
// there are to be at most the given number.
func Make[L any](t reflect.Type, statics []Static, leaves int) (any, error) {
	m := &maker{leaf: reflect.TypeFor[L](), next: statics, most: len(statics) + leaves}
	v := reflect.New(t).Elem()
	if err := m.make(v, false); err != nil {
		return nil, err
	}
	if len(m.next) > 0 {
		return nil, fmt.Errorf("%v has no %s", t, m.next[0].Path)
	}
	return v.Interface(), nil
}

// maker makes values, reading static parts in the order in which a walker meets them.
type maker struct {
	leaf  reflect.Type
	next  []Static
	most  int // elements
	depth int
}

func (m *maker) take() (string, error) {
	if len(m.next) == 0 {
		return "", errors.New("parts of the tree are missing")
	}
	s := m.next[0]
	m.next = m.next[1:]
	return s.Value, nil
}

// length reads that of a slice or a map.
func (m *maker) length() (int, error) {
	text, err := m.take()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if m.most -= n; err != nil || n < 0 || m.most < 0 {
		return 0, fmt.Errorf("bad length %q", text)
	}
	return n, nil
}

func (m *maker) make(v reflect.Value, fixed bool) error {
	if m.depth++; m.depth > deepest {
		return errors.New("the tree is nested too deeply")
	}
	defer func() { m.depth-- }()
	if v.Type() == m.leaf {
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if err := m.make(settable(v.Field(i)), fixed || field.Tag.Get("grad") == "-"); err != nil {
				return err
			}
		}
		return nil
	case reflect.Array:
		return m.elements(v, fixed)
	case reflect.Slice:
		n, err := m.length()
		if err != nil {
			return err
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		return m.elements(v, fixed)
	case reflect.Map:
		return m.entries(v, fixed)
	case reflect.Pointer:
		text, err := m.take()
		if err != nil || text == "true" { // it is nil
			return err
		}
		v.Set(reflect.New(v.Type().Elem()))
		return m.make(v.Elem(), fixed)
	}
	text, err := m.take()
	if err != nil {
		return err
	}
	return m.basic(v, text, fixed)
}

func (m *maker) elements(v reflect.Value, fixed bool) error {
	for i := range v.Len() {
		if err := m.make(v.Index(i), fixed); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) entries(v reflect.Value, fixed bool) error {
	n, err := m.length()
	if err != nil {
		return err
	}
	v.Set(reflect.MakeMap(v.Type()))
	for range n {
		text, err := m.take()
		if err != nil {
			return err
		}
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := unsort(key, text); err != nil {
			return err
		}
		if err := m.make(elem, fixed); err != nil {
			return err
		}
		v.SetMapIndex(key, elem)
	}
	return nil
}

// unsort sets a key to what sortable has written.
func unsort(key reflect.Value, text string) error {
	text, err := strconv.Unquote(text)
	if err != nil {
		return fmt.Errorf("bad key %s", text)
	}
	switch {
	case key.Kind() == reflect.String:
		key.SetString(text)
		return nil
	case key.CanInt():
		n, err := strconv.ParseUint(text, 10, 64)
		if i := int64(n ^ 1<<63); err == nil && !key.OverflowInt(i) {
			key.SetInt(i)
			return nil
		}
	case key.CanUint():
		n, err := strconv.ParseUint(text, 10, 64)
		if err == nil && !key.OverflowUint(n) {
			key.SetUint(n)
			return nil
		}
	default:
		return fmt.Errorf("maps with keys of type %v cannot be made", key.Type())
	}
	return fmt.Errorf("bad key %q", text)
}

// basic sets a string, a number or a bool.
func (m *maker) basic(v reflect.Value, text string, fixed bool) error {
	bad := fmt.Errorf("%s is no %v", text, v.Type())
	switch {
	case v.Kind() == reflect.String:
		s, err := strconv.Unquote(text)
		if err != nil {
			return bad
		}
		v.SetString(s)
	case v.Kind() == reflect.Bool && (text == "true" || text == "false"):
		v.SetBool(text == "true")
	case v.CanInt():
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || v.OverflowInt(n) {
			return bad
		}
		v.SetInt(n)
	case v.CanUint():
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || v.OverflowUint(n) {
			return bad
		}
		v.SetUint(n)
	case v.CanFloat() && fixed:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return bad
		}
		v.SetFloat(x)
	default:
		return fmt.Errorf("a %v cannot stand in a tree of arrays", v.Type())
	}
	return nil
}
