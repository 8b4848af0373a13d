//go:build !amd64

package gemm

// levels returns nil: there are no kernels on this platform.
func levels() []*kernels { return nil }

func choose() *kernels { return nil }
