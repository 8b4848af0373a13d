//go:build !linux

package transforms_test

func refuseExecutableMemory() bool { return false }
