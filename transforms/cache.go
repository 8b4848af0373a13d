package transforms

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gradus-ad/gradus/internal/tree"
	"github.com/gradus-ad/gradus/trace"
)

const (
	maxPrograms = 1024 // that one function returned by JIT keeps
	maxValues   = 64   // of one static field that may each cause a compilation
)

// cache holds the programs that a function returned by JIT has made: P is their type.
// Finding one takes no lock; making one is done by one goroutine, for which others wait.
type cache[P any] struct {
	programs sync.Map // from key to *entry[P]
	mu       sync.Mutex
	made     []*entry[P] // in the order in which they were begun
}

// key is what a program is good for: the type of the argument (which differs from In only if
// In is an interface) and the text of its static fields and leaf types.
type key struct {
	typ  reflect.Type
	text string
}

func keyOf(in any, t trace.Tree) key {
	var b strings.Builder
	b.WriteString(t.Static)
	for _, x := range t.Values {
		b.WriteString(x.Type().String())
	}
	return key{reflect.TypeOf(in), b.String()}
}

// entry is a program, or the promise of one.
type entry[P any] struct {
	key     key
	statics []tree.Static
	types   string
	program atomic.Pointer[P]
	done    chan struct{} // closed when program is set or will never be
}

// get returns the program for an argument, made by compile if there is none yet. compile
// reports whether its program may be kept. If it may not, or if compile panics, goroutines
// that have waited try for themselves.
func (c *cache[P]) get(in any, t trace.Tree, compile func() (p *P, keep bool)) (p *P, hit bool) {
	k := keyOf(in, t)
	for {
		if e, ok := c.programs.Load(k); ok {
			e := e.(*entry[P])
			if p := e.program.Load(); p != nil {
				return p, true
			}
			<-e.done
			continue
		}
		if e := c.begin(k, in, t); e != nil {
			return c.finish(e, compile), false
		}
	}
}

// begin enters the promise of a program, unless another goroutine has.
func (c *cache[P]) begin(k key, in any, t trace.Tree) *entry[P] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.programs.Load(k); ok {
		return nil
	}
	e := &entry[P]{key: k, statics: tree.Statics[trace.Array](in), done: make(chan struct{})}
	e.types = strings.TrimPrefix(k.text, t.Static)
	c.refuseExplosion(e)
	c.programs.Store(k, e)
	c.made = append(c.made, e)
	if len(c.made) > maxPrograms {
		c.programs.Delete(c.made[0].key)
		c.made = slices.Delete(c.made, 0, 1)
	}
	return e
}

func (c *cache[P]) finish(e *entry[P], compile func() (*P, bool)) *P {
	kept := false
	defer func() {
		if !kept {
			c.drop(e)
		}
		close(e.done)
	}()
	p, keep := compile()
	if keep {
		e.program.Store(p)
		kept = true
	}
	return p
}

func (c *cache[P]) drop(e *entry[P]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.programs.CompareAndDelete(e.key, e)
	c.made = slices.DeleteFunc(c.made, func(o *entry[P]) bool { return o == e })
}

// refuseExplosion panics if there are as many programs as may be that differ from the new one in
// the same static field only.
func (c *cache[P]) refuseExplosion(e *entry[P]) {
	differ := make([]int, len(e.statics))
	for _, o := range c.made {
		if i, ok := e.differsIn(o); ok {
			if differ[i]++; differ[i] == maxValues {
				panic(trace.Errorf("jit", "%s had %d values, and each was compiled for: make it a num.Array",
					e.statics[i].Path, maxValues))
			}
		}
	}
}

// differsIn returns the position of the only static field in which two entries differ.
func (e *entry[P]) differsIn(o *entry[P]) (int, bool) {
	if e.key.typ != o.key.typ || e.types != o.types || len(e.statics) != len(o.statics) {
		return 0, false
	}
	found := -1
	for i, s := range e.statics {
		switch {
		case s == o.statics[i]:
		case found < 0 && s.Path == o.statics[i].Path:
			found = i
		default:
			return 0, false
		}
	}
	return found, found >= 0
}

// stale panics if two funcs, traced from one function at different times, differ.
func stale(was, is *trace.Func) {
	before, _ := was.MarshalText()
	now, _ := is.MarshalText()
	if string(before) == string(now) {
		return
	}
	old := was.Equations()
	for i := range is.Equations() {
		e := &is.Equations()[i]
		if i < len(old) && sameEquation(&old[i], e) {
			continue
		}
		msg := "this is not what the function did when it was compiled"
		if i < len(old) {
			msg += fmt.Sprintf(", which was %s at %v", old[i].Primitive.Name(), old[i].Pos())
		}
		panic(&trace.Error{Pos: e.Pos(), Primitive: "jit",
			Msg: msg + ": a captured variable has changed since; make it an argument"})
	}
	panic(trace.Errorf("jit", "the function has other results than when it was compiled: "+
		"a captured variable has changed since; make it an argument"))
}

func sameEquation(a, b *trace.Equation) bool {
	if !slices.Equal(a.Ins, b.Ins) || a.Primitive.Name() != b.Primitive.Name() {
		return false
	}
	if len(a.Ins) > 0 {
		return trace.Canonical(a.Primitive) == trace.Canonical(b.Primitive)
	}
	x, y := trace.Apply(a.Primitive), trace.Apply(b.Primitive)
	return fmt.Sprint(trace.Read(x[0])) == fmt.Sprint(trace.Read(y[0]))
}
