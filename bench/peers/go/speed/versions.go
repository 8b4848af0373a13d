package main

import (
	"runtime/debug"
	"slices"
	"strings"
)

// paths are the modules of the libraries.
var paths = []string{"gonum.org/v1/gonum", "github.com/gomlx/gomlx", "gorgonia.org/gorgonia", "bitbucket.org/dtolpin/infergo", "github.com/nlpodyssey/spago", "github.com/born-ml/born"}

// versions returns a module and its version a line.
func versions() string {
	info, _ := debug.ReadBuildInfo()
	var lines []string
	for _, m := range info.Deps {
		if slices.Contains(paths, m.Path) {
			lines = append(lines, m.Path+" "+m.Version)
		}
	}
	return strings.Join(lines, "\n")
}
