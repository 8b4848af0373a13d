package loop

// Live returns the loop without the instructions of which nothing is made that is stored or carried.
func (l *Loop) Live() *Loop {
	needed := make([]bool, len(l.Body))
	for _, v := range l.ends() {
		needed[v] = true
	}
	for k := range l.Body {
		if o := l.Body[k].Op; o == If || o == Else || o == End {
			needed[k] = true
			for from, to := l.Joins(k); from < to; from++ {
				needed[from] = true
			}
		}
	}
	left := 0
	for k := len(l.Body) - 1; k >= 0; k-- {
		if needed[k] {
			left++
			for _, v := range l.Body[k].Values() {
				needed[v] = true
			}
		}
	}
	out := &Loop{Arrays: l.Arrays, Folds: l.Folds, Sequential: l.Sequential, Lanes: l.Lanes, Nested: l.Nested, Few: l.Few,
		Picks: l.Picks, Ends: l.Ends}
	out.Body = make([]Instr, 0, left)
	number := make([]Value, len(l.Body))
	for k, i := range l.Body {
		if !needed[k] {
			continue
		}
		number[k] = Value(len(out.Body))
		out.Body = append(out.Body, i.renamed(number))
	}
	for _, s := range l.Stores {
		s.Value = number[s.Value]
		out.Stores = append(out.Stores, s)
	}
	if l.Ends {
		out.While = number[l.While]
	}
	for _, v := range l.Next {
		out.Next = append(out.Next, number[v])
	}
	return out
}
