package gemm

import (
	"unsafe"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
)

// kernels are those of an instruction set.
type kernels struct {
	name  string
	lanes int  // of a vector; a tile has as many rows
	shift int  // lanes is 1<<shift
	masks bool // part of a vector of B can be read
}

// vectors returns how many vectors hold n elements.
func (k *kernels) vectors(n int) int { return (n + k.lanes - 1) >> k.shift }

// filled returns the number of elements of whole vectors that hold n.
func (k *kernels) filled(n int) int { return (n + k.lanes - 1) &^ (k.lanes - 1) }

// panel returns how many columns the next panel has, of n that are left: those of three vectors, but two
// and two rather than three and one.
func (k *kernels) panel(n int) int {
	if n > wide*k.lanes && n <= (wide+1)*k.lanes {
		return (wide - 1) * k.lanes
	}
	return min(n, wide*k.lanes)
}

// wide is the number of vectors of a row of a tile.
const wide = 3

// best are the kernels of this processor, if there are any and the environment does not ask for others.
var best = choose()

// kernelsToUse returns those that are to be used now: none if blas64 is not gonum's.
func kernelsToUse() *kernels {
	if _, ok := blas64.Implementation().(gonum.Implementation); ok {
		return best
	}
	return nil
}

// Lanes returns in how many lanes the elements of a product of m rows and n columns are summed: product l
// goes to lane l modulo lanes, starting from 0, with one rounding for a product and its sum. Then the
// lanes are added up, the second half to the first. That is so in the first block of k; without kernels, it is
// blas64's affair, and the result 1.
func Lanes(m, n int) int {
	k := kernelsToUse()
	switch {
	case k == nil || m != 1 && n != 1:
		return 1
	case m == 1 && n == 1:
		return 4 * k.lanes
	}
	return k.lanes
}

// The arguments of kernels. Steps are in bytes. The lanes of the last vector that are used are given by mask,
// and to AVX2 by lanes.

// tile is m rows of A times a panel of B of up to three vectors, wherever they are.
type tile struct {
	aRow, aCol int
	aNext      int // from a tile of rows to the next
	bRow, cRow int
	m, k       int // not 0
	some       int // products that are added between fetches: all k, if C and B are near
	next       int // from the panel to the next, which is fetched
	vectors    int
	mask       uint64
	lanes      [4]int64
	add        int  // not 0 to add to C
	packed     bool // rows of a panel of B follow each other
}

// vector is a matrix of m rows times x, which is added to y.
type vector struct {
	a, x, y    unsafe.Pointer
	aRow, aCol int
	yStep      int
	m, k       int
	mask       uint64
	lanes      [4]int64
}

// panel is k times up to three vectors that are copied.
type panel struct {
	from, to     unsafe.Pointer
	step, toStep int
	k            int
	vectors      int
	mask         uint64
	lanes        [4]int64
	rows         [8]int // where the lanes of a vector are, if that is not contiguous
}

// last sets the masks for n elements in vectors, the last of which may not be full.
func (k *kernels) last(n int, mask *uint64, lanes *[4]int64) {
	used := (n-1)&(k.lanes-1) + 1
	*mask = 1<<used - 1
	if k.lanes == len(lanes) {
		*lanes = laneMasks[used]
	}
}

var laneMasks = [5][4]int64{{}, {-1}, {-1, -1}, {-1, -1, -1}, {-1, -1, -1, -1}}
