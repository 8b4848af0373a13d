//go:build cgo

package waves

// #cgo CFLAGS: -O3 -march=native -fopenmp-simd -I${SRCDIR}/../include
// #cgo LDFLAGS: -lm
// #include "waves.h"
import "C"

func init() {
	gradientC = func(n int, in, out [][]float64) {
		var sums [4]float64
		C.waves_gradient(C.long(n), C.long(len(in[0])), c(in[0]), c(in[1]), c(out[1]), c(sums[:]))
		out[0][0], out[2][0], out[3][0], out[4][0] = sums[0], sums[1], sums[2], sums[3]
	}
	expC = func(x, y []float64) { C.waves_exp(C.long(len(x)), c(x), c(y)) }
	tanhC = func(x, y []float64) { C.waves_tanh(C.long(len(x)), c(x), c(y)) }
}

func c(x []float64) *C.double { return (*C.double)(&x[0]) }
