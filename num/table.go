package num

import "github.com/gradus-ad/gradus/trace"

// primitives is the table of all primitives of this package, one line a group. Parse finds them
// by their names, and the tests walk it.
var primitives = []trace.Primitive{
	add{}, sub{}, mul{}, div{}, neg{},
	unary[sin]{}, unary[cos]{},
	comparison[equal]{}, comparison[notEqual]{}, comparison[less]{}, comparison[lessEqual]{},
	and{}, or{}, not{}, selectP{},
	convert{}, stopGradient{},
	reshape{}, broadcast{}, transpose{},
	reduceSum{}, reduceAny{},
}

func init() { trace.Register(primitives...) }
