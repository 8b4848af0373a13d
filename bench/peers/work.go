package peers

import (
	"fmt"
	"math"

	"github.com/gradus-ad/gradus/bench/harness"
)

// work is a derivative of a function, which all contenders have under the same name.
type work struct {
	Name       string   `json:"-"` // of the row
	Function   string   `json:"Work"`
	Derivative string   // "gradient", "product" with the Hessian, "Hessian" or "Jacobian"
	Arguments  []matrix // of the function
	Direction  []matrix `json:",omitempty"` // that the Hessian is multiplied by
	Data       []matrix // that the function depends on besides

	ours func() harness.Contender
}

// matrix is an array of rows and columns; a vector has one column.
type matrix struct {
	Rows, Columns int
	Values        []float64
}

func (w work) symbol() string { return w.Function + "_" + w.Derivative }

// sizes returns the lengths of the result's arrays.
func (w work) sizes() []int {
	n := len(flat(w.Arguments))
	switch w.Derivative {
	case "Hessian":
		return []int{n * n}
	case "Jacobian":
		return []int{len(w.Data[0].Values) * n}
	}
	var sizes []int
	for _, a := range w.Arguments {
		sizes = append(sizes, len(a.Values))
	}
	return sizes
}

func flat(ms []matrix) []float64 {
	var x []float64
	for _, m := range ms {
		x = append(x, m.Values...)
	}
	return x
}

// split returns the parts of x that have the given lengths.
func split(x []float64, sizes []int) [][]float64 {
	var parts [][]float64
	for _, n := range sizes {
		parts = append(parts, x[:n])
		x = x[n:]
	}
	return parts
}

func total(sizes []int) (n int) {
	for _, s := range sizes {
		n += s
	}
	return n
}

// The names of the contenders beside ours.
const (
	cppName         = "C++ by hand"
	adolcName       = "ADOL-C"
	againName       = "ADOL-C, recording"
	differencesName = "gonum fd"
)

// libraries are for Go; the program in go/speed knows them by these names.
var libraries = []string{differencesName, "gonum dual", "infergo", "GoMLX", "Gorgonia", "born", "spago"}

// cpp returns the contenders in C++, if there can be any.
var cpp = func(w work) []harness.Contender {
	const why = "built without cgo"
	return []harness.Contender{harness.Missing(cppName, why), harness.Missing(adolcName, why), harness.Missing(againName, why)}
}

// How far numbers may be off, relative to the largest of an array.
const (
	exact       = 1e-12
	differences = 1e-2 // finite ones: second derivatives have two or three digits
)

func (w work) row() harness.Row {
	return harness.Row{Work: w.Name, Base: ourName, Tolerance: exact, Contenders: func() []harness.Contender {
		cs := append([]harness.Contender{w.ours()}, cpp(w)...)
		for _, name := range libraries {
			cs = append(cs, child(name, w))
		}
		return judged(cs)
	}}
}

// judged puts, in the place of each contender that is wrong, that it is. Right is what the first says that is not ours, to which
// harness compares ours, and not finite differences.
func judged(cs []harness.Contender) []harness.Contender {
	var right [][]float64
	for i, c := range cs[1:] {
		if c.Missing != "" || c.Name == differencesName {
			continue
		}
		c.Time(1)
		if right == nil {
			right = c.Result()
		}
		cs[1+i] = held(c, right, exact)
	}
	for i, c := range cs {
		if c.Missing != "" || c.Name != differencesName {
			continue
		}
		if c.Time(1); right != nil {
			c = held(c, right, differences)
		}
		c.Result = nil // so that it is not compared with what is exact
		cs[i] = c
	}
	return cs
}

// held returns the contender, or that it is wrong.
func held(c harness.Contender, right [][]float64, tolerance float64) harness.Contender {
	e := distance(c.Result(), right)
	if e <= tolerance {
		return c
	}
	why := fmt.Sprintf("wrong, by %.2g of the largest number", e)
	if err := harness.Close([]harness.Contender{c}); err != nil {
		why += ", and " + err.Error()
	}
	return harness.Missing(c.Name, why)
}

// distance returns the largest difference, relative to the largest number of each array; it is infinite if there are not as many.
func distance(got, want [][]float64) (worst float64) {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	for i, w := range want {
		if len(got[i]) != len(w) {
			return math.Inf(1)
		}
		scale, off := 0.0, 0.0
		for j := range w {
			scale, off = max(scale, math.Abs(w[j])), max(off, math.Abs(got[i][j]-w[j])) // max keeps a NaN
		}
		worst = max(worst, off/scale)
	}
	return worst
}
