//go:build cgo

package rosenbrock

// #cgo CFLAGS: -O3 -march=native -I${SRCDIR}/../include
// #include "rosenbrock.h"
import "C"

func init() {
	gradientC = func(n int, in, out [][]float64) {
		C.rosenbrock_gradient(C.long(n), C.long(len(in[0])), (*C.double)(&in[0][0]), (*C.double)(&out[0][0]))
	}
}
