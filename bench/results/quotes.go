package main

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/gradus-ad/gradus/bench/harness"
)

// readme quotes the results between two marks.
const (
	readme   = "../README.md"
	markFrom = "<!-- quoted by go -C bench run ./results -->\n"
	markTo   = "<!-- end of what is quoted -->\n"
)

// quoted is a line of the README for the rows of a part that match, with the range of their ratios.
type quoted struct{ what, rows string }

// quotation is a table of the README.
type quotation struct {
	part, text string   // what is said before the table, a paragraph
	title      string   // of the first column
	of         []string // contenders whose ratios are shown; none for the subject's
	lines      []quoted
}

// quote returns the text of the README with what is kept between the marks.
func quote(text []byte) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(markFrom))
	_, after, ended := bytes.Cut(rest, []byte(markTo))
	if !ok || !ended {
		return nil, fmt.Errorf("%s: the marks between which results are quoted are missing", readme)
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(markFrom)
	for _, q := range quotations {
		r, ok, err := load(q.part)
		if err != nil {
			return nil, err
		}
		if ok {
			b.WriteString("\n" + q.text + q.table(r))
		}
	}
	b.WriteString("\n" + markTo)
	b.Write(after)
	return b.Bytes(), nil
}

// table returns the quotation from a result.
func (q quotation) table(r harness.Result) string {
	of := q.of
	if of == nil {
		of = []string{r.Subject}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s |\n|---|%s\n", q.title, strings.Join(q.columns(), " | "), strings.Repeat("---|", len(of)))
	for _, l := range q.lines {
		fmt.Fprintf(&b, "| %s |", l.what)
		for _, name := range of {
			fmt.Fprintf(&b, " %s |", span(r, regexp.MustCompile(l.rows), name))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (q quotation) columns() []string {
	if q.of == nil {
		return []string{"times C"}
	}
	return q.of
}

// span returns the least and the largest ratio of a contender in the rows that match.
func span(r harness.Result, rows *regexp.Regexp, name string) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range r.Rows {
		if v, ok := m.Ratios[name]; ok && rows.MatchString(m.Row.Work) {
			low, high = min(low, v), max(high, v)
		}
	}
	switch {
	case low > high:
		return ""
	case harness.Times(low) == harness.Times(high):
		return harness.Times(low)
	}
	return harness.Times(low) + " to " + harness.Times(high)
}
