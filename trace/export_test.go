package trace

import "strings"

// PrimitiveText returns the text of a primitive with its parameters, as the printer writes it.
func PrimitiveText(p Primitive) string {
	return string(appendPrimitive(nil, p, func(*Func) string { return "@?" }))
}

// ParsePrimitive is the inverse of PrimitiveText.
func ParsePrimitive(text string) (q Primitive, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(syntaxError)
		}
	}()
	p := &parser{tokens: scan(text)}
	q = p.primitive()
	p.expect("", "after the primitive")
	return q, nil
}

// InLibrary reports whether a stack frame of a function in a file, which is named from the root
// of the library if it starts with "./", belongs to the library.
func InLibrary(function, file string) bool {
	if rest, ok := strings.CutPrefix(file, "./"); ok {
		file = root + rest
	}
	return library(function, file)
}

// Disown tells which of some pieces of storage, from and to elements of one array, disown leaves owned, by both of its ways.
func Disown(pieces [][2]int, elements []float64) (each, sorted []bool) {
	after := func(disown func([]Buffer, []Var)) (owned []bool) {
		var env []Buffer
		for _, p := range pieces {
			env = append(env, Buffer{F64: elements[p[0]:p[1]], Owned: true})
		}
		disown(env, vars(0, len(env)))
		for _, b := range env {
			owned = append(owned, b.Owned)
		}
		return owned
	}
	return after(disownEach), after(disownMany)
}
