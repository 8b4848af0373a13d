package num

import "github.com/gradus-ad/gradus/trace"

// primitives is the table of all primitives of this package, one line a group. Parse finds them
// by their names, and the tests walk it.
var primitives = []trace.Primitive{
	add{}, sub{}, mul{}, div{}, neg{}, fma{}, unary[square]{},
	binary[maximum]{}, binary[minimum]{}, clip{}, binary[mod]{}, unary[abs]{}, step[sign]{},
	unary[sqrt]{}, unary[cbrt]{}, unary[ipow]{}, binary[pow]{}, binary[hypot]{}, unary[oneMinusSquare]{},
	unary[exp]{}, unary[exp2]{}, unary[expm1]{}, unary[log]{}, unary[log2]{}, unary[log10]{}, unary[log1p]{},
	binary[logAddExp]{}, binary[xlogy]{}, unary[sigmoid]{}, unary[softplus]{},
	unary[sin]{}, unary[cos]{}, unary[tan]{}, unary[asin]{}, unary[acos]{}, unary[atan]{}, binary[atan2]{},
	unary[sinh]{}, unary[cosh]{}, unary[tanh]{}, unary[asinh]{}, unary[acosh]{}, unary[atanh]{},
	step[floor]{}, step[ceil]{}, step[round]{},
	unary[erf]{}, unary[erfc]{}, unary[erfinv]{}, unary[lgamma]{}, unary[digamma]{}, unary[polygamma]{},
	comparison[equal]{}, comparison[notEqual]{}, comparison[less]{}, comparison[lessEqual]{},
	and{}, or{}, not{}, selectP{},
	convert{}, stopGradient{}, tap{},
	reshape{}, broadcast{}, transpose{}, slice{}, flip{}, pad{}, addSlice{}, concat{},
	gather{}, addAt{}, setAt{},
	dot{},
	reduceSum{}, reduceAny{}, reduceProd{}, reduceNorm{}, reduceExtreme[largest]{}, reduceExtreme[smallest]{},
	argExtreme[largest]{}, argExtreme[smallest]{},
	argsort{}, searchsorted{},
	cumSum{}, cumProd{}, cumExtreme[largest]{}, cumExtreme[smallest]{}, recurrence{}, segSum{}, shift{},
}

func init() { trace.Register(primitives...) }
