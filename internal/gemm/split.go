package gemm

import "sync"

// Split calls do for every i below n, in any order and at the same time as it likes, and returns when all
// are done.
type Split func(n int, do func(i int))

// Sizes of the parts of a product: how many multiplications make one worth its while, and how many rows and
// columns of C a piece of a single matrix has.
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
	j.rows, j.cols = first.piece()
	j.down, j.wide = (first.m+j.rows-1)/j.rows, (first.n+j.cols-1)/j.cols
	j.pieces = j.down * j.wide
	for _, x := range p.Batch {
		j.pieces *= x.Len
	}
	j.each = max(1, partWork/max(1, j.rows*j.cols*first.k))
	parts := (j.pieces + j.each - 1) / j.each
	if parts > 1 {
		split(parts, j.do)
	}
	return parts > 1
}

// free gives the job back, without memory of others.
func (j *job) free() {
	j.axes, j.first = nil, product{}
	jobs.Put(j)
}

// piece returns how many rows and columns of C a piece of it has.
func (p *product) piece() (rows, cols int) {
	k := kernelsToUse()
	switch {
	case k == nil: // blas64 splits matrices itself
		return p.m, p.n
	case p.vector:
		return even(max(1, partWork/max(1, p.k)), p.m, wide*k.lanes), 1
	}
	return even(p.m, partM, k.lanes), even(p.n, partN, wide*k.lanes)
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
