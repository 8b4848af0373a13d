// Package gemm multiplies matrices of float64.
//
// A matrix is a place in memory and two strides, so that transposes, slices and stacks are products like any
// other. On amd64 processors with AVX2 or AVX-512 kernels in assembly do the work; elsewhere, and where
// the user has registered an implementation with blas64.Use, blas64 does. GRADUS_JIT=off in the environment
// rules kernels out, avx2 those of AVX-512.
//
// With kernels, the order in which the products of an element are summed depends on the sizes of the product
// alone: not on strides, on the place of the element, on batches or on how the work is split. A matrix product
// goes over k in blocks of equal length. In a block, products are added one by one, with one rounding for a
// product and its sum, and blocks are added to the result one by one. A product with a vector (m or n is 1)
// goes over blocks in lanes, which are added up in halves. Nothing is left out: 0 times infinity is NaN.
//
// The blocks are those of Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM Trans. Math.
// Softw. 34 (2008): a panel of B stays in the first cache while rows of A pass by, a block of A in the second.
package gemm
