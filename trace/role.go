package trace

import "sync"

// work is what an equation is there for: tangents or cotangents of a primitive, or, if it is nil, the
// function itself. There is one of each, since there are many equations.
type work struct{ what, of string }

var works sync.Map // from work to *work

func tangentsOf(of Primitive) *work   { return workOn("tangent", of) }
func cotangentsOf(of Primitive) *work { return workOn("cotangent", of) }

func workOn(what string, of Primitive) *work {
	w := work{what, of.Name()}
	if known, ok := works.Load(w); ok {
		return known.(*work)
	}
	known, _ := works.LoadOrStore(w, &w)
	return known.(*work)
}

// String returns "primal", "tangent of sqrt" or the like.
func (w *work) String() string {
	if w == nil {
		return "primal"
	}
	return w.what + " of " + w.of
}
