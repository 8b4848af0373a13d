package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/bench/harness"
)

func TestParts(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range parts() {
		if seen[p.Name] || p.Title == "" || p.Text == "" || (p.Rows == nil) == (p.Markdown == nil) {
			t.Errorf("part %q: named twice, or incomplete", p.Name)
		}
		seen[p.Name] = true
	}
	if _, err := choose([]string{"no such"}); err == nil {
		t.Error("a part that there is not is chosen")
	}
}

// The README quotes rows that there are, and what it says is what was measured last.
func TestQuotations(t *testing.T) {
	for _, q := range quotations {
		chosen, err := choose([]string{q.part})
		if err != nil {
			t.Fatal(err)
		}
		rows := chosen[0].Rows()
		for _, l := range q.lines {
			match := func(r harness.Row) bool { return regexp.MustCompile(l.rows).MatchString(r.Work) }
			if !slices.ContainsFunc(rows, match) {
				t.Errorf("%s: no row is like %q", q.part, l.rows)
			}
		}
	}
	text, err := os.ReadFile("../" + readme)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("..")
	quoted, err := quote(text)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, quoted) {
		t.Errorf("the README does not quote what was measured last: go -C bench run ./results quotes it")
	}
}
