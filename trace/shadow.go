package trace

// read returns the value of a concrete array, or the shadow of a traced one where it has one
// and the innermost open func is define-by-run. With strict, only of what carries no
// derivative, since a number that is put back in would silently drop one.
func (a Array) read(method string, strict bool) Buffer {
	c := a.cell()
	if c.b == nil {
		return a.buffer()
	}
	c.b.mustBeOpen(method, c.typ)
	if c.b.rec == nil || !c.b.rec.top.byRun || c.flags&shadowed == 0 {
		panic(Errorf(method, "the value of a traced %v is not known here: this function is recorded once for all values "+
			"(by JIT, Vmap, Compile, trace.Of or a flow body); choose with num.Where or flow.Cond", c.typ))
	}
	if strict && c.flags&free == 0 {
		panic(Errorf(method, "a traced %v carries a derivative, which a plain number would drop: "+
			"read it from num.StopGradient(x), or stay with arrays", c.typ))
	}
	for b := c.b.rec.top; b != nil; b = b.parent {
		b.read = true
	}
	return *c.shadow()
}

// peek returns what read does, if it can, for looking at only: the func does not become one for
// these arguments.
func (a Array) peek() (Buffer, bool) {
	c := a.cell()
	switch {
	case c.b == nil:
		return a.buffer(), true
	case c.b.closed || c.b.rec == nil || c.b.rec.goroutine != goroutine():
		return Buffer{}, false
	case !c.b.rec.top.byRun || c.flags&shadowed == 0:
		return Buffer{}, false
	}
	return *c.shadow(), true
}

// shadow computes the concrete value of a traced array and of what it depends on, once.
func (c *cell) shadow() *Buffer {
	todo := []*cell{c}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		if x.value.Load() != nil {
			todo = todo[:len(todo)-1]
			continue
		}
		if x.outer != nil {
			if x.outer.b == nil {
				v := Array{c: x.outer}.buffer()
				x.value.Store(&v)
			} else if v := x.outer.value.Load(); v != nil {
				x.value.Store(v)
			} else {
				todo = append(todo, x.outer)
			}
			continue
		}
		if x.b.closed {
			x.b.mustBeOpen("", x.typ)
		}
		e := x.b.equations.at(int(x.b.made[x.id]))
		ready := true
		for _, v := range e.Ins {
			if in := x.b.cells[v]; in.value.Load() == nil {
				todo = append(todo, in)
				ready = false
			}
		}
		if ready {
			x.b.compute(e)
		}
	}
	return c.value.Load()
}

// compute evaluates an equation on shadows, without its effects: these are for when the func that
// is being recorded runs.
func (b *builder) compute(e *Equation) {
	bufs := make([]Buffer, len(e.Ins))
	for i, v := range e.Ins {
		bufs[i] = *b.cells[v].value.Load()
	}
	if p, ok := e.Primitive.(Effect); ok {
		ins := make([]Array, len(bufs))
		for i, in := range bufs {
			ins[i] = newConcrete(in)
		}
		for i, y := range p.Quiet(ins) {
			out := y.buffer()
			b.cells[e.Outs[i]].value.Store(&out)
		}
		return
	}
	types := make([]Type, len(e.Outs))
	for i, v := range e.Outs {
		types[i] = b.cells[v].typ
	}
	for i, out := range evaluate(quiet(e.Primitive), bufs, types) {
		out.Owned = false
		b.cells[e.Outs[i]].value.Store(&out)
	}
}
