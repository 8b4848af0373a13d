//go:build !amd64 && !arm64

package trace

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutine returns a number that no other running goroutine has, read off the head line of
// its stack trace: "goroutine 7 [running]:".
func goroutine() uintptr {
	var buf [64]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(line, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		panic("BUG: no goroutine number in " + string(line))
	}
	return uintptr(id)
}
