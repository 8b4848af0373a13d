package vm

import (
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// tile is the number of elements that an instruction is applied to at a time.
const tile = 512

// Code is a loop made ready to run. It does not change and may be used from many goroutines at once.
type Code struct {
	loop  *loop.Loop
	bytes *bytecode // of a loop whose elements run one by one, or nil: then it goes by tiles
	late  []bool    // the instructions that depend on a carry
	last  []int     // the last instruction that reads each value
	slot  []int     // where in the scratch space each value stands
	need  int       // slots of scratch space
}

// Compile makes a loop, which must be sound, ready to run.
func Compile(l *loop.Loop) *Code {
	c := &Code{loop: l, late: make([]bool, len(l.Body))}
	if l.Sequential || l.Dependent() {
		c.bytes = newBytecode(l)
		c.need = c.bytes.need
		return c
	}
	for k := range l.Body {
		i := &l.Body[k]
		c.late[k] = i.Op == loop.Carry
		for _, v := range i.Values() {
			c.late[k] = c.late[k] || c.late[v]
		}
	}
	c.assign()
	return c
}

// assign gives a slot to each value, the same one to values that do not live at once. Those that the
// elements of a tile need one by one, since they depend on a carry or are read by such, live on.
func (c *Code) assign() {
	l := c.loop
	c.last = make([]int, len(l.Body))
	end := len(l.Body)
	for k := range l.Body {
		for _, v := range l.Body[k].Values() {
			if c.last[v] = max(c.last[v], k); c.late[k] {
				c.last[v] = end
			}
		}
		if c.late[k] {
			c.last[k] = end
		}
	}
	for _, s := range l.Stores {
		c.last[s.Value] = end
	}
	for _, v := range l.Next {
		c.last[v] = end
	}
	c.slot = make([]int, len(l.Body))
	var free []int
	for k := range l.Body {
		if n := len(free); n > 0 {
			c.slot[k], free = free[n-1], free[:n-1]
		} else {
			c.slot[k] = c.need
			c.need++
		}
		for i, v := range l.Body[k].Values() {
			if c.last[v] == k && !contains(l.Body[k].Values()[:i], v) {
				free = append(free, c.slot[v])
			}
		}
		if c.last[k] == 0 {
			free = append(free, c.slot[k]) // read by nobody
		}
	}
}

func contains(vs []loop.Value, v loop.Value) bool {
	for _, w := range vs {
		if w == v {
			return true
		}
	}
	return false
}

// Scratch returns how many words of scratch space Run needs.
func (c *Code) Scratch() int {
	if c.bytes != nil {
		return c.need
	}
	return c.need * tile
}

// RunRows does what Loop.RunRows does. scratch must have as many words as Scratch says.
func (c *Code) RunRows(arrays []unsafe.Pointer, n, rows int, carries, scratch []uint64) {
	for row := range rows {
		c.loop.Start(carries)
		c.Run(arrays, n, carries, scratch)
		c.loop.Finish(arrays, 0, carries)
		if row+1 < rows {
			c.loop.Move(arrays, 1)
		}
	}
	c.loop.Move(arrays, 1-max(rows, 1))
}

// Run does that for one row, without folds. scratch must have as many words as Scratch says.
func (c *Code) Run(arrays []unsafe.Pointer, n int, carries, scratch []uint64) {
	if c.bytes != nil {
		c.elements(arrays, n, carries, scratch)
		return
	}
	for at := 0; at < n; at += tile {
		c.tile(arrays, at, min(tile, n-at), carries, scratch)
	}
}

// place returns where the element i of an array is, with an offset.
func (c *Code) place(arrays []unsafe.Pointer, array, i, offset int) unsafe.Pointer {
	a := &c.loop.Arrays[array]
	return unsafe.Add(arrays[array], (a.Step*i+offset)*a.Kind.Size())
}
