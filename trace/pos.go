package trace

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
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

// site is where an equation was written: program counters, made into a line only when asked.
type site struct {
	n   int
	pcs [12]uintptr
}

// callers returns the site of the code that called into the library.
func callers() *site {
	s := new(site)
	s.n = runtime.Callers(4, s.pcs[:])
	return s
}

// position returns the first frame outside the library.
func (s *site) position() Position {
	if s == nil || s.n == 0 {
		return Position{}
	}
	pos, ok := outside(s.pcs[:s.n])
	if ok {
		return pos
	}
	return Position{}
}

// here returns the line of user code that is running now.
func here() Position {
	pcs := make([]uintptr, 64)
	pos, _ := outside(pcs[:runtime.Callers(3, pcs)])
	return pos
}

func outside(pcs []uintptr) (Position, bool) {
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		if f.Function != "" && !library(f.Function, f.File) {
			return Position{f.File, f.Line}, true
		}
		if !more {
			return Position{}, false
		}
	}
}

const module = "github.com/gradus-ad/gradus/"

// library reports whether the function of a stack frame belongs to this library (its tests,
// examples and benchmarks do not) or to the runtime.
func library(function, file string) bool {
	if strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, "reflect.") {
		return true
	}
	rest, ok := strings.CutPrefix(function, module)
	if !ok || strings.HasSuffix(file, "_test.go") {
		return false
	}
	top, _, _ := strings.Cut(rest, "/")
	top, _, _ = strings.Cut(top, ".")
	return top != "examples" && top != "bench"
}
