package transforms

import (
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// Residual is an array that reverse mode keeps between running a function and pulling cotangents
// back through it.
type Residual struct {
	Type      trace.Type
	Bytes     int            // of one row, if it is a stack, one row a step of a loop of unknown length
	Primitive string         // what made it, or "" for a part of the argument or of a capture
	Pos       trace.Position // the line that made it
}

// Residuals lists what Grad, VJP and Linearize of f would keep at x, which is what Checkpoint and
// the options of flow.Scan reduce. Constants, and what a part of the program makes and uses up while
// the tape runs backwards, are not in it.
func Residuals[In, Out any](f func(In) Out, x In) []Residual {
	t := record("residuals", f, x, true)
	var rs []Residual
	for _, r := range tape.Residuals(t.Func, t.active()) {
		rs = append(rs, Residual{r.Type, bytes(r.Type), r.Primitive, r.Pos})
	}
	return rs
}
