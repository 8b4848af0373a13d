package peers

import (
	"fmt"
	"os/exec"

	"github.com/gradus-ad/gradus/bench/harness"
)

// Abilities is the table of what libraries can do.
func Abilities() harness.Part {
	return harness.Part{
		Name: "abilities", Title: "What libraries can do",
		Text: `Each cell is what a program found that was run for it, in ` + "`peers/go/abilities`" + `: "yes" is numbers as they should be, "partly" the same by other means
than asked for, "wrong" other numbers without an error, "fails" an error or a panic, and "no" that no exported name of the library
is like that of what is asked for. The notes say what is behind a cell. GoMLX is that with its backend in Go.`,
		Markdown: func() (string, error) { return abilities() },
	}
}

// abilities makes the table, with the columns of Python unless an argument says no.
func abilities(args ...string) (string, error) {
	p := build("abilities")
	if p.why != "" {
		return "", fmt.Errorf("the libraries for Go: %s", p.why)
	}
	c := exec.Command(p.path, args...)
	c.Dir = p.dir // for the module's dependencies
	out, err := c.Output()
	return string(out), err
}
