package evals

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
)

func TestArrays(t *testing.T) {
	for _, c := range []struct {
		text  string
		shape []int
		data  []float64
	}{
		{"-1.5e3", nil, []float64{-1500}},
		{"[]", []int{0}, nil},
		{"[[],[]]", []int{2, 0}, nil},
		{" [ 1 ,\t2\n, 3 ] ", []int{3}, []float64{1, 2, 3}},
		{"[[[1],[2]],[[3],[4]],[[5],[6]]]", []int{3, 2, 1}, []float64{1, 2, 3, 4, 5, 6}},
	} {
		var a array
		if err := json.Unmarshal([]byte(c.text), &a); err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if !slices.Equal(a.Shape(), c.shape) || !slices.Equal(a.Float64s(), c.data) {
			t.Errorf("%s: %v of shape %v", c.text, a.Float64s(), a.Shape())
		}
	}
}

// Every number comes back as it was, and so does the shape.
func TestNumbers(t *testing.T) {
	data := []float64{0, math.Copysign(0, -1), 1, -1e6, 1e21, 1e-7, 0.1, math.Pi, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, -2.5}
	text, err := AppendJSON(nil, map[string]num.Array{"a": num.New(data, 2, 3, 2), "b": num.Scalar(7)})
	if err != nil {
		t.Fatal(err)
	}
	var back struct{ A, B array }
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for i, v := range back.A.Float64s() {
		if math.Float64bits(v) != math.Float64bits(data[i]) {
			t.Errorf("%v came back as %v: %s", data[i], v, text)
		}
	}
	if !slices.Equal(back.A.Shape(), []int{2, 3, 2}) || back.B.Float64() != 7 {
		t.Errorf("%s", text)
	}
}
