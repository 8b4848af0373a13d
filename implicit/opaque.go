package implicit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/trace"
)

var solvers atomic.Int64

// Opaque makes a solver of any Go function that needs numbers: one that reads p and x0 by Float64s, iterates
// as long as it likes, calls package optimize of gonum or another program, and returns an answer of the
// structure, shapes and dtypes of x0. It is not traced. Inside JIT, Vmap and the bodies of package flow, where
// the numbers are not known yet, the IR holds a call of it, which runs with concrete arrays when the
// program runs: under Vmap once for each lane.
//
// What Opaque returns is for Root, FixedPoint and Minimum, which give its answer a derivative. It has none
// of its own and is refused where one is wanted. solve must depend on nothing but p and x0, and always give
// the same for the same; it may be called from several goroutines. Each call of Opaque makes another solver:
// call it once, outside of functions that are traced.
func Opaque[P, X any](solve func(p P, x0 X) X) func(p P, x0 X) X {
	const name = "opaque"
	id := solvers.Add(1)
	return func(p P, x0 X) X {
		in, guess := trace.Flatten(name, p), trace.Flatten(name, x0)
		k := len(in.Values)
		args := slices.Concat(in.Values, guess.Values)
		if !slices.ContainsFunc(args, trace.Array.Traced) {
			x := solve(p, x0)
			mustFit(name, x, guess)
			return x
		}
		s := &solver{strings.TrimSpace(fmt.Sprintf("%d %s %s", id, in.Static, guess.Static)), func(args []trace.Array) []trace.Array {
			x := trace.Flatten(name, solve(trace.Unflatten(p, args[:k]), trace.Unflatten(x0, args[k:])))
			want := guess
			want.Values = args[k:]
			if d := call.Difference(answers, x, "the answer", want, "x0"); d != "" {
				panic(trace.EvalErrorf(name, "%s", d))
			}
			return x.Values
		}}
		return trace.Unflatten(x0, trace.Apply(opaque{s, k}, args...))
	}
}

const answers = "the solver's answer and x0"

// mustFit panics if the answer of a solver differs from x0 in structure or types.
func mustFit(name string, x any, guess trace.Tree) {
	call.MustAgree(name, answers, trace.Flatten(name, x), "the answer", guess, "x0")
}

// solver is a Go function as the parameter of a primitive.
type solver struct {
	id  string
	run func([]trace.Array) []trace.Array
}

// String tells solvers apart in the IR.
func (s *solver) String() string {
	if s == nil {
		return `""`
	}
	return fmt.Sprintf("%q", s.id)
}

// opaque calls a Go function. Its operands are Params arrays of parameters and those of x0; its results
// are like x0. It can be printed but not parsed.
type opaque struct {
	Solver *solver
	Params int
}

func (opaque) Name() string { return "opaque" }

// Local says that a solver is a function of this process, which cannot be saved.
func (opaque) Local() {}

func (p opaque) Infer(in []trace.Type) ([]trace.Type, error) {
	if p.Solver == nil || p.Params < 0 || p.Params >= len(in) {
		return nil, errors.New("needs a solver and x0")
	}
	return in[p.Params:], nil
}

func (p opaque) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	args := make([]trace.Array, len(in))
	for i, b := range in {
		args[i] = trace.FromBuffer(b)
	}
	var out []trace.Buffer
	for _, x := range p.Solver.run(args) {
		out = append(out, trace.Read(x))
	}
	return out
}

func (opaque) JVP([]trace.Array, []trace.Array, []trace.Tangent) []trace.Tangent {
	panic(trace.EvalErrorf("opaque", "an opaque solver has no derivative of its own: give it to Root, FixedPoint or Minimum"))
}

func (p opaque) Batch(in []trace.Array, mapped []bool, _ int) ([]trace.Array, []bool) {
	return laneByLane(p, in, mapped)
}
