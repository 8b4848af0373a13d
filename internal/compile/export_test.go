package compile

// Short reports whether Run needs no frame.
func (p *Program) Short() bool { return p.short != nil }
