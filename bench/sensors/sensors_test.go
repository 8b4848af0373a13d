package sensors

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/num"
)

// The row compares Jacobians; its base is the function, which is compared here.
func TestFunctionInC(t *testing.T) {
	if primalC == nil {
		t.Skip("built without cgo")
	}
	grid, got := places(), make([]float64, sensors)
	primalC(1, [][]float64{start, grid}, [][]float64{got})
	want := reader(num.New(grid, sensors, 2))(state{num.New(start[:4], 2, 2), num.New(start[4:], 2, 2)}).Float64s()
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= 1e-12*max(1, math.Abs(w))) {
			t.Fatalf("sensor %d reads %v, in C %v", i, w, got[i])
		}
	}
}
