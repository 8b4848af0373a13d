package gradus_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// dag says what each package of the library may import: the packages on the right and whatever
// those may import. It is a statement of policy. DO NOT CHANGE THIS DATA TO FIX BUILDS.
// A package need not exist yet. Tests may import anything.
const dag = `
	gradus:            # documentation only
	internal/debug:
	internal/golden:   # for tests only
	internal/pick:
	internal/tree:
	internal/loop:
	internal/fence:    # for tests only
	internal/workers:
	internal/gemm:     internal/workers
	internal/amd64:    internal/loop
	trace:             internal/tree internal/pick internal/debug
	internal/blame:    trace        # for tests only
	internal/native:   trace internal/amd64
	num:               internal/native internal/gemm
	internal/rows:     num      # for tests only
	internal/pass:     num
	dual:              internal/pass
	batch:             internal/pass
	tape:              dual batch
	internal/call:     tape
	flow:              internal/call
	linalg:            flow
	internal/looptest: internal/loop # for tests only
	internal/vm:       internal/loop
	internal/compile:  linalg internal/vm internal/amd64
	transforms:        internal/compile
	internal/agree:    transforms   # for tests only
	tree:              num
	jac:               transforms tree
	hvp:               jac
	bridge:            hvp
	implicit:          transforms flow linalg tree jac
	gradcheck:         jac
`

// private are the packages that only those named may import, whoever stands above them.
var private = map[string][]string{
	"internal/compile": {"transforms"},
	"internal/vm":      {"internal/compile"},
	"internal/amd64":   {"internal/compile", "internal/native"},
}

// outsiders are the modules that the library may import, and where.
var outsiders = map[string][]string{
	"gonum.org/v1/gonum":   {"num", "linalg", "internal/gemm", "internal/vm", "bridge"},
	"golang.org/x/sys/cpu": {"internal/amd64", "internal/gemm", "internal/vm", "internal/compile"},
}

const module = "github.com/gradus-ad/gradus"

// TestImports holds every import of the library against the DAG.
func TestImports(t *testing.T) {
	allowed := parseDAG(t)
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		pkg := local(words[0])
		may, ok := allowed[pkg]
		if !ok {
			t.Errorf("package %s is not in the DAG", pkg)
		}
		for _, path := range words[1:] {
			if strings.HasPrefix(path, module) {
				users, closed := private[local(path)]
				if !may[local(path)] || closed && !slices.Contains(users, pkg) {
					t.Errorf("%s may not import %s", pkg, local(path))
				}
			} else if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && !outside(pkg, path) {
				t.Errorf("%s may not import %s", pkg, path)
			}
		}
	}
}

// parseDAG returns what each package may import, directly or by way of others.
func parseDAG(t *testing.T) map[string]map[string]bool {
	allowed := map[string]map[string]bool{}
	for line := range strings.Lines(dag) {
		line, _, _ = strings.Cut(line, "#")
		pkg, imports, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		may := map[string]bool{}
		for _, p := range strings.Fields(imports) {
			below, ok := allowed[p]
			if !ok {
				t.Fatalf("%s stands above %s in the DAG", pkg, p)
			}
			may[p] = true
			for q := range below {
				may[q] = true
			}
		}
		allowed[pkg] = may
	}
	return allowed
}

func local(path string) string {
	if path == module {
		return "gradus"
	}
	return strings.TrimPrefix(path, module+"/")
}

func outside(pkg, path string) bool {
	for prefix, users := range outsiders {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return slices.Contains(users, pkg)
		}
	}
	return false
}
