package pass

import "cmp"

// multiplyAll finds products that make what is wanted: what most monomials have in common is multiplied first, and of that,
// what is known first. But for numbers, nothing is multiplied whose product the equations do not make: it might overflow, or
// underflow, where they do not, as x*x does for huge x, in place of x*exp(-x)*x. It reports whether that suffices.
func (r *regrouper) multiplyAll(g *group) bool {
	w := &r.work
	w.begin()
	for _, v := range g.makes {
		w.know(r.forms[v].factors)
	}
	for i := range g.wants {
		x := &g.wants[i]
		w.know(x.factors)
		item := append(r.storage.make(len(x.factors)+1), x.factors...)
		if x.by != 1 {
			c := x.by
			if x.signs == negatively {
				c, x.minus = -c, true
			}
			item = append(item, factor{r.number(c), 1})
		}
		w.items = append(w.items, item)
	}
	for {
		pair, ok := r.commonest()
		if !ok {
			break
		}
		p := r.multiply(g, pair)
		for i, x := range w.items {
			w.items[i] = r.storage.replace(x, pair, p)
		}
	}
	for i, x := range w.items {
		for len(x) > 1 || x[0].power > 1 {
			pair, ok := r.earliest(x)
			if !ok {
				return false
			}
			x = r.storage.replace(x, pair, r.multiply(g, pair))
		}
		g.wants[i].as = x[0].of
	}
	return true
}

// planning is what is known while products are found for a group.
type planning struct {
	sums    []int32
	items   [][]factor         // what is left to multiply of what is wanted
	known   map[string]bool    // the factors of what the equations make, and of what is wanted
	pairs   map[[2]int32]int32 // products that are made
	numbers map[float64]int32
	counts  map[[2]int32]int
	key     []byte
}

// begin forgets the last group.
func (w *planning) begin() {
	if w.known == nil {
		w.known, w.pairs = make(map[string]bool), make(map[[2]int32]int32)
		w.numbers, w.counts = make(map[float64]int32), make(map[[2]int32]int)
	}
	w.items = w.items[:0]
	clear(w.known)
	clear(w.pairs)
	clear(w.numbers)
}

func (w *planning) know(x []factor) {
	w.key = appendKey(w.key[:0], x)
	if !w.known[string(w.key)] {
		w.known[string(w.key)] = true
	}
}

func (w *planning) knows(x []factor) bool {
	w.key = appendKey(w.key[:0], x)
	return w.known[string(w.key)]
}

// allowed reports whether a product may be made.
func (r *regrouper) allowed(pair [2]int32) bool {
	x, y := r.factorsOf(pair[0]), r.factorsOf(pair[1])
	return len(x) == 0 || len(y) == 0 || r.work.knows(r.storage.merged(x, y))
}

// factorsOf returns those of a value or a variable.
func (r *regrouper) factorsOf(k int32) []factor {
	if x := r.valueOf(k); x != nil {
		return x.factors
	}
	return r.selves[k : k+1 : k+1]
}

func (r *regrouper) depthOf(k int32) int32 {
	if x := r.valueOf(k); x != nil {
		return x.depth
	}
	return r.depth[k]
}

func (r *regrouper) number(c float64) int32 {
	k, ok := r.work.numbers[c]
	if !ok {
		k = r.put(value{kind: aNumber, c: c})
		r.work.numbers[c] = k
	}
	return k
}

func (r *regrouper) multiply(g *group, pair [2]int32) int32 {
	k, ok := r.work.pairs[pair]
	if !ok {
		k = r.put(value{
			kind: aProduct, a: pair[0], b: pair[1], factors: r.storage.merged(r.factorsOf(pair[0]), r.factorsOf(pair[1])),
			depth: max(r.depthOf(pair[0]), r.depthOf(pair[1])) + 1,
		})
		r.work.pairs[pair] = k
		g.products++
	}
	return k
}

// commonest returns the pair of factors that occurs most often, if one does more than once; of several, the one that is known
// first.
func (r *regrouper) commonest() (best [2]int32, ok bool) {
	counts := r.work.counts
	clear(counts)
	for _, x := range r.work.items {
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
		if (n > most || ok && n == most && r.before(pair, best)) && r.allowed(pair) {
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
func (r *regrouper) earliest(x []factor) (best [2]int32, ok bool) {
	for i, f := range x {
		for j, h := range x[i:] {
			if j == 0 && f.power == 1 {
				continue
			}
			if pair := inOrder(f.of, h.of); (!ok || r.before(pair, best)) && r.allowed(pair) {
				best, ok = pair, true
			}
		}
	}
	return best, ok
}

// replace puts a product in place of its factors, as often as they occur.
func (s *factors) replace(x []factor, pair [2]int32, product int32) []factor {
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
	y := s.make(len(x) + 1)
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
