// Package examples_test runs every example and compares what it prints with its golden.txt.
package examples_test

import (
	"bytes"
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Times, and what is computed from times, differ from run to run.
var timing = regexp.MustCompile(`[0-9.]+ s\b|factor of about +[0-9.]+`)

func TestExamples(t *testing.T) {
	programs, err := filepath.Glob("*/main.go")
	if err != nil || len(programs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, p := range programs {
		name := filepath.Dir(p)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pictures := t.TempDir()
			cmd := exec.Command("go", "run", "./"+name, pictures)
			var errors bytes.Buffer
			cmd.Stderr = &errors
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s%s", err, out, errors.Bytes())
			}
			got := timing.ReplaceAllString(string(out), "TIME")
			golden := filepath.Join(name, "golden.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, got, string(want))
			checkPictures(t, pictures, got)
		})
	}
}

// compare wants the same words; numbers may differ in their last digits from platform to platform, and
// errors, which are rounding errors, altogether: the example itself has judged them.
func compare(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(strings.ReplaceAll(want, "\r\n", "\n"), "\n")
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d:\n%s", len(g), len(w), got)
		return
	}
	for i := range g {
		if !sameLine(strings.Fields(g[i]), strings.Fields(w[i])) {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
}

func sameLine(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for i, g := range got {
		x, err1 := strconv.ParseFloat(g, 64)
		y, err2 := strconv.ParseFloat(want[i], 64)
		switch {
		case g == want[i], i > 0 && got[i-1] == "error":
		case err1 != nil || err2 != nil || math.Abs(x-y) > 1e-6*math.Max(math.Abs(y), 1e-3):
			return false
		}
	}
	return true
}

// checkPictures wants every picture that the program says it has drawn, as a PNG.
func checkPictures(t *testing.T, dir, out string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(out) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "picture: ")
		if !ok {
			continue
		}
		n++
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) {
			t.Errorf("picture %s: %v, %d bytes", name, err, len(data))
		}
	}
	if n == 0 {
		t.Error("the example draws no picture")
	}
}
