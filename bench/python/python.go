// Package python compares compiled Gradus with JAX and PyTorch: the same programs, written as a user of each system
// would, in folder peers.
package python

import (
	"slices"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
)

const text = `The same programs in JAX (float64, by jit) and in PyTorch (float64: by its autograd, by torch.func, and by torch.compile of the function),
in turns with compiled Gradus. Columns are others' times as multiples of ours: above 1 we are faster, and the rows where we are not come first.

Each is called as its users call it: JAX with arrays on the device, and until the result is ready; PyTorch with tensors; Gradus by Program.Run with
slices, and in the rows that say so by a function that JIT returns, with arrays. What a call costs is part of all times; compiling is not, except in the
rows of first gradients, where each time a new function is traced, differentiated, compiled and called, with the caches of JAX and torch.compile empty.
PyTorch alone compiles nothing there; the rows that say "nothing compiled" have all three without.

One thread is one: all run on the same processor, in turns. In rows of two threads all have two, and times are the clock's. All results
agree to 1e-10 of the largest number of each array (1e-9 after 100,000 steps of a pendulum, whose phase drifts by roundings). Loops are scans in JAX, and
loops in Python in PyTorch, which has no scan that is stable; what many points or bodies share is one operation on arrays in both, and in Gradus
too but for sums over pairs of up to ten bodies, which are loops in Go. JAX has no reverse mode through loops of unknown length, which two evals of GradBench have.
PyTorch has no figure where only tangents make sense, and torch.compile few. What is not ready after a minute is not measured.

Where others are ahead, this is why, as far as it was looked into:

* First gradients, and 1,000 equations, against PyTorch: it compiles nothing. Of the pendulum's, recording and differentiating take 37 in 100, passes 14, grouping what is to
  be bundled in vectors 14, the rest of machine code 12; of 1,000 equations, recording and differentiating 25, passes 22 and compiling 50. Collecting garbage and allocating are in all of
  these: 31 and 17 in 100. What is left is flat: 100 to 300 ns for an equation or an instruction in each of some 15 stages. The perceptron's was at 0.41 to 0.67 in runs of a day, the
  pendulum's at 0.48 to 0.60. Nothing compiled, we are ahead.
* Matrix products, against PyTorch: it uses MKL; ours take 0.96 to 1.14 times as long, 1.19 in other runs. One of 1,024 takes us 1.2 times what its tiles take in the caches; copies of
  operands are 8 in 100 of it, and the rest was not found. The row of two threads was at 0.84 and 1.09 in two runs of a day.`

// Part is the table.
func Part() harness.Part {
	return harness.Part{
		Name: "python", Title: "Against JAX and PyTorch", Text: text, Style: harness.Versus, Subject: ours.Name,
		Others:   []string{jax, jax2, jaxEager, torch, torch2, functorch, inductor},
		Versions: versions,
		Rows:     rows,
	}
}

func rows() []harness.Row {
	return slices.Concat(physics(), table(), gradbench(), batches(), scans(), hessians(), orders(), first())
}

func versions() (lines [][2]string) {
	for _, v := range []struct {
		name string
		system
	}{{jax, system{"jax", 1}}, {torch, system{"torch", 1}}} {
		version := "none"
		if p, err := of(v.system); err == nil {
			if a, err := p.ask(order{Do: "version"}); err == nil {
				version = a.Version
			}
		}
		lines = append(lines, [2]string{v.name, version})
	}
	return lines
}
