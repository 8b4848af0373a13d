//go:build cgo && (linux || darwin)

package product

// #cgo CFLAGS: -O3 -march=native -I${SRCDIR}/../include
// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "openblas.h"
import "C"

import (
	"os"
	"sync"
	"unsafe"

	"github.com/gradus-ad/gradus/bench/harness"
)

// library looks for OpenBLAS: at GRADUS_OPENBLAS in the environment, or among the system's libraries.
var library = sync.OnceValue(func() bool {
	for _, path := range []string{os.Getenv("GRADUS_OPENBLAS"), "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"} {
		if path != "" && open(path) {
			return true
		}
	}
	return false
})

func open(path string) bool {
	p := C.CString(path)
	defer C.free(unsafe.Pointer(p))
	return C.openblas_open(p) != 0
}

func init() {
	openBLAS = func() (func(shape) harness.Kernel, string) {
		if !library() {
			return nil, "no OpenBLAS"
		}
		return kernelOf, ""
	}
	version = func() string {
		if !library() {
			return "none"
		}
		return C.GoString(C.openblas_version()) + ", code for " + C.GoString(C.openblas_core())
	}
}

func kernelOf(s shape) harness.Kernel {
	flag := map[bool]C.int{true: 1}
	return func(n int, in, out [][]float64) {
		C.openblas_product(C.long(n), flag[s.transA], flag[s.transB], C.int(s.m), C.int(s.n), C.int(s.k),
			c(in[0]), c(in[1]), c(out[0]))
	}
}

func c(x []float64) *C.double { return (*C.double)(&x[0]) }
