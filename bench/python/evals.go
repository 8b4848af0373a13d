package python

import (
	"encoding/json"
	"fmt"

	"github.com/gradus-ad/gradus/bench/gradbench/evals"
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
)

// workload is an eval of GradBench with an input: a file of the evals' or what make returns.
type workload struct {
	eval, of  string
	file      string
	make      any
	functions []string
	others    []string
}

// gradbench has the evals of GradBench, a function and its derivative each.
func gradbench() (rows []harness.Row) {
	both, objective, jacobian := []string{jax, torch}, []string{"objective"}, []string{"jacobian"}
	gradient, gradients := []string{"primal", "gradient"}, []string{"objective", "jacobian"}
	const bundle, hand, triangles = "49 cameras, 7776 points, 31843 observations", "30 points", "100 points in triangles"
	for _, w := range []workload{
		{"hello", "a number", "", 1.5, []string{"square", "double"}, both},
		{"lse", "100000 numbers", "", object{"x": spread(1e5)}, gradient, both},
		{"llsq", "128 coefficients, 4096 points", "", object{"x": spread(128), "n": 4096}, gradient, both},
		{"kmeans", "25 centroids, 400 points in 4 dimensions", "kmeans_k25_n400_d4", nil, []string{"cost", "dir"}, both},
		{"gmm", "5 normals, 100 points in 10 dimensions", "gmm_d10_k5_n100_m0_g1.0", nil, gradients, both},
		{"gmm", "25 normals, 1000 points in 10 dimensions", "", newMixture(10, 25, 1000), gradients, both},
		{"lstm", "2 layers, 1024 letters", "lstm_adbench_l2_c1024_b14", nil, gradients, both},
		{"ode", "100 components, 100 steps", "", object{"x": spread(100), "s": 100}, gradient, both},
		{"det", "5 x 5", "det_l5", nil, gradient, both},
		{"det", "7 x 7", "", object{"A": spread(49), "ell": 7}, gradient, both},
		{"ba", bundle, "ba_ba1_n49_m7776_p31843", nil, objective, both},
		{"ba", bundle, "ba_ba1_n49_m7776_p31843", nil, jacobian, []string{jax, torch, functorch}},
		{"ht", hand, "ht_simple_small_hand1_c30", nil, objective, both},
		{"ht", hand, "ht_simple_small_hand1_c30", nil, jacobian, []string{jax, functorch}},
		{"ht", triangles, "ht_complicated_small_hand1_c100", nil, objective, both},
		{"ht", triangles, "ht_complicated_small_hand1_c100", nil, jacobian, []string{jax, functorch}},
		{"particle", "as in the suite", "particle_official", nil, []string{"ff", "fr", "rf", "rr"}, both},
		{"saddle", "as in the suite", "saddle_official", nil, []string{"ff", "fr", "rf", "rr"}, both},
	} {
		for _, function := range w.functions {
			rows = append(rows, w.row(function))
		}
	}
	return rows
}

func (w workload) row(function string) harness.Row {
	name := fmt.Sprintf("GradBench %s, %s: %s", w.eval, w.of, function)
	return row(name, w.others, func() (harness.Contender, work) {
		input, err := w.input()
		if err != nil {
			panic(err)
		}
		loaded, err := evals.All[w.eval][function](input)
		if err != nil {
			panic(err)
		}
		run, out, err := loaded.Program()
		if err != nil {
			panic(err)
		}
		return harness.Func(ours.Name, run, out...), work{function: "evals." + w.eval + "_" + function, text: string(input)}
	})
}

func (w workload) input() ([]byte, error) {
	if w.file != "" {
		return evals.Input(w.file)
	}
	return json.Marshal(w.make)
}

type object map[string]any

// newMixture is k normal distributions in d dimensions, and n points.
func newMixture(d, k, n int) object {
	matrix := func(rows, columns int) (m [][]float64) {
		for i, all := 0, spread(rows*columns); i < rows; i++ {
			m = append(m, all[i*columns:(i+1)*columns])
		}
		return m
	}
	return object{
		"d": d, "k": k, "n": n, "m": 0, "gamma": 1,
		"alpha": spread(k), "mu": matrix(k, d), "q": matrix(k, d), "l": matrix(k, d*(d-1)/2), "x": matrix(n, d),
	}
}
