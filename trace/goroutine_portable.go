package trace

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutineNumber does what goroutine does, on every platform and a thousand times slower: it
// reads the number off the head line of the stack trace, "goroutine 7 [running]:".
func goroutineNumber() uintptr {
	var buf [64]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(line, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		panic("BUG: no goroutine number in " + string(line))
	}
	return uintptr(id)
}
