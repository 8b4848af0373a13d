// Package golden compares texts with those in an archive of expected ones, for tests. An archive
// is a file of blocks, each a line "-- name --" and the text below it. With the flag -update, a
// test writes what it got instead.
package golden

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden archives")

// Archive is an archive of expected texts.
type Archive struct {
	want map[string]string
	got  strings.Builder
	seen map[string]bool
}

// Open reads an archive. When the test ends, it reports blocks that were not asked for.
func Open(t *testing.T, file string) *Archive {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	a := &Archive{want: parse(string(data)), seen: map[string]bool{}}
	t.Cleanup(func() {
		if *update {
			if err := os.WriteFile(file, []byte(a.got.String()), 0o666); err != nil {
				t.Error(err)
			}
			return
		}
		for name := range a.want {
			if !a.seen[name] && !t.Failed() {
				t.Errorf("%s: nothing gives %q any more", file, name)
			}
		}
	})
	return a
}

// Check compares got with the text of that name.
func (a *Archive) Check(t *testing.T, name, got string) {
	t.Helper()
	got = strings.TrimRight(got, "\n") + "\n"
	if a.seen[name] {
		t.Fatalf("two texts are named %q", name)
	}
	a.seen[name] = true
	a.got.WriteString("-- " + name + " --\n" + got)
	if want := a.want[name]; got != want && !*update {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// Given returns a text that is not made but read; -update leaves it as it is. The text above the
// first head line is named "".
func (a *Archive) Given(name string) string {
	a.seen[name] = true
	if name != "" {
		a.got.WriteString("-- " + name + " --\n")
	}
	a.got.WriteString(a.want[name])
	return a.want[name]
}

func parse(data string) map[string]string {
	blocks := map[string]string{}
	name := ""
	for line := range strings.Lines(data) {
		if n, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(n, " --\n") {
			name = strings.TrimSuffix(n, " --\n")
			continue
		}
		blocks[name] += line
	}
	return blocks
}
