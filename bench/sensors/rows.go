package sensors

import (
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
)

var primalC harness.Kernel // if there is a compiler

// Rows of the table.
func Rows() []harness.Row {
	return []harness.Row{{
		Work: "8 inputs to 50000 sensors: Jacobian, against C's function alone", Base: "C", Reach: 4.5, Least: 8,
		Contenders: func() []harness.Contender {
			in := [][]float64{start, places()}
			s := state{num.New(start[:4], 2, 2), num.New(start[4:], 2, 2)}
			primal := harness.OfKernel("C", primalC, in, sensors)
			primal.Result = nil
			return append(ours.Compiled(jac.Matrix(reader(num.New(in[1], sensors, 2))), s),
				primal,
				harness.OfKernel("Go", harness.Repeat(jacobian), in, 8*sensors))
		},
	}}
}
