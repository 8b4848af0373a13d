package evals

import (
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
)

// The program on slices gives what the output is made of, with integers in the argument and without.
func TestProgram(t *testing.T) {
	for _, c := range []struct {
		f     Function
		input string
	}{
		{lse["gradient"], `{"x":[0.1,0.5,-2]}`},
		{ba["objective"], `{"n":1,"m":2,"p":2,"cam":[0.1,0.2,0.3,0.3,-0.2,0.1,400,3,-2,0.01,0.002],"x":[0.4,0.6,3],"w":0.5,"feat":[20,30]}`},
	} {
		loaded, err := c.f([]byte(c.input))
		if err != nil {
			t.Fatal(err)
		}
		compute, err := loaded.Prepare()
		if err != nil {
			t.Fatal(err)
		}
		run, out, err := loaded.Program()
		if err != nil {
			t.Fatal(err)
		}
		run()
		var want [][]float64
		switch v := compute().(type) {
		case num.Array:
			want = [][]float64{v.Float64s()}
		case misfits:
			want = [][]float64{v.Reprojections.Float64s(), v.Weights.Float64s()}
		}
		if !slices.EqualFunc(out, want, slices.Equal) {
			t.Errorf("%s: %v, want %v", c.input, out, want)
		}
	}
}
