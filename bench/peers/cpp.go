//go:build cgo && (linux || darwin)

package peers

// #cgo LDFLAGS: -ldl
// #include "cpp/work.h"
// #include <dlfcn.h>
// #include <stdlib.h>
//
// static void run(void *f, long n, struct work *w) { ((kernel *)f)(n, w); }
import "C"

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/gradus-ad/gradus/bench/harness"
)

//go:embed cpp
var sources embed.FS

// library is C++ that has been compiled and opened, or why there is none.
type library struct {
	handle unsafe.Pointer
	why    string
}

// Compiled when they are first asked for, so that nothing else needs them.
var (
	byHand = sync.OnceValue(func() library { return compile("byhand.cpp") })
	adolc  = sync.OnceValue(func() library { return compile("adolc.cpp", "-ladolc") })
)

func init() {
	cpp = func(w work) []harness.Contender {
		return []harness.Contender{
			byHand().contender(cppName, w.symbol(), w),
			adolc().contender(adolcName, w.symbol(), w),
			adolc().contender(againName, w.symbol()+"_again", w),
		}
	}
}

func compile(source string, links ...string) library {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return library{why: err.Error()}
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, sources); err != nil {
		return library{why: err.Error()}
	}
	file := filepath.Join(dir, "peer.so")
	args := []string{"-std=c++17", "-O3", "-march=native", "-fno-math-errno", "-fopenmp", "-fno-builtin-sin", "-fno-builtin-cos", "-shared", "-fPIC"}
	if runtime.GOARCH == "amd64" {
		args = append(args, "-mprefer-vector-width=512")
	}
	args = append(args, filepath.Join(dir, "cpp", source), "-o", file)
	if text, err := exec.Command("g++", append(args, links...)...).CombinedOutput(); err != nil {
		return library{why: firstError(string(text), err)}
	}
	path := C.CString(file)
	defer C.free(unsafe.Pointer(path))
	handle := C.dlopen(path, C.RTLD_NOW)
	if handle == nil {
		return library{why: C.GoString(C.dlerror())}
	}
	return library{handle: handle}
}

// firstError returns what the compiler says first, or what kept it from running.
func firstError(text string, err error) string {
	for line := range strings.Lines(text) {
		if _, what, ok := strings.Cut(line, "error: "); ok {
			return "g++: " + strings.TrimSpace(what)
		}
	}
	return err.Error()
}

// contender runs a kernel on copies in C's memory.
func (l library) contender(name, symbol string, w work) harness.Contender {
	if l.handle == nil {
		return harness.Missing(name, l.why)
	}
	text := C.CString(symbol)
	defer C.free(unsafe.Pointer(text))
	f := C.dlsym(l.handle, text)
	if f == nil {
		return harness.Missing(name, fmt.Sprintf("no %s", symbol))
	}
	sizes := w.sizes()
	cw := (*C.struct_work)(C.calloc(1, C.sizeof_struct_work))
	x := flat(w.Arguments)
	cw.size, cw.x, cw.v = C.long(len(x)), double(x), double(flat(w.Direction))
	for i, d := range w.Data {
		cw.data[i], cw.sizes[i] = double(d.Values), C.long(len(d.Values))
	}
	cw.out = double(make([]float64, total(sizes)))
	run := func(n int, _, out [][]float64) {
		C.run(f, C.long(n), cw)
		for i, part := range split(unsafe.Slice((*float64)(unsafe.Pointer(cw.out)), total(sizes)), sizes) {
			copy(out[i], part)
		}
	}
	c := harness.OfKernel(name, run, nil, sizes...)
	c.Close = func() error {
		for _, p := range []*C.double{cw.x, cw.v, cw.data[0], cw.data[1], cw.out} {
			C.free(unsafe.Pointer(p))
		}
		C.free(unsafe.Pointer(cw))
		return nil
	}
	return c
}

// double copies numbers to C's memory.
func double(x []float64) *C.double {
	if len(x) == 0 {
		return nil
	}
	p := (*C.double)(C.malloc(C.size_t(8 * len(x))))
	copy(unsafe.Slice((*float64)(unsafe.Pointer(p)), len(x)), x)
	return p
}
