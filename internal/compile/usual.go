package compile

import "unsafe"

// findUsual makes the code for steps in which nothing rare happens, if a step has anything rare. The portable backend does
// without: it does not wait for what selects choose from.
func (n *nativeLoop) findUsual(c *compiler, g *group) {
	if !n.repeats || c.unit.machine == nil {
		return
	}
	if b := n.b.Usual(); b != nil {
		u := c.compile(b, g)
		n.usual = &u
	}
}

// advance runs steps of a loop that repeats until it ends, so many at most. carries[count] is how many steps there were. Where
// the usual code ends, the other one runs a step, and twice as many where that was of no use.
func (n *nativeLoop) advance(f *frame, args []unsafe.Pointer, steps int, carries []uint64, count int) {
	if n.usual == nil {
		n.code.Run(args, steps, carries, f.scratch)
		return
	}
	run := func(x code, most int) (done int) {
		before := carries[count]
		x.Run(args, most, carries, f.scratch)
		done = int(carries[count] - before)
		if steps -= done; steps > 0 { // no pointer may leave its array
			for i := range args {
				args[i] = unsafe.Add(args[i], done*n.arrays[i].bytes)
			}
		}
		return done
	}
	for few := 1; ; {
		useful := run(n.usual.code, steps) > few
		if steps == 0 {
			return
		}
		most := min(few, steps)
		if run(n.code, most) < most || steps == 0 {
			return
		}
		if few *= 2; useful {
			few = 1
		}
	}
}
