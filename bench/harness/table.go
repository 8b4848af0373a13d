package harness

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Table prints, as Markdown, measurements of rows that are held to something: a ratio of the subject to a base.
type Table struct {
	Subject string   // the contender whose ratios count
	Others  []string // contenders that have a column each
	Rows    []Measurement
}

// Score returns the measured ratio as a multiple of the least one wanted, and whether there is one.
func (t Table) Score(m Measurement) (float64, bool) {
	got, ok := t.value(m)
	return got / m.Row.Least, ok
}

// value returns what counts of the subject: its ratio, or its seconds in an absolute row.
func (t Table) value(m Measurement) (float64, bool) {
	from := m.Ratios
	if m.Row.Absolute {
		from = m.Times
	}
	v, ok := from[t.Subject]
	return v, ok
}

// Summary writes how many rows are where they should be, the geometric mean of the ratios and the rows that fall
// short, the worst first.
func (t Table) Summary(w io.Writer) {
	rows, ratios, logs, reached, enough := slices.Clone(t.Rows), 0, 0.0, 0, 0
	rows = slices.DeleteFunc(rows, func(m Measurement) bool { _, ok := t.Score(m); return !ok })
	for _, m := range rows {
		v, _ := t.value(m)
		if !m.Row.Absolute {
			ratios, logs = ratios+1, logs+math.Log(v)
		}
		if v <= m.Row.Reach {
			reached++
		}
		if v <= m.Row.Least {
			enough++
		}
	}
	fmt.Fprintf(w, "%d rows measured of %d: %d at what they are to reach, %d within the least, %d short.\n", len(rows), len(t.Rows), reached, enough, len(rows)-enough)
	if ratios > 0 {
		fmt.Fprintf(w, "Geometric mean of the ratios: %.2f.\n", math.Exp(logs/float64(ratios)))
	}
	slices.SortStableFunc(rows, func(a, b Measurement) int {
		x, _ := t.Score(a)
		y, _ := t.Score(b)
		return int(math.Copysign(1, y-x))
	})
	for i, m := range rows {
		score, _ := t.Score(m)
		if i > 0 && score <= 1 {
			break
		}
		v, _ := t.value(m)
		fmt.Fprintf(w, "* %s: %s, %.1f times the least wanted\n", m.Row.Work, m.Row.bar(v), score)
	}
}

// Markdown writes the table.
func (t Table) Markdown(w io.Writer) {
	head := append([]string{"work", "base", "base's time", t.Subject, "ratio", "reach", "at least", "verdict"}, t.Others...)
	fmt.Fprintf(w, "| %s |\n|---|---|%s\n", strings.Join(head, " | "), strings.Repeat("---:|", len(head)-2))
	for _, m := range t.Rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(t.cells(m), " | "))
	}
}

func (t Table) cells(m Measurement) []string {
	r := m.Row
	cells := []string{r.Work, r.Base, cell(m, r.Base, m.Times, Duration), cell(m, t.Subject, m.Times, Duration),
		cell(m, t.Subject, m.Ratios, ratio), r.bar(r.Reach), r.bar(r.Least), t.verdict(m)}
	for _, name := range t.Others {
		if r.Base == "" {
			cells = append(cells, cell(m, name, m.Times, Duration))
		} else {
			cells = append(cells, cell(m, name, m.Ratios, ratio))
		}
	}
	return cells
}

// cell shows what was measured of a contender, or says why nothing was.
func cell(m Measurement, name string, from map[string]float64, show func(float64) string) string {
	if v, ok := from[name]; ok {
		return show(v)
	}
	if why := m.Missing[name]; why != "" {
		return "not measured: " + why
	}
	return ""
}

func (t Table) verdict(m Measurement) string {
	v, ok := t.value(m)
	switch {
	case !ok:
		return ""
	case v <= m.Row.Reach:
		return "reached"
	case v <= m.Row.Least:
		return "enough"
	}
	return "**short**"
}

// bar writes what a row is held to: a ratio or seconds.
func (r Row) bar(v float64) string {
	if r.Absolute {
		return Duration(v)
	}
	return ratio(v)
}

func ratio(v float64) string { return fmt.Sprintf("%.2f", v) }

// Duration writes seconds with three digits.
func Duration(s float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}} {
		if s >= u.size {
			return fmt.Sprintf("%.3g %s", s/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", s/1e-9)
}
