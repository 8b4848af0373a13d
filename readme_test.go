package gradus_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// block returns the text of the first fenced block that follows a line in the README.
func block(t *testing.T, readme, after, fence string) string {
	t.Helper()
	_, rest, ok := strings.Cut(readme, after)
	_, rest, ok2 := strings.Cut(rest, "\n"+fence+"\n")
	text, _, ok3 := strings.Cut(rest, "```")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("the README has no block after %q", after)
	}
	return text
}

// TestREADME runs the first program of the README and compares what it prints.
func TestREADME(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.ReplaceAll(string(data), "\r\n", "\n")
	program := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(program, []byte(block(t, readme, "## The first program", "```go")), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", program).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := block(t, readme, "\nprints\n", "```"); string(out) != want {
		t.Errorf("the program prints\n%sbut the README says\n%s", out, want)
	}
}

// TestREADMECommands checks that what CI runs is what the README tells.
func TestREADMECommands(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	ci, err := os.ReadFile(".ci/run")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"go test ./...", "go -C examples run ./sensors"} {
		if !strings.Contains(string(readme), "\n    "+command+"\n") {
			t.Errorf("the README lacks the command %q", command)
		}
	}
	if !strings.Contains(string(ci), "\ngo test ./...\n") {
		t.Error("CI does not run the test command of the README")
	}
}
