package call

import (
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/trace"
)

// What a checkpoint may keep of its body, as words of its parameter Keep, with commas between.
const (
	Everything = "everything"
	Products   = "products" // what the primitive dot makes
	Named      = "name:"    // before the name of a value
)

// Looper is a loop that can keep values of its steps. first and again are its body: first has the kept
// values as further results, again takes them as further inputs. Keep applies the loop and returns
// its results and the rows that it has kept, for the steps of a loop are many; Again gives the
// results from the rows.
type Looper interface {
	trace.Primitive
	Steps() *trace.Func
	Keep(first *trace.Func, in []trace.Array) (out, rows []trace.Array)
	Again(again *trace.Func, in, rows []trace.Array) []trace.Array
}

// keptIn returns f twice, by what it keeps: the first has the kept values as further results, the second
// takes them as further inputs in place of making them.
func (p Checkpoint) keptIn(f *trace.Func) (first, again *trace.Func) {
	chosen := p.chosen(f)
	var rowsOf []int // of each loop
	first = trace.Build(inputsOf(f), func(args []trace.Array) []trace.Array {
		var kept []trace.Array
		env := walk(f, args, func(e *trace.Equation, in []trace.Array) []trace.Array {
			var ys []trace.Array
			if l, body, _ := p.loop(e); body != nil {
				var rows []trace.Array
				ys, rows = l.Keep(body, in)
				kept, rowsOf = append(kept, rows...), append(rowsOf, len(rows))
			} else {
				ys = trace.ApplyAmong(args, e.Primitive, in...)
			}
			for i, y := range e.Outs {
				if chosen[y] {
					kept = append(kept, ys[i])
				}
			}
			return ys
		})
		return append(at(env, f.Outputs()), kept...)
	})
	types := outputsOf(first)[len(f.Outputs()):]
	again = trace.Build(slices.Concat(inputsOf(f), types), func(args []trace.Array) []trace.Array {
		n := len(args) - len(types)
		kept := args[n:]
		env := walk(f, args[:n], func(e *trace.Equation, in []trace.Array) []trace.Array {
			var ys []trace.Array
			if l, _, body := p.loop(e); body != nil {
				rows := kept[:rowsOf[0]]
				kept, rowsOf = kept[len(rows):], rowsOf[1:]
				ys = l.Again(body, in, rows)
			} else {
				ys = trace.ApplyAmong(args, e.Primitive, in...)
			}
			for i, y := range e.Outs {
				if chosen[y] {
					ys[i], kept = kept[0], kept[1:]
				}
			}
			return ys
		})
		return at(env, f.Outputs())
	})
	return first, again
}

// loop returns the bodies of a loop that keeps something of its steps; they are nil for other
// equations.
func (p Checkpoint) loop(e *trace.Equation) (l Looper, first, again *trace.Func) {
	l, ok := e.Primitive.(Looper)
	if !ok || p.everything() {
		return nil, nil, nil
	}
	type pair struct{ first, again *trace.Func }
	b := trace.Memo(l.Steps(), "keep "+p.Keep, func() pair {
		first, again := p.keptIn(l.Steps())
		return pair{first, again}
	})
	if len(b.first.Outputs()) == len(l.Steps().Outputs()) {
		return nil, nil, nil
	}
	return l, b.first, b.again
}

func (p Checkpoint) everything() bool {
	return slices.Contains(strings.Split(p.Keep, ","), Everything)
}

// chosen marks the variables of f that are kept. What gets a name is kept before it gets it: the name
// costs nothing to give again, and derivatives may need the value without.
func (p Checkpoint) chosen(f *trace.Func) []bool {
	chosen := make([]bool, f.NumVars())
	if p.Keep == "" {
		return chosen
	}
	words := strings.Split(p.Keep, ",")
	all, products := p.everything(), slices.Contains(words, Products)
	named := map[trace.Var]bool{}
	for _, e := range f.Equations() {
		if name, ok := trace.NameOf(e.Primitive); ok && slices.Contains(words, Named+name) {
			named[e.Ins[0]] = true
		}
	}
	for _, e := range f.Equations() {
		if _, ok := trace.NameOf(e.Primitive); ok || len(e.Ins) == 0 {
			continue
		}
		for _, y := range e.Outs {
			chosen[y] = all || products && e.Primitive.Name() == "dot" || named[y]
		}
	}
	return chosen
}

// walk runs f by what do makes of each equation, and returns all variables.
func walk(f *trace.Func, args []trace.Array, do func(e *trace.Equation, in []trace.Array) []trace.Array) []trace.Array {
	env := make([]trace.Array, f.NumVars())
	copy(env, args)
	f.Walk(args, func(e *trace.Equation) {
		for i, y := range do(e, at(env, e.Ins)) {
			env[e.Outs[i]] = y
		}
	})
	return env
}
