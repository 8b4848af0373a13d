package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// The elements of vectors that are picked from others are said by vectors of numbers: below 8 for those of the first one,
// and from 8 on for those of the second one.

// window returns the first element of vector k of those that hold 8 elements that are a few apart. The last one ends with the
// last of them, so that nothing behind it is touched.
func window(k, far int) int { return min(8*k, far-7) }

// picks returns what to pick, in turn, from what was picked before and the next vector.
func picks(step int) (all [][8]int64) {
	far := max(step, -step) * 7
	if far == 7 {
		return [][8]int64{{7, 6, 5, 4, 3, 2, 1, 0}}
	}
	for k := 1; 8*(k-1) < far-7; k++ {
		var which [8]int64
		for lane := range which {
			p := step*lane - min(0, 7*step)
			switch {
			case p >= 8*k && (p < 8*k+8 || window(k, far) == far-7):
				which[lane] = int64(8 + p - window(k, far))
			case k == 1:
				which[lane] = int64(min(p, 7))
			default:
				which[lane] = int64(lane)
			}
		}
		all = append(all, which)
	}
	return all
}

// pick loads whole vectors and picks elements that are a few apart.
func (g *gen) pick(r reg, array, offset int) {
	step := g.Arrays[array].Step
	far := max(step, -step) * 7
	at := func(k int) operand { return g.at(array, offset+min(0, 7*step)+window(k, far), 0) }
	which := picks(step)
	if far == 7 {
		g.put(vpermpd, l512, r, g.numbers(which[0]), at(0))
		return
	}
	g.put(vmovupd, l512, r, 0, at(0))
	for k, w := range which {
		g.put(vpermt2pd, l512, r, g.numbers(w), at(k+1))
	}
}

// numbers returns a register that holds a vector of numbers for the next instruction.
func (g *gen) numbers(v [8]int64) reg {
	if r, ok := g.heldNumbers[v]; ok {
		return r
	}
	if g.numbersTemp == noReg {
		g.numbersTemp = g.temp()
	}
	g.put(vmovupd, l512, g.numbersTemp, 0, g.vectorOf(v))
	return g.numbersTemp
}

// holdNumbers keeps vectors of numbers in registers for the whole loop, at most so many.
func (g *gen) holdNumbers(most int) {
	g.heldNumbers = nil
	if g.width != 8 || g.part && g.Few == 0 {
		return
	}
	g.heldNumbers = make(map[[8]int64]reg)
	hold := func(all [][8]int64) {
		for _, v := range all {
			if _, ok := g.heldNumbers[v]; !ok && len(g.heldNumbers) < most {
				r := g.pin()
				g.put(vmovupd, l512, r, 0, g.vectorOf(v))
				g.heldNumbers[v] = r
			}
		}
	}
	for v := range g.Body {
		if i := &g.Body[v]; i.Op == loop.Load && g.live(loop.Value(v)) && g.picked(g.Arrays[i.A]) {
			hold(picks(g.Arrays[i.A].Step))
		}
	}
	for k := 0; k < len(g.Stores); k++ {
		if n := g.woven(k); n > 1 {
			hold(weaves(n))
			k += n - 1
		}
	}
}

// picked reports whether elements of an array are picked from vectors.
func (g *gen) picked(a loop.Array) bool {
	return g.width == 8 && !g.part && a.Kind != loop.Bool && -4 <= a.Step && a.Step <= 4 && a.Step != 0 && a.Step != 1
}
