package harness

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"time"
)

// Part is one table of the results, measured in one run.
type Part struct {
	Name    string   // on the command line
	Title   string   // of its section
	Text    string   // what is compared, in Markdown
	Style   Style    // of the table
	Subject string   // the contender that the part is about
	Others  []string // those that have a column each
	// Versions says what took part, a name and a version each. It may be nil.
	Versions func() [][2]string
	// Rows are what is measured.
	Rows func() []Row
	// Markdown, in place of Rows, makes a part that is not of times.
	Markdown func() (string, error)
}

// Style is how the measurements of a part are shown.
type Style int

// The styles.
const (
	Against Style = iota // the subject's time as a multiple of the base's, and what it is held to: see Table
	Versus               // each other's time as a multiple of the subject's, which is the base: see Multiples
	Growth               // each one's time as a multiple of the base's as something grows: see Curves
)

// Result is what a part came to.
type Result struct {
	Name, Title, Text string
	Style             Style
	Subject           string
	Others            []string      `json:",omitempty"`
	Versions          [][2]string   // what it was measured on, and when
	How               string        // it was measured
	Rows              []Measurement `json:",omitempty"`
	Markdown          string        `json:",omitempty"`
}

// Write writes a section of the results.
func (r Result) Write(w io.Writer) {
	fmt.Fprintf(w, "## %s\n\n%s\n\n", r.Title, r.Text)
	if r.How != "" {
		fmt.Fprintf(w, "%s\n\n", r.How)
	}
	for _, v := range r.Versions {
		fmt.Fprintf(w, "* %s: %s\n", v[0], v[1])
	}
	fmt.Fprintln(w)
	t := Table{r.Subject, r.Others, r.Rows}
	switch {
	case r.Markdown != "":
		fmt.Fprintln(w, r.Markdown)
	case r.Style == Versus:
		Multiples(t).Markdown(w)
	case r.Style == Growth:
		Curves(t).Markdown(w)
	default:
		t.Summary(w)
		fmt.Fprintln(w)
		t.Markdown(w)
	}
}

// MeasurePart measures the rows of a part whose work matches.
func MeasurePart(p Part, wanted *regexp.Regexp, plan Plan) (Result, error) {
	r := Result{Name: p.Name, Title: p.Title, Text: p.Text, Style: p.Style, Subject: p.Subject, Others: p.Others, Versions: Machine()}
	if p.Versions != nil {
		r.Versions = append(r.Versions, p.Versions()...)
	}
	if p.Markdown != nil {
		var err error
		r.Markdown, err = p.Markdown()
		return r, err
	}
	r.How = plan.String()
	for _, row := range p.Rows() {
		if !wanted.MatchString(row.Work) {
			continue
		}
		fmt.Fprintln(os.Stderr, row.Work)
		m, err := Measure(row, plan)
		if err != nil {
			return r, err
		}
		r.Rows = append(r.Rows, m)
		runtime.GC()
	}
	return r, nil
}

// String says how times are taken.
func (p Plan) String() string {
	of := "the clock's time"
	if onCPU {
		of = "the processor's time"
	}
	return fmt.Sprintf("Medians of up to %d rounds, of about %v for each contender in turn; %s.", p.Rounds, p.Block, of)
}

// Machine says when and on what something is measured.
func Machine() [][2]string {
	return [][2]string{{"date", time.Now().Format(time.DateOnly)}, {"processor", CPU()}, {"Go", runtime.Version()}}
}
