package compile

// Short reports whether Run needs no frame.
func (p *Program) Short() bool { return p.short != nil }

// RunEntered is Run by the entry, if there is one.
func (p *Program) RunEntered(out, in [][]float64) bool {
	return p.entry != nil && p.entry.RunSlices(out, in) || p.Run(out, in)
}

// Entered reports whether there is one.
func (p *Program) Entered() bool { return p.entry != nil }

// InStrips is inStrips.
var InStrips = inStrips
