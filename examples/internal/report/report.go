// Package report is what the examples print with: lines of reference, ours and error, which make
// the program fail when an error is too large.
package report

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"
)

// Report collects what an example prints and whether it has failed.
type Report struct {
	w      io.Writer
	dir    string
	failed bool
}

// Main runs an example: it prints to the standard output, writes pictures to the folder in the
// first argument (without one, to the working directory) and exits with status 1 if a check or the
// example itself failed.
func Main(run func(*Report) error) {
	r := &Report{w: os.Stdout, dir: "."}
	if len(os.Args) > 1 {
		r.dir = os.Args[1]
	}
	if err := run(r); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if r.failed {
		os.Exit(1)
	}
}

// Printf prints.
func (r *Report) Printf(format string, args ...any) { fmt.Fprintf(r.w, format, args...) }

// Check prints a reference, our value and the error, relative to the reference unless that is 0,
// and fails the example if the error is above tol or not a number.
func (r *Report) Check(what string, reference, ours, tol float64) {
	e := math.Abs(ours - reference)
	if reference != 0 {
		e /= math.Abs(reference)
	}
	verdict := "ok"
	if !(e <= tol) {
		verdict = "TOO LARGE"
		r.failed = true
	}
	r.Printf("  %-44s reference % .10e  ours % .10e  error %.1e (allowed %.0e) %s\n", what, reference, ours, e, tol, verdict)
}

// CheckSmall prints an error that is already a number without units, and fails the example if it is
// above tol or not a number.
func (r *Report) CheckSmall(what string, e, tol float64) {
	verdict := "ok"
	if !(math.Abs(e) <= tol) {
		verdict = "TOO LARGE"
		r.failed = true
	}
	r.Printf("  %-44s error %.1e (allowed %.0e) %s\n", what, math.Abs(e), tol, verdict)
}

// Time returns how long f takes.
func Time(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// Path returns where to write the picture of the given name, and says so.
func (r *Report) Path(name string) string {
	r.Printf("picture: %s\n", name)
	return filepath.Join(r.dir, name)
}
