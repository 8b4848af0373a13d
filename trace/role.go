package trace

import "sync"

// work is what an equation is there for: tangents or cotangents of a primitive, or, if it is nil, the
// function itself. There is one of each, since there are many equations.
type work struct{ what, of string }

// works holds them. It is no sync.Map, for which each key that is looked up would be allocated.
var works = struct {
	sync.RWMutex
	all map[work]*work
}{all: make(map[work]*work)}

func tangentsOf(of Primitive) *work   { return workOn("tangent", of) }
func cotangentsOf(of Primitive) *work { return workOn("cotangent", of) }

func workOn(what string, of Primitive) *work {
	w := work{what, of.Name()}
	works.RLock()
	known := works.all[w]
	works.RUnlock()
	if known != nil {
		return known
	}
	works.Lock()
	defer works.Unlock()
	if works.all[w] == nil {
		works.all[w] = &work{w.what, w.of}
	}
	return works.all[w]
}

// String returns "primal", "tangent of sqrt" or the like.
func (w *work) String() string {
	if w == nil {
		return "primal"
	}
	return w.what + " of " + w.of
}
