package tape

import (
	"github.com/gradus-ad/gradus/trace"
)

// Residual is an array that reverse mode keeps until the tape is run backwards.
type Residual struct {
	Type      trace.Type
	Primitive string         // what made it, or "" if it is an argument or captured
	Pos       trace.Position // the user's line that made it
}

// Residuals returns what the tape of f keeps, in the inputs and captures marked active.
func Residuals(f *trace.Func, active []bool) []Residual {
	types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
	g := trace.Build(types, func(in []trace.Array) []trace.Array {
		_, t := Record(f, in, active, false, nil)
		return t.Residuals
	})
	made := make(map[trace.Var]*trace.Equation)
	for i := range g.Equations() {
		for _, v := range g.Equations()[i].Outs {
			made[v] = &g.Equations()[i]
		}
	}
	var rs []Residual
	for _, v := range g.Outputs() {
		r := Residual{Type: g.Type(v)}
		if e := made[v]; e != nil {
			r.Primitive, r.Pos = e.Primitive.Name(), e.Pos()
		}
		rs = append(rs, r)
	}
	return rs
}
