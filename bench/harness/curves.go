package harness

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Curves prints how times grow: a table for each group of rows, a line for each size.
type Curves Table

// Markdown writes the tables.
func (c Curves) Markdown(w io.Writer) {
	for i, group := range c.Groups() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		rows := c.Group(group)
		names := c.names(rows)
		fmt.Fprintf(w, "| %s | %s | %s |\n|---:|---:|%s\n", group, rows[0].Row.Base, strings.Join(names, " | "), strings.Repeat("---:|", len(names)))
		for _, m := range rows {
			cells := []string{m.Row.place(), cell(m, m.Row.Base, m.Times, Duration)}
			for _, name := range names {
				cells = append(cells, cell(m, name, m.Ratios, Times))
			}
			fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
		}
	}
}

// Groups returns what grows, in the order of the rows.
func (c Curves) Groups() (names []string) {
	for _, m := range c.Rows {
		if !slices.Contains(names, m.Row.Group) {
			names = append(names, m.Row.Group)
		}
	}
	return names
}

// Group returns the rows of a group.
func (c Curves) Group(name string) []Measurement {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(m Measurement) bool { return m.Row.Group != name })
}

// names returns the others that have been measured in some of the rows.
func (c Curves) names(rows []Measurement) []string {
	return slices.DeleteFunc(slices.Clone(c.Others), func(name string) bool {
		return !slices.ContainsFunc(rows, func(m Measurement) bool { _, ok := m.Ratios[name]; return ok })
	})
}

// place returns what tells the row from others of its group.
func (r Row) place() string {
	if r.Size == 0 {
		return r.Work
	}
	return strconv.FormatFloat(r.Size, 'f', -1, 64)
}
