//go:build cgo

package sensors

// #cgo CFLAGS: -O3 -march=native -I${SRCDIR}/../include
// #cgo LDFLAGS: -lm
// #include "sensors.h"
import "C"

func init() {
	primalC = func(n int, in, out [][]float64) { C.sensors_read(C.long(n), c(in[0]), c(in[1]), c(out[0])) }
}

func c(x []float64) *C.double { return (*C.double)(&x[0]) }
