package trace

// returns writes down where its caller returns to, the caller of that, and so on, as far as there are any.
//
//go:noescape
func returns(to *[depth]uintptr)
