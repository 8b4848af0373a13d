// Package blame holds errors against the source of a test, for tests: the line that must be blamed
// says at its end, in a comment, what the error must say.
//
//	num.Add(a, b) // want `add: shapes do not broadcast: f64\[2\] x f64\[3\]$`
package blame

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/trace"
)

var wanted = regexp.MustCompile("(?m)// want `(.*)`$")

// Check demands that an error blames a line of a file, which stands in the directory of the test,
// with the text that the line wants.
func Check(t *testing.T, file string, err error) {
	t.Helper()
	e, ok := err.(*trace.Error)
	if !ok {
		t.Fatalf("got %v, want a *trace.Error", err)
	}
	if filepath.Base(e.Pos.File) != file {
		t.Fatalf("the wrong file is blamed: %v", e)
	}
	line := strings.Split(source(t, file), "\n")[e.Pos.Line-1]
	m := wanted.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("the wrong line is blamed: %v\n%s", e, line)
	}
	text := strings.TrimPrefix(e.Error(), e.Pos.String()+": ")
	if text == e.Error() {
		t.Errorf("the text does not begin with the position: %v", e)
	}
	if ok, err := regexp.MatchString("^"+m[1], text); !ok || err != nil {
		t.Errorf("got  %s\nwant %s %v", text, m[1], err)
	}
}

// Wants returns how many lines of a file want an error.
func Wants(t *testing.T, file string) int {
	t.Helper()
	return len(wanted.FindAllString(source(t, file), -1))
}

func source(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
