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

// woven returns how many stores from number k on fill whole elements of an array with steps, or 1.
func (g *gen) woven(k int) int {
	s := g.Stores[k]
	a := g.Arrays[s.Array]
	n := a.Step
	if g.width != 8 || g.part && g.Few == 0 || a.Kind == loop.Bool || n < 2 || n > 4 || k+n > len(g.Stores) {
		return 1
	}
	for i, x := range g.Stores[k : k+n] {
		if x.Array != s.Array || x.Offset != s.Offset+i {
			return 1
		}
	}
	return n
}

// weaves returns what to pick, for each vector in turn, from what was picked before and the next value.
func weaves(n int) (all [][8]int64) {
	for k := range n {
		for i := 1; i < n; i++ {
			var from [8]int64
			for lane := range from {
				element, part := (8*k+lane)/n, (8*k+lane)%n
				switch {
				case part == i:
					from[lane] = int64(8 + element)
				case i == 1:
					from[lane] = int64(element)
				default:
					from[lane] = int64(lane)
				}
			}
			all = append(all, from)
		}
	}
	return all
}

// weave writes stores that fill whole elements as whole vectors.
func (g *gen) weave(stores []loop.Store) {
	n := len(stores)
	r := make([]reg, n)
	for i, s := range stores {
		r[i] = g.reg(s.Value)
	}
	which := weaves(n)
	t := g.temp()
	for k := range n {
		left := n*g.count() - 8*k
		if left <= 0 {
			break
		}
		g.put(vmovapd, l512, t, 0, register(r[0]))
		for i := 1; i < n; i++ {
			g.put(vpermt2pd, l512, t, g.numbers(which[k*(n-1)+i-1]), register(r[i]))
		}
		to := g.at(stores[0].Array, stores[0].Offset+8*k, 0)
		if left >= 8 {
			g.put(vmovupdStore, l512, t, 0, to)
			continue
		}
		g.moveImm(regTemp, 1<<left-1)
		g.put(kmovb, l128, 1, 0, register(regTemp))
		g.masked(vmovupdStore, l512, 1, t, 0, to)
	}
}
