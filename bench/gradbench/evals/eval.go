// Package evals holds the evals of GradBench, a file each: functions that read their input as JSON.
package evals

import (
	"encoding/json"

	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// Eval is the functions of an eval, by their names in the suite.
type Eval map[string]Function

// All are the evals.
var All = map[string]Eval{
	"ba":       ba,
	"det":      det,
	"gmm":      gmm,
	"hello":    hello,
	"ht":       ht,
	"kmeans":   kmeans,
	"llsq":     llsq,
	"lse":      lse,
	"lstm":     lstm,
	"ode":      ode,
	"particle": particle,
	"saddle":   saddle,
}

// Function is a function of an eval. It reads an input.
type Function func(input []byte) (Loaded, error)

// Loaded is a function that has its input.
type Loaded interface {
	// Prepare traces and compiles. What it returns computes the output, which JSON writes.
	Prepare() (run func() any, err error)
	// Program does likewise, and returns the program alone, on slices: what run fills out with is all that
	// the program gives, before it is put into the form of the output.
	Program() (run func(), out [][]float64, err error)
}

// compiled is a function that is one program: f, compiled for the argument that arg makes of an input.
func compiled[In, X, Y any](f func(X) Y, arg func(In) X) Function {
	return finished(f, arg, func(_ X, y Y) Y { return y })
}

// finished is a compiled function with more to do to what the program gave.
func finished[In, X, Y, Z any](f func(X) Y, arg func(In) X, finish func(X, Y) Z) Function {
	return func(input []byte) (Loaded, error) {
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, err
		}
		return loaded[X, Y, Z]{f, arg(in), finish}, nil
	}
}

type loaded[X, Y, Z any] struct {
	f      func(X) Y
	x      X
	finish func(X, Y) Z
}

func (l loaded[X, Y, Z]) Prepare() (func() any, error) {
	p, err := transforms.Compile(l.f, l.x)
	if err != nil {
		return nil, err
	}
	return func() any { return l.finish(l.x, p.Call(l.x)) }, nil
}

func (l loaded[X, Y, Z]) Program() (func(), [][]float64, error) {
	p, err := transforms.Compile(l.f, l.x)
	if err != nil {
		return nil, nil, err
	}
	var in, out [][]float64
	ints := false
	for _, x := range tree.Leaves(l.x) {
		if ints = ints || x.DType() != trace.F64; !ints {
			in = append(in, x.Float64s())
		}
	}
	_, results := p.Leaves()
	for _, leaf := range results {
		out = append(out, make([]float64, leaf.Type.Size()))
	}
	if !ints {
		return func() { p.Run(out, in) }, out, nil
	}
	return func() { // Run takes no integers
		for i, y := range tree.Leaves(p.Call(l.x)) {
			copy(out[i], y.Float64s())
		}
	}, out, nil
}
