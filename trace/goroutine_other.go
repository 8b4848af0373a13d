//go:build !amd64 && !arm64

package trace

// goroutine returns a number that no other running goroutine has.
func goroutine() uintptr { return goroutineNumber() }
