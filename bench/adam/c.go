//go:build cgo

package adam

// #cgo CFLAGS: -O3 -march=native -I${SRCDIR}/../include
// #include "adam.h"
import "C"

func init() {
	k := C.adam_constants{rate, beta1, beta2, small, C.double(bias1), C.double(bias2)}
	stepC = func(n int, in, out [][]float64) {
		C.adam_step(C.long(n), C.long(len(in[0])), k, c(in[0]), c(in[1]), c(in[2]), c(in[3]), c(out[0]), c(out[1]), c(out[2]))
	}
}

func c(x []float64) *C.double { return (*C.double)(&x[0]) }
