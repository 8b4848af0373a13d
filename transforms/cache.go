package transforms

import (
	"hash/maphash"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gradus-ad/gradus/internal/tree"
	"github.com/gradus-ad/gradus/trace"
)

const (
	maxPrograms = 1024 // that one function returned by JIT keeps
	maxValues   = 64   // of one static field that may each cause a compilation
)

// patience is how long a goroutine waits for another one that runs the function to compile it. That one may be
// waiting for the first.
var patience = time.Second

// cache holds the programs that a function returned by JIT has made: P is their type.
// Finding one takes no lock; making one is done by one goroutine, for which others wait.
type cache[P any] struct {
	only     atomic.Pointer[entry[P]]               // if there is one alone
	programs atomic.Pointer[map[uint64][]*entry[P]] // by hash; copied when it changes
	mu       sync.Mutex
	made     []*entry[P] // in the order in which they were begun
}

// key is what a program is good for: the static fields and the leaf types of an argument, and its Go type if
// the parameter is an interface.
type key struct {
	typ  reflect.Type
	tree trace.Tree
}

var seed = maphash.MakeSeed()

func (k *key) hash() uint64 {
	h := maphash.String(seed, k.tree.Static)
	mix := func(n int) { h = (h ^ uint64(n)) * 0x9E3779B97F4A7C15 }
	for i := range k.tree.Values {
		x := k.tree.Values[i].Type()
		mix(int(x.DType) - len(x.Shape)<<8)
		for _, n := range x.Shape {
			mix(n)
		}
	}
	return h
}

// entry is a program, or the promise of one.
type entry[P any] struct {
	hash     uint64
	typ      reflect.Type
	static   string
	nils     string
	statics  []tree.Static
	types    []trace.Type
	recorded atomic.Bool // the function has run
	program  atomic.Pointer[P]
	done     chan struct{} // closed when program is set or will never be
}

func (e *entry[P]) fits(k *key) bool {
	if e.typ != k.typ || e.static != k.tree.Static || e.nils != k.tree.Nils || len(e.types) != len(k.tree.Values) {
		return false
	}
	for i, t := range e.types {
		if !t.Equal(k.tree.Values[i].Type()) {
			return false
		}
	}
	return true
}

// entry returns what there is for a key.
func (c *cache[P]) entry(k *key) *entry[P] {
	if e := c.only.Load(); e != nil && e.fits(k) {
		return e
	}
	if all := c.programs.Load(); all != nil {
		for _, e := range (*all)[k.hash()] {
			if e.fits(k) {
				return e
			}
		}
	}
	return nil
}

// find returns the program for a key, or nil if there is none yet.
func (c *cache[P]) find(k *key) *P {
	if e := c.entry(k); e != nil {
		return e.program.Load()
	}
	return nil
}

// make returns the program for a key, made in two steps if there still is none: record, which reports whether
// a program may be kept, and compile. If it may not, or if a step panics, goroutines that have waited try for
// themselves.
func (c *cache[P]) make(k *key, statics []tree.Static, record func() (keep bool), compile func() *P) (p *P, hit bool) {
	var stuck *entry[P]
	for {
		e, mine := c.begin(k, statics, stuck)
		if mine {
			return c.finish(e, record, compile), false
		}
		if e.wait() {
			stuck = e
		} else if p := e.program.Load(); p != nil {
			return p, true
		}
	}
}

// wait returns when the promise is kept or broken, or reports that the function takes suspiciously long.
func (e *entry[P]) wait() (stuck bool) {
	for {
		select {
		case <-e.done:
			return false
		case <-time.After(patience):
			if !e.recorded.Load() {
				return true
			}
		}
	}
}

// begin enters the promise of a program, or returns that of another goroutine, unless that is stuck.
func (c *cache[P]) begin(k *key, statics []tree.Static, stuck *entry[P]) (e *entry[P], mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entry(k); e != nil && e != stuck {
		return e, false
	} else if e != nil {
		c.remove(e)
	}
	e = &entry[P]{hash: k.hash(), typ: k.typ, static: k.tree.Static, nils: k.tree.Nils, statics: statics, done: make(chan struct{})}
	for _, x := range k.tree.Values {
		e.types = append(e.types, x.Type())
	}
	c.refuseExplosion(e)
	c.made = append(c.made, e)
	if len(c.made) > maxPrograms {
		c.made = slices.Delete(c.made, 0, 1)
	}
	c.publish()
	return e, true
}

// publish makes what has been made known to find.
func (c *cache[P]) publish() {
	all := make(map[uint64][]*entry[P], len(c.made))
	for _, e := range c.made {
		all[e.hash] = append(all[e.hash], e)
	}
	c.programs.Store(&all)
	if c.only.Store(nil); len(c.made) == 1 {
		c.only.Store(c.made[0])
	}
}

func (c *cache[P]) finish(e *entry[P], record func() bool, compile func() *P) (p *P) {
	defer func() {
		if p == nil {
			c.mu.Lock()
			c.remove(e)
			c.mu.Unlock()
		}
		close(e.done)
	}()
	if !record() {
		return nil
	}
	e.recorded.Store(true)
	p = compile()
	e.program.Store(p)
	return p
}

// remove forgets an entry, if it is there.
func (c *cache[P]) remove(e *entry[P]) {
	if i := slices.Index(c.made, e); i >= 0 {
		c.made = slices.Delete(c.made, i, i+1)
		c.publish()
	}
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
	if e.typ != o.typ || !slices.EqualFunc(e.types, o.types, trace.Type.Equal) || len(e.statics) != len(o.statics) {
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
