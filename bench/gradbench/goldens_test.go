package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// golden is what a file in evals/testdata says: an input and what functions make of it.
type golden struct {
	Eval    string
	Input   json.RawMessage
	Outputs map[string]any
	Cases   []struct { // of hello
		Function string
		Input    json.RawMessage
		Output   any
	}
}

func TestGoldens(t *testing.T) {
	files, err := filepath.Glob("evals/testdata/*.json.gz")
	if err != nil || len(files) != 29 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		g := readGolden(t, file)
		t.Run(filepath.Base(file), func(t *testing.T) {
			if testing.Short() && (g.Eval == "particle" || g.Eval == "saddle") {
				t.Skip("takes many seconds")
			}
			c := connect(t)
			c.send(map[string]any{"kind": "start", "eval": g.Eval})
			if a := c.send(map[string]any{"kind": "define", "module": g.Eval}); a.Success == nil || !*a.Success {
				t.Fatalf("%s is not defined", g.Eval)
			}
			for name, want := range g.Outputs {
				c.check(g.Eval, name, g.Input, want)
			}
			for _, h := range g.Cases {
				c.check(g.Eval, h.Function, h.Input, h.Output)
			}
		})
	}
}

func (c *client) check(eval, function string, input json.RawMessage, want any) {
	c.t.Helper()
	id := c.ids
	a := c.send(map[string]any{"kind": "evaluate", "module": eval, "function": function, "input": input})
	if a.Success == nil || !*a.Success || a.Error != nil {
		c.t.Errorf("%s: %s", function, describe(a))
		return
	}
	var got any
	if err := json.Unmarshal(a.Output, &got); err != nil {
		c.t.Fatal(err)
	}
	// The largest is that of lse, of which the references differ among themselves by 4e-13.
	if e := scaled(got, want); !(e <= 1e-12) {
		c.t.Errorf("%s: off by %.1e of the largest element", function, e)
	}
	if len(a.Timings) != 2 || a.Timings[0].Name != "prepare" || a.Timings[1].Name != "evaluate" {
		c.t.Errorf("%s: timings %v", function, a.Timings)
	}
	c.send(map[string]any{"kind": "analysis", "of": id, "valid": true})
}

func readGolden(t *testing.T, file string) golden {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.NewDecoder(r).Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

// scaled returns the largest difference between two values of JSON over the largest number wanted; it is NaN if
// they differ in structure.
func scaled(got, want any) float64 {
	var off, largest float64
	var compare func(got, want any) error
	compare = func(got, want any) error {
		switch want := want.(type) {
		case float64:
			g, ok := got.(float64)
			if !ok {
				return fmt.Errorf("not a number")
			}
			off, largest = math.Max(off, math.Abs(g-want)), math.Max(largest, math.Abs(want))
		case []any:
			g, ok := got.([]any)
			if !ok || len(g) != len(want) {
				return fmt.Errorf("not a list of that length")
			}
			for i := range want {
				if err := compare(g[i], want[i]); err != nil {
					return err
				}
			}
		case map[string]any:
			g, ok := got.(map[string]any)
			if !ok || len(g) != len(want) {
				return fmt.Errorf("not an object of as many fields")
			}
			for k := range want {
				if err := compare(g[k], want[k]); err != nil {
					return err
				}
			}
		default:
			return fmt.Errorf("no number")
		}
		return nil
	}
	if compare(got, want) != nil {
		return math.NaN()
	}
	if largest == 0 {
		return off
	}
	return off / largest
}
