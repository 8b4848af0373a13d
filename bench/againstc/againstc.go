// Package againstc compares compiled Gradus with C, OpenBLAS, PyTorch and Go written by hand.
package againstc

import (
	"slices"

	"github.com/gradus-ad/gradus/bench/adam"
	"github.com/gradus-ad/gradus/bench/calls"
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/lotka"
	"github.com/gradus-ad/gradus/bench/nbody"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/bench/pendulum"
	"github.com/gradus-ad/gradus/bench/perceptron"
	"github.com/gradus-ad/gradus/bench/product"
	"github.com/gradus-ad/gradus/bench/rosenbrock"
	"github.com/gradus-ad/gradus/bench/sensors"
	"github.com/gradus-ad/gradus/bench/waves"
)

// Part is the table.
func Part() harness.Part {
	return harness.Part{
		Name: "c", Title: "Against C",
		Text: `Compiled Gradus against derivatives written by hand in C, against OpenBLAS and PyTorch, on one thread. Ratios are times as multiples
of the base's; the last columns too: machine code without AVX-512, the portable backend, and Go by hand.

Where we are behind what is to be reached, as far as profiles say why: Rosenbrock's gradient of 1,000 variables has a few in 100 of its time in the call; its loop does the same 7 operations as C's. In Lotka-Volterra's Jacobian, by a count of operations, the derivative of
a product that is read twice makes a way of 6 through each stage, where C has grouped the sums by hand to make it 4. The kernel of 16 x 16 products is within 8 ns of what the processor
can do, and the rest is Go round it. The sensors' Jacobian writes 400,000 numbers where C's function writes 50,000; on the Intel Xeon of RESULTS-xeon.md, where square roots and quotients take that function twice as long, it is at 4.2. Compiling has no peak: half is machine code (writing it,
ordering it, lowering and grouping), a quarter tracing and differentiating, a seventh passes. The Hessian-vector product of 10 bodies is at 1.08 here, and was at 0.85 to 0.91 on the Xeon, 1.1 to 1.4 when
that was slow: which of our instructions suffer then was not found.`,
		Subject: ours.Name, Others: []string{ours.AVX2, ours.Portable, "Go"},
		Versions: func() [][2]string {
			return [][2]string{
				{"C", harness.FirstLine("gcc", "--version")},
				{"OpenBLAS", product.Version()},
				{"PyTorch", harness.PythonVersion("torch")},
			}
		},
		Rows: rows,
	}
}

func rows() []harness.Row {
	return slices.Concat(
		nbody.Rows(), pendulum.Rows(), rosenbrock.Rows(), adam.Rows(), lotka.Rows(), waves.Rows(), product.Rows(), sensors.Rows(), perceptron.Rows(), calls.Rows(),
	)
}
