package trace

import "sync"

// workspace is what a builder needs while it is open. What it holds is copied into the func in the end, and the next builder has it
// then: to make it anew for each func, and larger and larger while one is recorded, would take more memory than all funcs.
type workspace struct {
	cells     []*cell
	made      []int32 // the equation that made each variable, or -1
	equations []Equation
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
	if 64*(64+len(w.equations)) < cap(w.equations) {
		return
	}
	clear(w.cells)
	clear(w.equations)
	clear(w.given[:cap(w.given)])
	clear(w.slab)
	w.cells, w.made, w.equations, w.given, w.slab = w.cells[:0], w.made[:0], w.equations[:0], w.given[:0], w.slab[:0]
	w.cons.reset()
	workspaces.Put(w)
}
