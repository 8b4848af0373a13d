package harness

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Multiples prints the times of others as multiples of the subject's, which is the base of all rows.
type Multiples Table

// Markdown writes a geometric mean for each other contender and the table of rows, the worst for the subject first.
func (t Multiples) Markdown(w io.Writer) {
	for _, name := range t.Others {
		if mean, n, faster := t.summary(name); n > 0 {
			fmt.Fprintf(w, "* %s takes %s times as long (geometric mean of %d rows); it is faster in %d.\n", name, Times(mean), n, faster)
		}
	}
	head := append([]string{"work", t.Subject}, t.Others...)
	fmt.Fprintf(w, "\n| %s |\n|---|%s\n", strings.Join(head, " | "), strings.Repeat("---:|", len(head)-1))
	for _, m := range t.Sorted() {
		cells := []string{m.Row.Work, cell(m, t.Subject, m.Times, Duration)}
		for _, name := range t.Others {
			cells = append(cells, cell(m, name, m.Ratios, Times))
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}

// summary returns the geometric mean of a contender's multiples, how many there are and in how many rows it is
// faster than the subject.
func (t Multiples) summary(name string) (mean float64, rows, faster int) {
	logs := 0.0
	for _, m := range t.Rows {
		if r, ok := m.Ratios[name]; ok {
			rows, logs = rows+1, logs+math.Log(r)
			if r < 1 {
				faster++
			}
		}
	}
	return math.Exp(logs / float64(rows)), rows, faster
}

// Sorted returns the rows, those first whose fastest other is fastest.
func (t Multiples) Sorted() []Measurement {
	fastest := func(m Measurement) float64 {
		best := math.Inf(1)
		for _, name := range t.Others {
			if r, ok := m.Ratios[name]; ok {
				best = min(best, r)
			}
		}
		return best
	}
	return slices.SortedStableFunc(slices.Values(t.Rows), func(a, b Measurement) int { return cmp.Compare(fastest(a), fastest(b)) })
}

// Times writes a multiple with about two digits, and more only where it is near 1.
func Times(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.0f", v)
	}
	digits := math.Pow(10, math.Floor(math.Log10(v))-1)
	text := fmt.Sprintf("%.0f", math.Round(v/digits)*digits)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
