package harness

import (
	"os"
	"path/filepath"
)

// Python starts a program in Python as a child, by the interpreter in the .venv of the working directory or of one
// above it, where setup.sh puts one, or else by the system's.
func Python(program string) (*Child, error) { return Start(interpreter(), "-c", program) }

// PythonVersion returns the version that a package of Python says it has, or "none".
func PythonVersion(pkg string) string {
	return FirstLine(interpreter(), "-c", "import "+pkg+"; print("+pkg+".__version__)")
}

func interpreter() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if p := filepath.Join(dir, ".venv", "bin", "python"); exists(p) {
			return p
		}
		dir = filepath.Dir(dir)
	}
	return "python3"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
