package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

// client is the suite's side of the protocol.
type client struct {
	t   *testing.T
	to  io.Writer
	in  *bufio.Reader
	ids int
}

// connect starts the loop and says hello to it; it must end without an error when the test does.
func connect(t *testing.T) *client {
	toTool, fromEval := io.Pipe()
	toEval, fromTool := io.Pipe()
	done := make(chan error)
	go func() {
		err := serve(toTool, fromTool)
		toTool.CloseWithError(errors.New("the loop has ended"))
		fromTool.Close()
		done <- err
	}()
	t.Cleanup(func() {
		fromEval.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &client{t: t, to: fromEval, in: bufio.NewReader(toEval)}
}

type answerLine struct {
	ID      *int
	Tool    string
	Success *bool
	Error   *string
	Output  json.RawMessage
	Timings []struct {
		Name        string
		Nanoseconds int64
	}
}

// send sends a message of which the id is added, and returns the answer, which must have that id.
func (c *client) send(m map[string]any) answerLine {
	c.t.Helper()
	m["id"] = c.ids
	line, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.to.Write(append(line, '\n')); err != nil {
		c.t.Fatal(err)
	}
	text, err := c.in.ReadBytes('\n')
	if err != nil {
		c.t.Fatal(err)
	}
	var a answerLine
	if err := json.Unmarshal(text, &a); err != nil {
		c.t.Fatalf("%v: %.200s", err, text)
	}
	if a.ID == nil || *a.ID != c.ids {
		c.t.Fatalf("message %d is answered by %.200s", c.ids, text)
	}
	c.ids++
	return a
}

func TestMessages(t *testing.T) {
	c := connect(t)
	if a := c.send(map[string]any{"kind": "start", "eval": "lse"}); a.Tool != "gradus" {
		t.Errorf("start: %+v", a)
	}
	if a := c.send(map[string]any{"kind": "define", "module": "lse"}); a.Success == nil || !*a.Success || a.Error != nil {
		t.Errorf("define: %+v", a)
	}
	if a := c.send(map[string]any{"kind": "of another version", "module": 7}); a.Success != nil || a.Error != nil {
		t.Errorf("unknown kind: %+v", a)
	}
	input := map[string]any{"x": []float64{1, 2}, "min_runs": 3, "min_seconds": 0}
	a := c.send(map[string]any{"kind": "evaluate", "module": "lse", "function": "primal", "input": input})
	if len(a.Timings) != 4 || a.Timings[0].Name != "prepare" || a.Timings[3].Name != "evaluate" {
		t.Errorf("three runs: %+v", a)
	}
	input["min_seconds"] = 0.02
	a = c.send(map[string]any{"kind": "evaluate", "module": "lse", "function": "primal", "input": input})
	var total int64
	for _, r := range a.Timings[1:] {
		total += r.Nanoseconds
	}
	if total < 2e7 || total-a.Timings[len(a.Timings)-1].Nanoseconds >= 2e7 {
		t.Errorf("%d runs took %d ns", len(a.Timings)-1, total)
	}
}

// Failures are answered with a reason, and the tool goes on.
func TestFailures(t *testing.T) {
	c := connect(t)
	for _, f := range []struct{ eval, function, input, want string }{
		{"lse", "primal", `{"x":[[1,2],[3]]}`, "lists of 2 and 1 elements at one depth"},
		{"lse", "primal", `{"x":[1,[2]]}`, "numbers at different depths"},
		{"lse", "primal", `{"x":[[],1]}`, "numbers at different depths"},
		{"lse", "primal", `{"x":["1"]}`, "is not a number"},
		{"lse", "primal", `{"x":[1e999]}`, "is not a number"},
		{"lse", "primal", `{"x":{"0":1}}`, "is not a number"},
		{"lse", "primal", `7`, "cannot unmarshal number"},
		{"lse", "primal", `{"x":[]}`, "lse.go"},
		{"llsq", "gradient", `{"n":3}`, "f64[]"},
		{"llsq", "gradient", `{"x":[1,2],"n":-1}`, "-1"},
		{"det", "primal", `{"A":[1,2,3],"ell":2}`, "reshape"},
		{"kmeans", "dir", `{"points":[[0],[1]],"centroids":[[0],[5]]}`, "NaN"},
		{"kmeans", "cost", `{"points":[[0,1],[1,2]],"centroids":[[0,1,2],[3,4,5]]}`, "kmeans.go"},
		{"lstm", "objective", `{}`, "lstm"},
		{"ba", "objective", `{"n":0,"m":1,"p":1,"cam":[1,2],"x":[1],"w":1,"feat":[1]}`, "ba"},
		{"hello", "square", `"one"`, "is not a number"},
		{"hello", "cube", `1`, "no such function"},
		{"gcc", "primal", `1`, "no such function"},
	} {
		message := map[string]any{"kind": "evaluate", "module": f.eval, "function": f.function, "input": json.RawMessage(f.input)}
		a := c.send(message)
		if a.Success == nil || *a.Success || a.Output != nil || a.Error == nil || !strings.Contains(*a.Error, f.want) {
			t.Errorf("%s %s %s: %s", f.eval, f.function, f.input, describe(a))
		}
	}
	for _, module := range []any{"gcc", 7, nil} {
		if a := c.send(map[string]any{"kind": "define", "module": module}); a.Success == nil || *a.Success || a.Error == nil {
			t.Errorf("define %v: %s", module, describe(a))
		}
	}
}

func describe(a answerLine) string {
	text, _ := json.Marshal(a)
	return string(text)
}

// What is not a message cannot be answered: the loop ends with an error that says which line it was.
func TestNoMessages(t *testing.T) {
	for _, line := range []string{
		`{"id":1,"kind":"define","module":`, `[]`, `true`, `{}`, `{"kind":"start"}`, `{"id":1}`, `{"id":"1","kind":"start"}`, `{"id":0.5,"kind":"start"}`, "\x00",
	} {
		var out strings.Builder
		err := serve(strings.NewReader("\n"+`{"id":0,"kind":"start"}`+"\n"+line), &out)
		if err == nil || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%s: %v", line, err)
		}
		if want := `{"id":0,"tool":"gradus"}` + "\n"; out.String() != want {
			t.Errorf("%s: answered %s", line, out.String())
		}
	}
}

// A last line need not end.
func TestLastLine(t *testing.T) {
	var out strings.Builder
	err := serve(strings.NewReader(`{"id":5,"kind":"evaluate","module":"hello","function":"double","input":1.5}`), &out)
	if err != nil || !strings.HasPrefix(out.String(), `{"id":5,"success":true,"output":3,"timings":[`) {
		t.Errorf("%s, %v", out.String(), err)
	}
}
