// Package debug holds the switches that the tests of this library turn on.
package debug

import "sync/atomic"

// CheckFuncs makes package trace check every func that it records or builds; a fault is a panic.
var CheckFuncs atomic.Bool
