package num

import (
	"errors"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// tap is the identity, and calls do with its operand, or with each of its elements along the first
// Lanes axes.
type tap struct {
	Lanes int
	do    func(Array)
}

var errFewAxes = errors.New("has more axes of lanes than the operand has axes")

func (tap) Name() string { return "tap" }

func (p tap) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	if p.Lanes < 0 || p.Lanes > in[0].Rank() {
		return nil, errFewAxes
	}
	return in, nil
}

func (p tap) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	if p.do != nil {
		eachLane(trace.FromBuffer(in[0]), p.Lanes, p.do)
	}
	return []trace.Buffer{in[0].Shared()} // do may have kept it
}

func eachLane(x Array, axes int, do func(Array)) {
	if axes == 0 {
		do(x)
		return
	}
	for i := range x.Type().Shape[0] {
		eachLane(x.At(i), axes-1, do)
	}
}

// Quiet returns the operand.
func (tap) Quiet(in []Array) []Array { return in }

// JVP does not show the tangent to anyone.
func (tap) JVP(_, _ []Array, t []Tangent) []Tangent    { return t }
func (tap) Linear([]bool) bool                         { return true }
func (tap) Transpose(t *trace.Transposition) []Tangent { return t.Ct }
func (tap) Mask(_ []Array, _ int, m Array) Array       { return m }
func (p tap) Batch(in []Array, m []bool, _ int) ([]Array, []bool) {
	p.Lanes++
	return trace.Apply(p, in...), slices.Clone(m)
}

// Tap returns x and calls f with its value, for a look inside of a function: to print, to record, to
// stop in a debugger. What f is given is concrete. It is called at once if x is concrete, as what does not
// depend on the argument of a traced function is, and otherwise each time that the value is computed,
// in the order of the program, whether or not anything is made of what Tap returns:
//
//   - once for each call of what Grad, JVP, VJP, Linearize or jac make of a function. It sees values, not
//     their derivatives; those of a cotangent it sees inside transforms.TapCotangent.
//   - each time that what JIT or Compile returns is called, and not when it is compiled.
//   - in the body of a loop, in every step; in a branch, if it is taken.
//   - under Vmap once for each lane, with the lane's value, in the order of the lanes; a value that is the
//     same in all lanes, once. Where lanes differ in the branch that they take, all take both, and one
//     that has left a loop goes on until the last has left it: f sees these values too.
//   - inside a Checkpoint, once more when reverse mode runs it again.
//
// Reading a value in a branch, as by Bool, does not call f. Where only a derivative is wanted, the value
// is computed for f. f may be called from any goroutine that runs the function, and must not use traced
// arrays.
func Tap(x Array, f func(value Array)) Array { return apply(tap{do: f}, x) }
