//go:build !linux

package gemm

import "testing"

// guarded returns memory; only on Linux is there a guard.
func guarded(_ testing.TB, size int, _ bool) []byte { return make([]byte, size+8)[:size] }
