package num

import "reflect"

// All primitives of this package are discreet (see trace.Discreet) but tap, which shows its operand to the user, and those made of rules of
// users, who may do anything with what they see.

func (pointwise) Discreet() bool     { return true }
func (mover) Discreet() bool         { return true }
func (step[R]) Discreet() bool       { return true }
func (comparison[R]) Discreet() bool { return true }
func (unary[R]) Discreet() bool      { return ours[R]() }
func (binary[R]) Discreet() bool     { return ours[R]() }

// ours reports whether a type is of this package.
func ours[R any]() bool {
	return reflect.TypeFor[R]().PkgPath() == reflect.TypeFor[pointwise]().PkgPath()
}

func (dot) Discreet() bool              { return true }
func (reduceSum) Discreet() bool        { return true }
func (reduceAny) Discreet() bool        { return true }
func (reduceProd) Discreet() bool       { return true }
func (reduceNorm) Discreet() bool       { return true }
func (reduceExtreme[R]) Discreet() bool { return true }
func (argExtreme[R]) Discreet() bool    { return true }
func (argsort) Discreet() bool          { return true }
func (searchsorted) Discreet() bool     { return true }
func (concat) Discreet() bool           { return true }
func (pad) Discreet() bool              { return true }
func (addSlice) Discreet() bool         { return true }
func (gather) Discreet() bool           { return true }
func (addAt) Discreet() bool            { return true }
func (setAt) Discreet() bool            { return true }
func (cumSum) Discreet() bool           { return true }
func (cumProd) Discreet() bool          { return true }
func (cumExtreme[R]) Discreet() bool    { return true }
func (recurrence) Discreet() bool       { return true }
func (segSum) Discreet() bool           { return true }
func (shift) Discreet() bool            { return true }
