package trace

import "sync"

// workspace is what a builder needs while it is open. What it holds is copied into the func in the end, and the next builder has it
// then: to make it anew for each func, and larger and larger while one is recorded, would take more memory than all funcs.
type workspace struct {
	cells     []*cell
	made      []int32 // the equation that made each variable, or -1
	equations equations
	cons      cons    // equations by their keys
	given     []Array // the operands of those that are being simplified
	slab      []cell  // those that nobody has when the builder is done
	text      []byte

	live   []bool // variables that are needed
	number []Var  // that they have in the func
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// release leaves the workspace to the next builder, unless it has been much too large for this one.
func (w *workspace) release() {
	if w.equations.n+64 < len(w.equations.chunks) {
		return
	}
	clear(w.cells)
	w.equations.reset()
	clear(w.given[:cap(w.given)])
	clear(w.slab)
	w.cells, w.made, w.given, w.slab = w.cells[:0], w.made[:0], w.given[:0], w.slab[:0]
	w.cons.reset()
	workspaces.Put(w)
}

// equations are those that are recorded, in chunks: so none is copied where there is no workspace to be had and one grows.
type equations struct {
	chunks []*[64]Equation
	n      int
}

func (es *equations) at(i int) *Equation { return &es.chunks[i/64][i%64] }

// add adds an equation.
func (es *equations) add(e Equation) {
	if es.n == 64*len(es.chunks) {
		es.chunks = append(es.chunks, new([64]Equation))
	}
	es.n++
	*es.at(es.n - 1) = e
}

// reset leaves no equations.
func (es *equations) reset() {
	for i := range (es.n + 63) / 64 {
		clear(es.chunks[i][:])
	}
	es.n = 0
}
