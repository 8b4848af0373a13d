//go:build cgo

package nbody

// #cgo CFLAGS: -O3 -march=native -I${SRCDIR}/../include
// #cgo LDFLAGS: -lm
// #include "nbody.h"
import "C"

func init() {
	gradientC = func(n int, in, out [][]float64) { C.nbody_gradient(C.long(n), c(in[0]), c(in[1]), c(out[0])) }
	productC = func(n int, in, out [][]float64) {
		C.nbody_product(C.long(n), c(in[0]), c(in[1]), c(in[2]), c(out[0]))
	}
}

func c(x []float64) *C.double { return (*C.double)(&x[0]) }
