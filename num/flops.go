package num

import "github.com/gradus-ad/gradus/trace"

// Flops says how many floating-point operations a primitive takes that does not take one for each element of
// its result.

func (fma) Flops(in []trace.Type) int          { return 2 * in[0].Size() }
func (selectP) Flops([]trace.Type) int         { return 0 }
func (convert) Flops([]trace.Type) int         { return 0 }
func (stopGradient) Flops([]trace.Type) int    { return 0 }
func (tap) Flops([]trace.Type) int             { return 0 }
func (addAt) Flops(in []trace.Type) int        { return each(in[1]) }
func (addSlice) Flops(in []trace.Type) int     { return each(in[1]) }
func (reduceSum) Flops(in []trace.Type) int    { return each(in[0]) }
func (reduceProd) Flops(in []trace.Type) int   { return each(in[0]) }
func (reduceNorm) Flops(in []trace.Type) int   { return 2 * each(in[0]) }
func (cumSum) Flops(in []trace.Type) int       { return each(in[0]) }
func (cumProd) Flops(in []trace.Type) int      { return each(in[0]) }
func (recurrence) Flops(in []trace.Type) int   { return 2 * each(in[0]) }
func (segSum) Flops(in []trace.Type) int       { return each(in[0]) }
func (c comparison[R]) Flops([]trace.Type) int { return 0 }

// each is one for each element, if they are floats.
func each(t trace.Type) int {
	if t.DType != trace.F64 {
		return 0
	}
	return t.Size()
}
