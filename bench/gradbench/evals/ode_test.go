package evals

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/num"
)

// The suite compares with the derivative of the exact solution, 2^n/n! times the product of all x but one, which for
// more than 4 components is not that of the program. Here both modes are held to differences of the program.
func TestOde(t *testing.T) {
	p := chain{X: num.Add(1, num.Mul(0.5, num.Sin(num.Arange(6)))), Steps: 3}
	last := func(p chain) num.Array { return integrate(p).At(-1) }
	if err := gradcheck.Check(last, p); err != nil {
		t.Error(err)
	}
	exact := num.Mul(64.0/720, num.Prod(p.X)).Float64()
	if off := math.Abs(last(p).Float64()/exact - 1); !(off > 1e-3) {
		t.Errorf("the program is exact: %v", exact)
	}
}
