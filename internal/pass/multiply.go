package pass

import (
	"cmp"
	"slices"
)

// multiplyAll finds products that make what is wanted: what most monomials have in common is multiplied first, and of that,
// what is known first. But for numbers, nothing is multiplied whose product the equations do not make: it might overflow, or
// underflow, where they do not, as x*x does for huge x, in place of x*exp(-x)*x. It reports whether that suffices.
func (r *regrouper) multiplyAll(g *group) bool {
	items := make([][]factor, len(g.wants))
	for i := range g.wants {
		w := &g.wants[i]
		items[i] = slices.Clone(w.factors)
		if w.by != 1 {
			c := w.by
			if w.signs == negatively {
				c, w.minus = -c, true
			}
			items[i] = append(items[i], factor{r.number(g, c), 1})
		}
	}
	for {
		pair, ok := r.commonest(g, items)
		if !ok {
			break
		}
		p := r.multiply(g, pair)
		for i := range items {
			items[i] = replace(items[i], pair, p)
		}
	}
	for i, x := range items {
		for len(x) > 1 || x[0].power > 1 {
			pair, ok := r.earliest(g, x)
			if !ok {
				return false
			}
			x = replace(x, pair, r.multiply(g, pair))
		}
		g.wants[i].as = x[0].of
	}
	return true
}

// allowed reports whether a product may be made.
func (r *regrouper) allowed(g *group, pair [2]int32) bool {
	x, y := r.factorsOf(pair[0]), r.factorsOf(pair[1])
	return len(x) == 0 || len(y) == 0 || g.known[text(merged(x, y))]
}

// factorsOf returns those of a value or a variable.
func (r *regrouper) factorsOf(k int32) []factor {
	if x := r.valueOf(k); x != nil && x.kind != aSum {
		return x.factors
	}
	return []factor{{k, 1}}
}

func (r *regrouper) depthOf(k int32) int32 {
	if x := r.valueOf(k); x != nil {
		return x.depth
	}
	return r.depth[k]
}

func (r *regrouper) number(g *group, c float64) int32 {
	k, ok := g.numbers[c]
	if !ok {
		k = r.put(value{kind: aNumber, c: c})
		g.numbers[c] = k
	}
	return k
}

func (r *regrouper) multiply(g *group, pair [2]int32) int32 {
	k, ok := g.pairs[pair]
	if !ok {
		k = r.put(value{
			kind: aProduct, a: pair[0], b: pair[1], factors: merged(r.factorsOf(pair[0]), r.factorsOf(pair[1])),
			depth: max(r.depthOf(pair[0]), r.depthOf(pair[1])) + 1,
		})
		g.pairs[pair] = k
		g.products++
	}
	return k
}

// commonest returns the pair of factors that occurs most often, if one does more than once; of several, the one that is known
// first.
func (r *regrouper) commonest(g *group, items [][]factor) (best [2]int32, ok bool) {
	counts := make(map[[2]int32]int)
	for _, x := range items {
		for i, f := range x {
			if f.power > 1 {
				counts[[2]int32{f.of, f.of}] += f.power / 2
			}
			for _, h := range x[i+1:] {
				counts[inOrder(f.of, h.of)] += min(f.power, h.power)
			}
		}
	}
	most := 1
	for pair, n := range counts {
		if (n > most || ok && n == most && r.before(pair, best)) && r.allowed(g, pair) {
			best, most, ok = pair, n, true
		}
	}
	return best, ok
}

func inOrder(x, y int32) [2]int32 { return [2]int32{min(x, y), max(x, y)} }

// before compares pairs by when they are known, and then by their numbers.
func (r *regrouper) before(x, y [2]int32) bool {
	return cmp.Or(
		cmp.Compare(max(r.depthOf(x[0]), r.depthOf(x[1])), max(r.depthOf(y[0]), r.depthOf(y[1]))),
		cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) < 0
}

// earliest returns the pair of factors that is known first.
func (r *regrouper) earliest(g *group, x []factor) (best [2]int32, ok bool) {
	for i, f := range x {
		for j, h := range x[i:] {
			if j == 0 && f.power == 1 {
				continue
			}
			if pair := inOrder(f.of, h.of); (!ok || r.before(pair, best)) && r.allowed(g, pair) {
				best, ok = pair, true
			}
		}
	}
	return best, ok
}

// replace puts a product in place of its factors, as often as they occur.
func replace(x []factor, pair [2]int32, product int32) []factor {
	power := func(k int32) int {
		for _, f := range x {
			if f.of == k {
				return f.power
			}
		}
		return 0
	}
	n := min(power(pair[0]), power(pair[1]))
	if pair[0] == pair[1] {
		n = power(pair[0]) / 2
	}
	if n == 0 {
		return x
	}
	var y []factor
	for _, f := range x {
		for _, k := range pair {
			if f.of == k {
				f.power -= n
			}
		}
		if f.power > 0 {
			y = append(y, f)
		}
	}
	return append(y, factor{product, n})
}
