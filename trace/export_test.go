package trace

// PrimitiveText returns the text of a primitive with its parameters, as the printer writes it.
func PrimitiveText(p Primitive) string { return string(appendPrimitive(nil, p)) }

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
