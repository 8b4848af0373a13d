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
