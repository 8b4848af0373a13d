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
PyTorch alone compiles nothing there; the rows that say "nothing compiled" have the others without, too.

One thread is one: all run on the same processor, in turns. In rows of two threads all have two, and times are the clock's. All results
agree to 1e-10 of the largest number of each array (1e-9 after 100,000 steps of a pendulum, whose phase drifts by roundings). Loops are scans in JAX, and
loops in Python in PyTorch, which has no scan that is stable; what many points or bodies share is one operation on arrays in both, and in Gradus
too but for sums over pairs of up to ten bodies, which are loops in Go. JAX has no reverse mode through loops of unknown length, which two evals of GradBench have.
PyTorch has no figure where only tangents make sense, and torch.compile few. What is not ready after a minute is not measured.

Where others are ahead, this is why, as far as it was looked into:

* First gradients, and 1,000 equations, against PyTorch: it compiles nothing, and these rows count what we compile. Of the pendulum's, recording and differentiating take 34 in 100,
  passes 12, machine code 22, the pages for it 7; of 1,000 equations 27, 14 and 39. Collecting garbage and allocating are in all of these, about 20 in 100. What is left is flat: no
  stage has the half that is missing, and without a collector all would take 0.82 to 0.9. Who wants one gradient does not compile, as in PyTorch: the
  rows that say so have the same functions, and there we are ahead by 1.6 and more.
* Matrix products: from 200 x 200 on all three are near the processor's peak (53 GFlop/s on one thread of the EPYC). Where JAX is ahead it is by a few in 100, in other rows in
  other runs: 0.95 to 1.05. On the Intel Xeon of RESULTS-xeon.md, PyTorch's MKL was ahead in eleven by 2 to 12 in 100: there a product of 1,024 came to 77 GFlop/s, and to 85 without
  the copies of its operands, of the 87 that are the peak of our tiles; kernels were changed after that (RATIONALE.md), and not measured there again.`

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
