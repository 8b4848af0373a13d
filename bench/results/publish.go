package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gradus-ad/gradus/bench/harness"
)

// Where the results go, below the module's folder.
const (
	data     = "results/data" // what was measured, a file for each part
	document = "RESULTS.md"
)

func save(r harness.Result) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, r.Name+".json"), append(text, '\n'), 0o644)
}

// load returns what is kept of a part; ok is false if nothing is.
func load(name string) (r harness.Result, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(data, name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	return r, true, json.Unmarshal(text, &r)
}

// publish writes the document and the pictures from what is kept of all parts.
func publish() error {
	var doc bytes.Buffer
	fmt.Fprint(&doc, "# Results\n\nWritten by `go -C bench run ./results`; what it needs beside Go is installed by `bash bench/setup.sh`.\n")
	for _, p := range parts() {
		r, ok, err := load(p.Name)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		r.Title, r.Text = p.Title, p.Text // the words may be newer than the numbers
		fmt.Fprintln(&doc)
		r.Write(&doc)
		drawn, err := drawPart(r)
		if err != nil {
			return err
		}
		if drawn {
			fmt.Fprintf(&doc, "\n![%s](%s)\n", r.Title, picture(r.Name))
		}
	}
	if err := os.WriteFile(document, doc.Bytes(), 0o644); err != nil {
		return err
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	if text, err = quote(text); err != nil {
		return err
	}
	return os.WriteFile(readme, text, 0o644)
}
