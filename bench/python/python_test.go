package python

import (
	"regexp"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/bench/againstc"
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
)

// small rows take no long to make ready: one or more of each kind of work. The command checks all.
var small = regexp.MustCompile(`through JIT|Kepler|Lagrangian$|double pendulum: gradient$|1000 steps: first gradient|10 operations|16x16x16, A(ᵀB)?ᵀ?$|` +
	`pendulum, 1000 steps: gradient|Rosenbrock, 100 variables: Hessian|order [13]|hello|det, 5 x 5: gradient|kmeans.*dir`)

// Our results and those of the systems that are installed agree.
func TestRowsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("starts other systems, which compile for seconds")
	}
	if harness.PythonVersion("jax") == "none" && harness.PythonVersion("torch") == "none" {
		t.Skip("no Python with JAX or PyTorch: see setup.sh")
	}
	n := 0
	for _, r := range rows() {
		if !small.MatchString(r.Work) {
			continue
		}
		n++
		t.Run(r.Work, func(t *testing.T) {
			cs := r.Contenders()
			if err := r.Check(cs); err != nil {
				t.Error(err)
			}
			if err := harness.Close(cs); err != nil {
				t.Error(err)
			}
		})
	}
	if n < 18 {
		t.Errorf("only %d rows are small", n)
	}
}

func TestRowsAreSound(t *testing.T) {
	others := Part().Others
	for name := range ways {
		if !slices.Contains(others, name) {
			t.Errorf("%s has no column", name)
		}
	}
	seen := map[string]bool{}
	for _, r := range rows() {
		if seen[r.Work] {
			t.Errorf("%s: twice", r.Work)
		}
		seen[r.Work] = true
		if r.Base != ours.Name {
			t.Errorf("%s: the base is %q", r.Work, r.Base)
		}
		if !(0 < r.Tolerance && r.Tolerance <= 1e-9) {
			t.Errorf("%s: tolerance %v", r.Work, r.Tolerance)
		}
	}
	for _, r := range againstc.Part().Rows() {
		if !seen[r.Work] || large[r.Work] && !seen[r.Work+", two threads"] {
			t.Errorf("%s: in the table against C, and not here", r.Work)
		}
	}
}

// A product in Python gets what it multiplies in the shapes that these have in memory.
func TestProduct(t *testing.T) {
	for name, want := range map[string]struct {
		function string
		a, b     []int
	}{
		"product of matrices 2x3x4, AB":   {"table.product_nn", []int{2, 3}, []int{3, 4}},
		"product of matrices 2x3x4, AᵀB":  {"table.product_tn", []int{3, 2}, []int{3, 4}},
		"product of matrices 2x3x4, ABᵀ":  {"table.product_nt", []int{2, 3}, []int{4, 3}},
		"product of matrices 2x3x4, AᵀBᵀ": {"table.product_tt", []int{3, 2}, []int{4, 3}},
	} {
		function, shapes := product(name)
		if function != want.function || !slices.Equal(shapes[0], want.a) || !slices.Equal(shapes[1], want.b) {
			t.Errorf("%s: %s of %v", name, function, shapes)
		}
	}
}
