package harness

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// CPU returns the name of the processor, as far as the system tells it.
func CPU() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	fields := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && fields[strings.TrimSpace(key)] == "" {
			fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	if fields["model name"] == "" {
		return runtime.GOARCH
	}
	return fields["model name"] + " (family " + fields["cpu family"] + ", model " + fields["model"] + ")"
}

// FirstLine returns the first line that a command prints, or "none" if it cannot be run.
func FirstLine(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "none"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}
