//go:build !amd64

package gemm

import "unsafe"

// levels returns nil: there are no kernels on this platform.
func levels() []*kernels { return nil }

func choose() *kernels { return nil }

const noKernels = "BUG: no kernels on this platform"

func (*kernels) tiles(_ *tile, _, _, _ unsafe.Pointer)  { panic(noKernels) }
func (*kernels) turned(_ *tile, _, _, _ unsafe.Pointer) { panic(noKernels) }
func (*kernels) rows(*vector)                           { panic(noKernels) }
func (*kernels) columns(*vector)                        { panic(noKernels) }
func (*kernels) inner(*vector)                          { panic(noKernels) }
func (*kernels) along(*panel)                           { panic(noKernels) }
func (*kernels) across(*panel)                          { panic(noKernels) }
