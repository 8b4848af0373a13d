package costs

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/bench/harness"
)

// Memory is the part about what loops keep, which benchmarks of the package flow measure in processes of their own.
func Memory() harness.Part {
	return harness.Part{
		Name: "memory", Title: "Memory of loops",
		Text: "The gradient of a million steps of a state of ten numbers (MillionSteps: MB alive at most, and seconds as a multiple of those without\n" +
			"checkpoints, one run), of 1,000 steps of a hundred numbers (Checkpoints), and how much longer loops of n updates of n elements take for\n" +
			"twice the n (Updates), by `go test -run - -bench 'MillionSteps|Checkpoints|Updates' ./flow`.",
		Markdown: func() (string, error) {
			var table strings.Builder
			table.WriteString("| benchmark | came to |\n|---|---|\n")
			for _, b := range [][2]string{{"MillionSteps", "1x"}, {"Checkpoints|Updates", "9x"}} {
				cmd := exec.Command("go", "test", "-C", "..", "-run", "-", "-bench", b[0], "-benchtime", b[1], "-timeout", "1h", "./flow")
				out, err := cmd.CombinedOutput()
				if err != nil {
					return "", fmt.Errorf("%v: %w\n%s", cmd, err, out)
				}
				table.WriteString(metrics(out))
			}
			return strings.TrimSuffix(table.String(), "\n"), nil
		},
	}
}

// metrics returns a row for each line of go test's output that is of a benchmark.
func metrics(output []byte) string {
	var rows []string
	for lines := bufio.NewScanner(bytes.NewReader(output)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(words[0], "Benchmark"), "-")
		var values []string
		for i := 2; i+1 < len(words); i += 2 {
			if words[i+1] != "ns/op" {
				values = append(values, words[i]+" "+words[i+1])
			}
		}
		rows = append(rows, fmt.Sprintf("| %s | %s |\n", strings.ReplaceAll(name, "_", " "), strings.Join(values, ", ")))
	}
	slices.Sort(rows) // some benchmarks come in no order
	return strings.Join(rows, "")
}
