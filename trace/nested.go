package trace

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

var (
	funcType  = reflect.TypeFor[*Func]()
	funcsType = reflect.TypeFor[[]*Func]()
)

// Funcs returns the funcs among the parameters of a primitive: the bodies of a loop, the branches
// of a conditional. They have no captures; what they use is an operand.
func Funcs(p Primitive) []*Func {
	var fs []*Func
	v := reflect.ValueOf(p)
	for _, param := range paramsOf(v.Type()) {
		switch field := param.in(v); field.Type() {
		case funcType:
			fs = append(fs, field.Interface().(*Func))
		case funcsType:
			fs = append(fs, field.Interface().([]*Func)...)
		}
	}
	return fs
}

// memo is what is computed once of an immutable func.
type memo struct {
	digested, planned sync.Once
	text              string
	plan              *plan
	made              sync.Map // what Memo has made, by key
}

// digest returns a text that identifies what f does.
func (f *Func) digest() string {
	f.memo.digested.Do(func() {
		sum := sha256.Sum256([]byte(f.text("func", -1)))
		f.memo.text = hex.EncodeToString(sum[:16])
	})
	return f.memo.text
}

// plan returns how f is evaluated.
func (f *Func) plan() *plan {
	f.memo.planned.Do(func() { f.memo.plan = newPlan(f) })
	return f.memo.plan
}

// Memo returns what make gave when it was first called with a key for this func, which is where
// transforms keep what they have made of a func that several primitives share.
func Memo[T any](f *Func, key string, make func() T) T {
	if v, ok := f.memo.made.Load(key); ok {
		return v.(T)
	}
	v, _ := f.memo.made.LoadOrStore(key, make())
	return v.(T)
}

// nested lists the funcs that f's equations own, each once and after those that it owns itself,
// and f last.
func (f *Func) nested() []*Func {
	var order []*Func
	seen := map[string]bool{}
	var visit func(g *Func)
	visit = func(g *Func) {
		for i := range g.equations {
			if p := g.equations[i].Primitive; p != nil {
				for _, h := range Funcs(p) {
					if h != nil && !seen[h.digest()] {
						seen[h.digest()] = true
						visit(h)
					}
				}
			}
		}
		order = append(order, g)
	}
	visit(f)
	return order
}

// funcNames returns the names that funcs, as nested lists them, are printed by, by their digests.
func funcNames(order []*Func) map[string]string {
	names := map[string]string{}
	for i, g := range order[:len(order)-1] {
		names[g.digest()] = fmt.Sprintf("@f%d", i+1)
	}
	return names
}

// text returns the text of f: first, by name, the funcs that its equations own.
func (f *Func) text(head string, elide int) string {
	var b strings.Builder
	order := f.nested()
	names := funcNames(order)
	for _, g := range order[:len(order)-1] {
		fmt.Fprintf(&b, "%s = %s\n", names[g.digest()], g.ownText("func", elide, names))
	}
	b.WriteString(f.ownText(head, elide, names))
	return b.String()
}
