package main

import (
	"encoding/json"

	"github.com/gradus-ad/gradus/transforms"
)

// eval is the functions of an eval.
type eval map[string]function

// function is a function of an eval. It reads an input, and returns what traces and compiles for it.
type function func(input []byte) (prepare func() (run func() any, err error), err error)

// compiled is a function that is one program: f, compiled for the argument that arg makes of an input.
func compiled[In, X, Y any](f func(X) Y, arg func(In) X) function {
	return finished(f, arg, func(_ X, y Y) Y { return y })
}

// finished is a compiled function with more to do to what the program gave.
func finished[In, X, Y, Z any](f func(X) Y, arg func(In) X, finish func(X, Y) Z) function {
	return func(input []byte) (func() (func() any, error), error) {
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, err
		}
		x := arg(in)
		return func() (func() any, error) {
			p, err := transforms.Compile(f, x)
			if err != nil {
				return nil, err
			}
			return func() any { return finish(x, p.Call(x)) }, nil
		}, nil
	}
}
