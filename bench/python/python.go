// Package python compares compiled Gradus with JAX and PyTorch: the same programs, written as a user of each system
// would, in folder peers.
package python

import (
	"slices"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
)

// Part is the table.
func Part() harness.Part {
	return harness.Part{
		Name: "python", Title: "JAX and PyTorch", Style: harness.Versus, Subject: ours.Name,
		Others:   []string{jax, jax2, torch, torch2, functorch, inductor},
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
