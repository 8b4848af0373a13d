// Package ours makes contenders of compiled functions, one for each backend.
package ours

import (
	"os"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// The names of the contenders: the fastest backend that there is, machine code without AVX-512, and loops in Go.
const (
	Name     = "Gradus"
	AVX2     = "AVX2"
	Portable = "portable"
)

// settings of GRADUS_JIT, by contender.
var settings = map[string]string{Name: "", AVX2: "avx2", Portable: "off"}

// Each calls use for every backend. What is compiled meanwhile is for that one.
func Each(use func(name string) harness.Contender) []harness.Contender {
	var cs []harness.Contender
	for _, name := range []string{Name, AVX2, Portable} {
		on(name, func() { cs = append(cs, use(name)) })
	}
	return cs
}

// With returns what times something that compiles for the named backend.
func With(name string, timed func(n int) time.Duration) func(n int) time.Duration {
	return func(n int) (d time.Duration) {
		on(name, func() { d = timed(n) })
		return d
	}
}

// on runs f with the named backend.
func on(name string, f func()) {
	before, was := os.LookupEnv("GRADUS_JIT")
	os.Setenv("GRADUS_JIT", settings[name])
	defer func() {
		if os.Unsetenv("GRADUS_JIT"); was {
			os.Setenv("GRADUS_JIT", before)
		}
	}()
	f()
}

// Compiled returns contenders that run f compiled, on slices, at in.
func Compiled[In, Out any](f func(In) Out, in In) []harness.Contender {
	return Each(func(name string) harness.Contender {
		if p, err := transforms.Compile(f, in); err == nil && name == AVX2 && p.Stats().Backend == "vm" {
			return harness.Missing(name, "no machine code for this processor")
		}
		return One(name, f, in)
	})
}

// One returns a contender that runs f compiled, on slices, at in.
func One[In, Out any](name string, f func(In) Out, in In) harness.Contender {
	p, err := transforms.Compile(f, in)
	if err != nil {
		panic(err)
	}
	args, outs := Slices(p, in)
	return harness.Func(name, func() { p.Run(outs, args) }, outs...)
}

// Bound is One on slices that are checked once.
func Bound[In, Out any](name string, f func(In) Out, in In) harness.Contender {
	p, err := transforms.Compile(f, in)
	if err != nil {
		panic(err)
	}
	args, outs := Slices(p, in)
	return harness.Func(name, p.Bind(outs, args), outs...)
}

// Slices returns what Run takes: the arrays of in, and room for those of the result.
func Slices[In, Out any](p *transforms.Program[In, Out], in In) (args, outs [][]float64) {
	return Arguments(in), Room(p)
}

// Arguments returns the arrays of in.
func Arguments[In any](in In) (args [][]float64) {
	for _, x := range tree.Leaves(in) {
		args = append(args, x.Float64s())
	}
	return args
}

// Room returns room for the arrays of the result.
func Room[In, Out any](p *transforms.Program[In, Out]) (outs [][]float64) {
	_, results := p.Leaves()
	for _, leaf := range results {
		outs = append(outs, make([]float64, leaf.Type.Size()))
	}
	return outs
}
