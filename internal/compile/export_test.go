package compile

import "github.com/gradus-ad/gradus/trace"

// Short reports whether Run needs no frame.
func (p *Program) Short() bool { return p.short != nil }

// RunEntered is Run by the entry, if there is one.
func (p *Program) RunEntered(out, in [][]float64) bool {
	return p.entry != nil && p.entry.RunSlices(out, in) || p.Run(out, in)
}

// RunBound is Run by Bind.
func (p *Program) RunBound(out, in [][]float64) bool {
	ok := true
	p.Bind(out, in, func() { ok = p.Run(out, in) })()
	return ok
}

// Entered reports whether there is one.
func (p *Program) Entered() bool { return p.entry != nil }

// InStrips is inStrips.
var InStrips = inStrips

// Usual reports whether a loop has code for steps in which nothing rare happens.
func (p *Program) Usual() bool {
	for _, s := range p.steps {
		if n, ok := s.(*nativeLoop); ok && n.usual != nil {
			return true
		}
	}
	return false
}

// Still returns the strides of a row-major constant without those along which it does not change.
func Still(c trace.Buffer) []int {
	l := &elementLoop{compiler: &compiler{vars: []variable{{typ: c.Type, constant: &c}}}, dims: c.Type.Shape}
	return l.still(0, 0, strides(c.Type.Shape))
}

// SizeOfArena is sizeOfArena, and Arenas how many sizes there are.
var (
	SizeOfArena = sizeOfArena
	Arenas      = len(arenas)
)
