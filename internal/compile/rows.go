package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// placeRows makes w what the view v shows, by letting a native loop write its rows there in another order, if v is the
// first that is made of them and goes through them row by row. Otherwise it reports false.
func (c *compiler) placeRows(v, w trace.Var) bool {
	x := &c.vars[v]
	if x.view == nil || x.view.offset != 0 || x.typ.Size() == 0 {
		return false
	}
	s := x.view.root
	y := &c.vars[s]
	if y.place != nil || y.output || y.group < 0 || !slices.Contains(c.groups[y.group].rows, s) || y.last >= 0 || y.typ.Size() != x.typ.Size() {
		return false
	}
	for u := range c.vars {
		if z := &c.vars[u]; trace.Var(u) != v && z.view != nil && z.view.root == s {
			return false
		}
	}
	stride, ok := inverse(y.typ.Shape, x.typ.Shape, x.view.stride)
	if !ok {
		return false
	}
	y.place = &view{root: w, stride: stride}
	x.view = &view{root: w, stride: strides(x.typ.Shape)}
	z := &c.vars[w]
	z.made, z.group, z.first, z.stored, z.viewed = byLoop, y.group, y.group, true, true
	return true
}

// inverse returns the strides by which an array of some shape lies in another one, in its order, that has all its elements
// along strides; ok says that this is so, and that rows lie behind each other.
func inverse(shape, other, stride []int) (in []int, ok bool) {
	own, others := strides(shape), strides(other)
	in = slices.Clone(own)
	for k, n := range shape {
		if n == 1 {
			continue
		}
		found := false
		for j := range other {
			if other[j] == n && stride[j] == own[k] {
				in[k], found = others[j], true
			}
		}
		if !found {
			return nil, false
		}
	}
	for _, s := range in[1:] {
		if s >= in[0] {
			return nil, false
		}
	}
	return in, true
}

// relocate makes the code of a loop write rows where they are placed.
func (n *nativeLoop) relocate(c *compiler) {
	for i := range n.arrays {
		a := &n.arrays[i]
		p := c.vars[a.root].place
		if p == nil {
			continue
		}
		step := p.stride[0]
		if n.reverse {
			step = -step
		}
		a.root, a.bytes = p.root, step*kindOf(a.row.DType).Size()
		move := func(b *loop.Builder) {
			for k := range b.Stores {
				if x := &b.Stores[k]; x.Array == i {
					x.Offset = placeOf(x.Offset, a.row.Shape, p.stride[1:])
				}
			}
		}
		n.b.Arrays[i].Step = step
		move(n.b)
		if s := n.steady; s != nil {
			s.b.Arrays[i].Step = step
			move(s.b)
		}
		if l := n.lanes; l != nil {
			to := &l.b.Arrays[i]
			if to.Row = step; to.Step != 0 {
				to.Step = placeOf(to.Step, a.row.Shape, p.stride[1:])
			}
			move(l.b)
		}
	}
}
