package trace

import (
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
)

// Position is a line of source code. The zero Position is unknown.
type Position struct {
	File string
	Line int
}

// String returns file.go:line, without the folder, or "" if the position is unknown.
func (p Position) String() string {
	if p.File == "" {
		return ""
	}
	return filepath.Base(p.File) + ":" + strconv.Itoa(p.Line)
}

// site is where an equation was written: the program counter of the user's call, made into a line
// only when asked. The zero site is unknown.
type site uintptr

// callers returns the site of the code that called into the library, for a function that skip
// others called in between.
//
//go:noinline
func callers(skip int) site {
	var c chain
	returns((*[depth]uintptr)(&c))
	entry := c.entry()
	if k := entry.Load(); k != nil && k.chain == c && c[0] != 0 {
		return k.site
	}
	var pcs [64]uintptr
	const near = 4 // an operation of num is mostly called from there
	n := runtime.Callers(skip+2, pcs[:near])
	if s, ok := outside(pcs[:n]); ok || n < near {
		entry.Store(&known{c, s})
		return s
	}
	far := pcs[:runtime.Callers(1, pcs[:])]
	s, ok := outside(far[min(skip+1, len(far)):])
	if ok && c.covers(far, s) {
		entry.Store(&known{c, s})
	}
	return s
}

// here returns the line of user code that is running now.
func here() Position { return callers(2).position() }

func (s site) position() Position {
	if s == 0 {
		return Position{}
	}
	f := frame(uintptr(s))
	return Position{f.File, f.Line}
}

func frame(pc uintptr) runtime.Frame {
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return f
}

// outside returns the first of some program counters that does not lie in the library.
func outside(pcs []uintptr) (site, bool) {
	for _, pc := range pcs {
		if !inLibrary(pc) {
			return site(pc), true
		}
	}
	return 0, false
}

// verdicts remembers of some program counters whether they lie in the library, since to find out
// takes as long as all the rest of recording an equation. An entry is twice the program counter,
// plus one if it does.
var verdicts [1 << 12]atomic.Uint64

func inLibrary(pc uintptr) bool {
	entry := &verdicts[uint64(pc)*0x9E3779B97F4A7C15>>52]
	if v := entry.Load(); v>>1 == uint64(pc) {
		return v&1 == 1
	}
	v := uint64(pc) << 1
	f := frame(pc)
	if f.Function == "" || library(f.Function, f.File) {
		v++
	}
	entry.Store(v)
	return v&1 == 1
}

const module = "github.com/gradus-ad/gradus/"

// root is the folder of the library's source, as the compiler wrote it down, with a slash.
var root = func() string {
	_, file, _, _ := runtime.Caller(0)
	return path.Dir(path.Dir(file)) + "/"
}()

// library reports whether the function of a stack frame belongs to this library (its tests,
// examples and benchmarks do not) or to the runtime. The file decides: what is compiled for one of
// the user's packages, because it is generic or is inlined there, has a name in that package, as
// in main.fit.Grad[...].func1. Only code without a file, such as wrappers of methods, goes by name.
func library(function, file string) bool {
	if strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, "reflect.") {
		return true
	}
	if strings.HasSuffix(file, "_test.go") {
		return false
	}
	rest, ok := strings.CutPrefix(file, root)
	if !ok {
		rest, ok = strings.CutPrefix(function, module)
	}
	top, _, _ := strings.Cut(rest, "/")
	top, _, _ = strings.Cut(top, ".")
	return ok && top != "examples" && top != "bench"
}
