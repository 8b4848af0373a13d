package amd64

import (
	"cmp"
	"slices"
)

// bases are the general registers that hold where arrays start. If there are too few, the most used arrays
// have one each and the others share two.
type bases struct {
	base   []reg // of an array, now, or noReg
	own    []reg // of an array, always, or noReg
	shared []reg
	holds  []int // the arrays in the shared ones, or -1
	turn   int
	stride int // regStride holds the current element times this many bytes, unless 0
}

// pinBases loads where the most used arrays start.
func (g *gen) pinBases() {
	g.base, g.own = nil, nil
	pool := []reg{rsi, r8, r9, r10, r11, r14}
	if g.Sequential || g.Few > 0 {
		pool = append(pool, regLane)
	}
	var used []int
	for k, n := range g.touched {
		g.base, g.own = append(g.base, noReg), append(g.own, noReg)
		if n > 0 {
			used = append(used, k)
		}
	}
	if len(used) > len(pool) {
		slices.SortStableFunc(used, func(x, y int) int { return cmp.Compare(g.touched[y], g.touched[x]) })
		g.shared, pool = pool[:2], pool[2:]
		g.holds = []int{-1, -1}
		used = used[:len(pool)]
	}
	for k, array := range used {
		g.base[array], g.own[array] = pool[k], pool[k]
		g.load(pool[k], memory(regArrays, 8*array))
	}
}

// forget says that the code that comes now is reached from several places: what is not pinned is not known.
func (g *gen) forget() {
	g.stride = 0
	for k, a := range g.holds {
		if a >= 0 {
			g.base[a] = noReg
		}
		g.holds[k] = -1
	}
}

// baseOf returns the register that holds where an array starts.
func (g *gen) baseOf(array int) reg {
	if g.base[array] == noReg {
		k := g.turn & 1
		g.turn++
		if old := g.holds[k]; old >= 0 {
			g.base[old] = noReg
		}
		g.holds[k] = array
		g.base[array] = g.shared[k]
		g.load(g.shared[k], memory(regArrays, 8*array))
	}
	return g.base[array]
}

// at returns the element of an array at an offset from where element k of the current copy is.
func (g *gen) at(array, offset, k int) operand {
	a := g.Arrays[array]
	size := a.Kind.Size()
	base := g.baseOf(array)
	disp := (offset + a.Step*(k+g.width*g.copy)) * size
	if g.Few > 0 {
		return memory(base, disp) // the first element of the row
	}
	switch bytes := a.Step * size; bytes {
	case 0:
		return memory(base, disp)
	case 1, 2, 4, 8:
		return indexed(base, regElement, [...]uint8{1: 0, 2: 1, 4: 2, 8: 3}[bytes], disp)
	default:
		if g.stride != bytes {
			g.multiplyImm(regStride, regElement, bytes)
			g.stride = bytes
		}
		return indexed(base, regStride, 0, disp)
	}
}

// secondTemp returns a second general register for the current instruction.
func (g *gen) secondTemp() reg {
	g.stride = 0
	return regStride
}
