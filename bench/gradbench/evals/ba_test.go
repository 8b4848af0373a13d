package evals

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tree"
)

// A camera that is not turned is the limit of one that is turned a little, and so is the Jacobian.
func TestStill(t *testing.T) {
	turned := func(angle float64) []num.Array {
		in := baInput{N: 1, M: 1, P: 1}
		in.Cam.Array = num.Vector(angle, -angle, angle, 0.3, -0.2, 0.1, 400, 3, -2, 0.01, 0.002)
		in.X.Array, in.W.Array, in.Feat.Array = num.Vector(0.4, 0.6, 3), num.Scalar(0.5), num.Vector(20, 30)
		return append(tree.Leaves(in.arg().blocks()), in.arg().errors().Reprojections)
	}
	still, nearly := turned(0), turned(1e-9)
	for i := range still {
		for j, v := range still[i].Float64s() {
			if w := nearly[i].Float64s()[j]; !(math.Abs(v-w) <= 1e-5) {
				t.Errorf("leaf %d, element %d: %v, but %v nearby", i, j, v, w)
			}
		}
	}
}
