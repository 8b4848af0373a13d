//go:build cgo

package lotka

// #cgo CFLAGS: -O3 -march=native -I${SRCDIR}/../include
// #include "lotka.h"
import "C"

func init() {
	gradientC = func(n int, in, out [][]float64) {
		var dp [4]float64
		C.lotka_gradient(C.long(n), c(in[0]), c(in[1]), c(in[2]), c(dp[:]))
		for i, d := range dp {
			out[i][0] = d
		}
	}
	jacobianC = func(n int, in, out [][]float64) { C.lotka_jacobian(C.long(n), c(in[0]), c(in[1]), c(out[0])) }
}

func c(x []float64) *C.double { return (*C.double)(&x[0]) }
