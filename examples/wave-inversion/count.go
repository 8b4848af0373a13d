package main

import "github.com/gradus-ad/gradus/trace"

// counted is a primitive of our own: the identity, which counts how often it runs.
type counted struct{}

var runs int

func (counted) Name() string                                              { return "counted" }
func (counted) Infer(in []trace.Type) ([]trace.Type, error)               { return in, nil }
func (counted) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer     { runs++; return in }
func (counted) JVP(_, _ []trace.Array, t []trace.Tangent) []trace.Tangent { return t }
func (counted) Batch(in []trace.Array, mapped []bool, _ int) ([]trace.Array, []bool) {
	return trace.Apply(counted{}, in...), mapped
}
