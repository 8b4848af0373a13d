package trace

// work is what an equation is there for: the function itself, or the derivative of a primitive.
type work struct {
	role role
	of   string // the primitive, or "" for the function itself
}

type role uint8

const (
	primal role = iota
	tangent
	cotangent
)

// String returns "primal", "tangent of sqrt" or the like.
func (w work) String() string {
	s := [...]string{"primal", "tangent", "cotangent"}[w.role]
	if w.of != "" {
		s += " of " + w.of
	}
	return s
}
