// Package vm runs loops in plain Go, on every platform: over lanes in tiles of elements, an instruction
// at a time, and sequential ones an element at a time.
package vm
