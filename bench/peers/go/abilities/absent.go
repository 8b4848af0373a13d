package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
)

// exported returns the exported functions, methods and types of a module that match a pattern, as package.Name.
func exported(module, pattern string) (found []string) {
	if listed[module] == nil {
		listed[module] = list(module)
	}
	wanted := regexp.MustCompile(pattern)
	for _, name := range listed[module] {
		if wanted.MatchString(name[strings.Index(name, ".")+1:]) {
			found = append(found, name)
		}
	}
	return found
}

// listed is what modules export.
var listed = map[string][]string{}

func list(module string) []string {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		panic(err)
	}
	var found []string
	err = filepath.WalkDir(strings.TrimSpace(string(dir)), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"internal", "testdata", "examples", "bench", "cmd"}, d.Name()) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil // a template
		}
		for _, name := range names(file) {
			if ast.IsExported(name) {
				found = append(found, file.Name.Name+"."+name)
			}
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	if len(found) == 0 {
		panic(module + " exports nothing: what is missing there shows nothing")
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func names(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if t, ok := s.(*ast.TypeSpec); ok {
					names = append(names, t.Name.Name)
				}
			}
		}
	}
	return names
}

// version returns the version of a module that this program was built with.
func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == module {
			return strings.TrimPrefix(m.Version, "v0.0.0") // ours is what is here
		}
	}
	return ""
}
