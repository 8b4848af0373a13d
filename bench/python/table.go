package python

import (
	"fmt"
	"strings"

	"github.com/gradus-ad/gradus/bench/againstc"
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
)

// inPython says what does in Python what rows of the table against C do, by how their work begins.
var inPython = []struct {
	work     string
	function string
	shapes   [][]int
	others   []string
}{
	{"energy of 10 bodies: gradient", "table.bodies", nil, []string{jax, torch, functorch, inductor}},
	{"energy of 10 bodies: Hessian", "table.bodies_product", nil, []string{jax, torch, functorch}},
	{"energy of a double pendulum: gradient", "physics.pendulum", nil, []string{jax, torch, functorch}},
	{"Rosenbrock", "table.rosenbrock", nil, []string{jax, torch, functorch, inductor}},
	{"Adam", "table.adam", nil, []string{jax, torch, inductor}},
	{"Lotka-Volterra, 1000 steps: gradient", "table.lotka", nil, []string{jax, torch}},
	{"Lotka-Volterra, 1000 steps: 2000 x 6", "table.lotka_jacobian", nil, []string{jax, functorch}},
	{"tanh(ax + b)c", "table.waves", nil, []string{jax, torch, functorch, inductor}},
	{"product of matrices", "table.product", nil, []string{jax, torch}},
	{"8 inputs to 50000 sensors", "table.sensors", nil, []string{jax, functorch}},
	{"perceptron", "table.perceptron", [][]int{{32, 784}, {784, 128}, {128}, {128, 10}, {10}, {32, 10}}, []string{jax, torch, functorch, inductor}},
	{"10 operations on scalars", "table.ten", [][]int{{}, {}, {}}, []string{jax, torch}},
	{"1000 equations", "first.thousand", nil, []string{jax, torch}},
}

// large is the work that is done with two threads, too.
var large = map[string]bool{
	"tanh(ax + b)c - exp(-x²), 1000000 elements: value and gradient": true,
	"product of matrices 1024x1024x1024, AB":                         true,
}

// table has the rows of the table against C, with the same inputs.
func table() (rows []harness.Row) {
	for _, r := range againstc.Part().Rows() {
		for _, p := range inPython {
			if strings.HasPrefix(r.Work, p.work) {
				ready := r.Contenders
				w := work{function: p.function, shapes: p.shapes}
				rows = append(rows, row(r.Work, p.others, func() (harness.Contender, work) { return taken(ready(), w, r.Work) }))
				if large[r.Work] {
					rows = append(rows, row(r.Work+", two threads", []string{jax2, torch2}, func() (harness.Contender, work) {
						subject, w := taken(ready(), w, r.Work)
						return onTwo(subject), w
					}))
				}
			}
		}
	}
	return rows
}

// taken returns our contender of a row and the work with that row's inputs.
func taken(cs []harness.Contender, w work, name string) (subject harness.Contender, _ work) {
	for _, c := range cs {
		switch {
		case c.Name == ours.Name:
			subject = c
		case c.In != nil:
			w.arrays = c.In
		}
		if c.Close != nil && c.Name != ours.Name {
			if err := c.Close(); err != nil {
				panic(err)
			}
		}
	}
	if w.function == "table.product" {
		w.function, w.shapes = product(name)
	}
	if w.function == "first.thousand" {
		w.arrays = [][]float64{{0.3, 0.5, 0.2, 0.7}}
	}
	if w.shapes == nil {
		for _, a := range w.arrays {
			w.shapes = append(w.shapes, []int{len(a)})
		}
	}
	return subject, w
}

// product returns the function and the shapes of a product of matrices.
func product(name string) (string, [][]int) {
	var m, k, n int
	var factors string
	if _, err := fmt.Sscanf(name, "product of matrices %dx%dx%d, %s", &m, &k, &n, &factors); err != nil {
		panic(err)
	}
	function, a, b := "table.product_", []int{m, k}, []int{k, n}
	for _, f := range []struct {
		name  string
		shape []int
	}{{"Aᵀ", a}, {"Bᵀ", b}} {
		if strings.Contains(factors, f.name) {
			function += "t"
			f.shape[0], f.shape[1] = f.shape[1], f.shape[0]
		} else {
			function += "n"
		}
	}
	return function, [][]int{a, b}
}
