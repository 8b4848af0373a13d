//go:build cgo

package pendulum

// #cgo CFLAGS: -O3 -march=native -I${SRCDIR}/../include
// #cgo LDFLAGS: -lm
// #include "pendulum.h"
import "C"

func init() {
	gradientC = func(n int, in, out [][]float64) {
		C.pendulum_gradient(C.long(n), (*C.double)(&in[0][0]), (*C.double)(&out[0][0]))
	}
}
