// Package trace holds the IR, and how Go functions become it. A function of arrays is run on
// traced arrays; what it does to them is recorded as equations of a [Func], which transforms
// reinterpret: as derivatives, batches, or values.
//
//	Array, Type, Buffer       values: concrete or traced, what is known of them, how they are stored
//	Primitive, Linear, ...    an operation is a Go type; its methods are its rules
//	Apply                     compute with a primitive, or record an equation
//	Of, MustOf                trace a function of a tree of arrays
//	Func, Equation, Var       a traced function, to read and walk
//	Func.Eval, Func.Inline    run it: on concrete arrays; wherever its arguments belong
//	Func.String, Parse        its text; Func.MarshalText leaves nothing out
//	Func.Check, Func.Dot      what is wrong with it; its picture, for Graphviz
//	Func.NonFinite            where a NaN or an infinity came from
//	Name, NameOf              names of values
//	Error, Try                mistakes in user code, with the user's line
//	Record, Build, Tangent    for packages that write transforms and rules
//	Effect, Unroller          what primitives with effects, and those that own funcs, add to their rules
//	Register                  for packages that add primitives
//
// # The text of a func
//
// The function
//
//	func(in struct{ m, v num.Array }) num.Array {
//		return num.Mul(0.5, in.m, num.Sum(num.Square(in.v)))
//	}
//
// of a scalar and a vector of three is printed as
//
//	func(a:f64[], b:f64[3]) {
//	  c:f64[3] = square b
//	  d:f64[] = reduce_sum[axes=(0)] c
//	  e:f64[] = mul 0.5 a
//	  f:f64[] = mul e d
//	  return f
//	}
//
// Variables have names in print only, in order of appearance. Captures follow the inputs after a
// semicolon. A constant scalar stands where it is used, as a literal
// whose spelling tells its dtype: 2.0 and NaN are f64, 2 is i64, true is bool. The grammar is
//
//	text      = { "@" name "=" func } func .
//	func      = "func" "(" [ binders ] [ ";" binders ] ")" "{" { equation } "return" { operand } "}" .
//	binders   = binder { "," binder } .
//	binder    = name ":" type .
//	equation  = binders "=" primitive { operand } .
//	operand   = name | literal .
//	primitive = name [ "[" { param } "]" ] .
//	param     = name "=" value .
//	value     = literal | string | dtype | type | array | "@" name | "(" [ value { "," value } ] ")" .
//	type      = dtype "[" [ length { "," length } ] "]" .
//	length    = int | "*" .
//	dtype     = "f64" | "i64" | "bool" .
//	array     = type "{" [ "hole" | literal { "," literal } | [ "*" ] array { "," [ "*" ] array } ] "}" .
//	literal   = "true" | "false" | int | float | "NaN" | "+Inf" | "-Inf" .
//
// where a func that is a parameter, such as the body of a loop, stands by name before it is used,
// names are of letters, digits and underscores, and numbers and strings are Go's. White space
// is free, and a comment runs from # to the end of its line.
package trace
