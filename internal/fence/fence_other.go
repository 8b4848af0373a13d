//go:build !linux

package fence

import "testing"

// Bytes returns memory; only on Linux is there a guard.
func Bytes(_ testing.TB, size int, _ bool) []byte { return make([]byte, size+8)[:size] }
