package gemm

import (
	"runtime"
	"sync"
)

// Split calls do for every i below n, in any order and at the same time as it likes, and returns when all
// are done.
type Split func(n int, do func(i int))

// Sizes of the parts of a product: how many multiplications make one worth its while, and how many rows and
// columns of C a piece of a single matrix has: up to twice the rows if few threads share the work.
const (
	partWork = 1 << 18
	partM    = 128
	partN    = 480
)

// job is a product whose parts are under way. A part is a number of pieces that follow each other: pieces of C,
// at the places of the stack.
type job struct {
	axes       []Axis
	first      product
	rows, cols int // of a piece
	down, wide int // pieces of a matrix
	pieces     int // of all
	each       int // in a part
	do         func(int)
}

var jobs = sync.Pool{New: func() any {
	j := &job{}
	j.do = j.part // made once
	return j
}}

// split hands out the parts of a stack of products, if there are several.
func (p *Product) split(first *product, split Split) bool {
	j := jobs.Get().(*job)
	defer j.free()
	j.axes, j.first = p.Batch, *first
	stack := 1
	for _, x := range p.Batch {
		stack *= x.Len
	}
	j.rows, j.cols = first.piece(stack, runtime.GOMAXPROCS(0))
	j.down, j.wide = parts(first.m, j.rows), parts(first.n, j.cols)
	j.pieces = j.down * j.wide * stack
	j.each = max(1, partWork/max(1, j.rows*j.cols*first.k))
	n := parts(j.pieces, j.each)
	if n > 1 {
		split(n, j.do)
	}
	return n > 1
}

// parts returns how many parts of a length n has.
func parts(n, length int) int { return (n + length - 1) / length }

// free gives the job back, without memory of others.
func (j *job) free() {
	j.axes, j.first = nil, product{}
	jobs.Put(j)
}

// piece returns how many rows and columns of C a piece of it has, if threads work on a stack of such products.
func (p *product) piece(stack, threads int) (rows, cols int) {
	k := kernelsToUse()
	switch {
	case k == nil: // blas64 splits matrices itself
		return p.m, p.n
	case p.vector:
		return even(max(1, partWork/max(1, p.k)), p.m, wide*k.lanes), 1
	}
	cols = even(p.n, partN, wide*k.lanes)
	return k.pieceRows(p.m, stack*parts(p.n, cols), threads), cols
}

// pieceRows returns how many of m rows a piece has, if the columns and the stack make others of each. A piece copies its own rows
// and columns, so large ones are less work, as long as all threads have about the same number of them.
func (k *kernels) pieceRows(m, others, threads int) (rows int) {
	rows = m // of an empty stack
	busiest := 0.0
	for down := parts(m, 2*partM); down <= parts(m, partM) && busiest < 0.9; down++ {
		length := even(m, parts(m, down), k.lanes)
		pieces := others * parts(m, length)
		if busy := float64(pieces) / float64(threads*parts(pieces, threads)); busy > busiest {
			rows, busiest = length, busy
		}
	}
	return rows
}

// part computes part i.
func (j *job) part(i int) {
	w := worker{kernels: kernelsToUse()}
	for at := i * j.each; at < min((i+1)*j.each, j.pieces); at++ {
		p := j.at(at)
		w.multiply(&p)
	}
	w.done()
}

// at returns piece i.
func (j *job) at(i int) product {
	p := j.first
	row, col := i/j.wide%j.down*j.rows, i%j.wide*j.cols
	p.m, p.n = min(j.rows, p.m-row), min(j.cols, p.n-col)
	p.a, p.b, p.c = p.a.from(row, 0), p.b.from(0, col), p.c.from(row, col)
	i /= j.wide * j.down
	for x := len(j.axes) - 1; x >= 0; x-- {
		p.along(&j.axes[x], i%j.axes[x].Len)
		i /= j.axes[x].Len
	}
	return p
}
