package trace

import "fmt"

// Error is a mistake in user code that was met while tracing: a shape, a dtype, an axis, an
// escaped array. Operations panic with an *Error; Of, Try and transforms.Compile return it.
type Error struct {
	Pos       Position // the user's line
	Primitive string   // what was called there
	Msg       string
	unplaced  bool // an equation that is being run is to blame
}

// Error returns the text: file.go:line: primitive: message.
func (e *Error) Error() string {
	s := e.Msg
	if e.Primitive != "" {
		s = e.Primitive + ": " + s
	}
	if p := e.Pos.String(); p != "" {
		s = p + ": " + s
	}
	return s
}

// Errorf returns an *Error at the line of user code that is running now.
func Errorf(primitive, format string, args ...any) *Error {
	return &Error{Pos: here(), Primitive: primitive, Msg: fmt.Sprintf(format, args...)}
}

// EvalErrorf returns an *Error for an Eval rule that cannot go on. It is at the line of the equation
// that is evaluated, or at the user's where the operation was computed at once.
func EvalErrorf(primitive, format string, args ...any) *Error {
	return &Error{Pos: here(), Primitive: primitive, Msg: fmt.Sprintf(format, args...), unplaced: true}
}

// place, deferred, moves the error of an Eval rule to the line of the equation that was being run.
func place(e **Equation) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		if pos := (*e).Pos(); r.unplaced && pos.File != "" {
			r.Pos, r.unplaced = pos, false
		}
		panic(r)
	default:
		panic(r)
	}
}

// Try runs f and returns the *Error that it panics with, if any. Other panics go on.
func Try(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			err = r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}
