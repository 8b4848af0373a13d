package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/gradus-ad/gradus/bench/adam"
	"github.com/gradus-ad/gradus/bench/calls"
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/lotka"
	"github.com/gradus-ad/gradus/bench/nbody"
	"github.com/gradus-ad/gradus/bench/pendulum"
	"github.com/gradus-ad/gradus/bench/perceptron"
	"github.com/gradus-ad/gradus/bench/product"
	"github.com/gradus-ad/gradus/bench/rosenbrock"
	"github.com/gradus-ad/gradus/bench/sensors"
	"github.com/gradus-ad/gradus/bench/waves"
)

// rows returns what the table consists of.
func rows() []harness.Row {
	return slices.Concat(
		nbody.Rows(), pendulum.Rows(), rosenbrock.Rows(), adam.Rows(), lotka.Rows(), waves.Rows(), product.Rows(), sensors.Rows(), perceptron.Rows(), calls.Rows(),
	)
}

// describe says what the table is measured on.
func describe(w io.Writer) {
	for _, line := range [][2]string{
		{"date", time.Now().Format(time.DateOnly)},
		{"processor", harness.CPU()},
		{"Go", runtime.Version()},
		{"OpenBLAS", product.Version()},
		{"PyTorch", harness.PythonVersion("torch")},
		{"C", harness.FirstLine("gcc", "--version")},
	} {
		fmt.Fprintf(w, "* %s: %s\n", line[0], line[1])
	}
}
