package trace

import (
	"slices"
	"sync"
)

// workspace is what a builder needs while it is open. What it holds is copied into the func in the end, and the next builder has it
// then: to make it anew for each func, and larger and larger while one is recorded, would take more memory than all funcs.
type workspace struct {
	cells      []*cell
	made       []int32 // the equation that made each variable, or -1
	equations  equations
	cons       cons            // equations by their keys
	lifted     map[*cell]*cell // what stands for arrays of elsewhere
	given      []Array         // the operands of those that are being simplified
	lent       cells           // those that nobody has when the builder is done
	lentArrays lentArrays
	text       []byte
	numbers    []Var  // what is left of those that funcs have
	scratch    []Type // of operands

	live   []bool // variables that are needed
	number []Var  // that they have in the func
}

var workspaces = sync.Pool{New: func() any { return &workspace{lifted: make(map[*cell]*cell)} }}

// vars returns a slice of n variables.
func (w *workspace) vars(n int) []Var {
	const chunk = 256
	if n > len(w.numbers) {
		w.numbers = make([]Var, max(n, chunk))
	}
	vs := w.numbers[:n:n]
	w.numbers = w.numbers[n:]
	return vs
}

// types returns a slice of n types, good until the next call.
func (w *workspace) types(n int) []Type {
	w.scratch = slices.Grow(w.scratch[:0], n)
	return w.scratch[:n:n]
}

// mostLifted is how many arrays of elsewhere a builder may have met that hands its map on: to clear one takes as long as
// it is large.
const mostLifted = 256

// release leaves the workspace to the next builder, unless it has been much too large for this one.
func (w *workspace) release() {
	if w.equations.n+64 < len(w.equations.chunks) || w.lent.n+64 < len(w.lent.chunks) {
		return
	}
	clear(w.cells)
	if len(w.lifted) > mostLifted {
		w.lifted = make(map[*cell]*cell)
	}
	clear(w.lifted)
	w.equations.reset()
	clear(w.scratch[:cap(w.scratch)])
	clear(w.given[:cap(w.given)])
	w.lent.reset()
	w.lentArrays.reset()
	w.cells, w.made, w.given = w.cells[:0], w.made[:0], w.given[:0]
	w.cons.reset()
	workspaces.Put(w)
}

// cells are for arrays that are good as long as a builder is open.
type cells struct {
	chunks []*[64]cell
	n      int
}

func (cs *cells) next() *cell {
	if cs.n == 64*len(cs.chunks) {
		cs.chunks = append(cs.chunks, new([64]cell))
	}
	cs.n++
	return &cs.chunks[(cs.n-1)/64][(cs.n-1)%64]
}

func (cs *cells) reset() { cs.cut(0) }

// cut takes back all but the first n cells.
func (cs *cells) cut(n int) {
	for cs.n > n {
		start := max(n, (cs.n-1)&^63)
		clear(cs.chunks[start/64][start%64 : (cs.n-1)%64+1])
		cs.n = start
	}
}

// lentArrays are for slices of arrays that are good as long as a builder is open.
type lentArrays struct {
	all  []Array
	used int
}

// next returns a slice of n arrays. What has been handed out stays what it is if there have to be more.
func (as *lentArrays) next(n int) []Array {
	if as.used+n > len(as.all) {
		as.all, as.used = make([]Array, max(64, n, 2*len(as.all))), 0
	}
	as.used += n
	return as.all[as.used-n : as.used : as.used]
}

func (as *lentArrays) reset() {
	clear(as.all[:as.used])
	as.used = 0
}

// equations are those that are recorded, in chunks: so none is copied where there is no workspace to be had and one grows.
type equations struct {
	lent   []Equation // the first ones, which are another func's
	chunks []*[64]Equation
	n      int // with those
}

func (es *equations) at(i int) *Equation {
	if i < len(es.lent) {
		return &es.lent[i]
	}
	i -= len(es.lent)
	return &es.chunks[i/64][i%64]
}

// lend takes all equations of a func, to be looked at.
func (es *equations) lend(all []Equation) { es.lent, es.n = all, len(all) }

// next adds an equation, which is to be filled.
func (es *equations) next() *Equation {
	if es.n-len(es.lent) == 64*len(es.chunks) {
		es.chunks = append(es.chunks, new([64]Equation))
	}
	es.n++
	return es.at(es.n - 1)
}

// reset leaves no equations.
func (es *equations) reset() {
	es.n -= len(es.lent)
	es.lent = nil
	for i := range (es.n + 63) / 64 {
		clear(es.chunks[i][:min(64, es.n-64*i)])
	}
	es.n = 0
}
