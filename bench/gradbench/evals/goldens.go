package evals

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
)

//go:embed testdata/*.json.gz
var goldens embed.FS

// Input returns the input in a file of testdata, which is named without .json.gz.
func Input(name string) ([]byte, error) {
	file, err := goldens.ReadFile("testdata/" + name + ".json.gz")
	if err != nil {
		return nil, err
	}
	text, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var golden struct{ Input json.RawMessage }
	err = json.NewDecoder(text).Decode(&golden)
	return golden.Input, err
}
