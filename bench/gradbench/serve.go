package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// message is what the suite sends; fields that a kind lacks stay empty.
type message struct {
	ID       *int64
	Kind     string
	Module   string
	Function string
	Input    json.RawMessage
}

// timing is a part of the answer: how long one run took, or the preparation.
type timing struct {
	name string
	time time.Duration
}

// serve answers messages until there are no more. A line that is not a message ends it with an error, since
// no answer could say what it answers.
func serve(r io.Reader, w io.Writer) error {
	in, out := bufio.NewReaderSize(r, 1<<20), bufio.NewWriterSize(w, 1<<20)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			response, err := answer(line)
			if err != nil {
				return fmt.Errorf("line %d is not a message: %v", n, err)
			}
			out.Write(append(response, '\n'))
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// answer returns the response to a message.
func answer(line []byte) ([]byte, error) {
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		return nil, err
	}
	if m.ID == nil || m.Kind == "" {
		return nil, fmt.Errorf("it has no id or no kind")
	}
	response := fmt.Appendf(nil, `{"id":%d`, *m.ID)
	switch m.Kind {
	case "start":
		response = append(response, `,"tool":"gradus"`...)
	case "define":
		if _, ok := evals[m.Module]; !ok {
			response = failure(response, fmt.Errorf("there is no eval %q", m.Module))
			break
		}
		response = append(response, `,"success":true`...)
	case "evaluate":
		output, timings, err := evaluate(m)
		if err != nil {
			response = failure(response, err)
			break
		}
		response = append(response, `,"success":true,"output":`...)
		response = append(response, output...)
		response = appendTimings(response, timings)
	}
	return append(response, '}'), nil
}

func failure(response []byte, err error) []byte {
	text, _ := json.Marshal(err.Error())
	return append(append(response, `,"success":false,"error":`...), text...)
}

func appendTimings(b []byte, ts []timing) []byte {
	b = append(b, `,"timings":[`...)
	for i, t := range ts {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"name":%q,"nanoseconds":%d}`, t.name, t.time.Nanoseconds())
	}
	return append(b, ']')
}

// evaluate runs a function as often and as long as the input asks, and returns what it gave as JSON.
func evaluate(m message) (output []byte, timings []timing, err error) {
	defer func() {
		// A mistake of the input shows as a panic that names the line whose shapes do not fit.
		if p := recover(); p != nil {
			err = fmt.Errorf("%s %s: %v", m.Module, m.Function, p)
		}
	}()
	f, ok := evals[m.Module][m.Function]
	if !ok {
		return nil, nil, fmt.Errorf("eval %q has no function %q", m.Module, m.Function)
	}
	prepare, err := f(m.Input)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s: input: %w", m.Module, m.Function, err)
	}
	start := time.Now()
	run, err := prepare()
	if err != nil {
		return nil, nil, err
	}
	timings = append(timings, timing{"prepare", time.Since(start)})
	result, times := repeat(run, m.Input)
	output, err = appendJSON(nil, result)
	return output, append(timings, times...), err
}

// repeat runs a function at least min_runs times and min_seconds long, as the input says, and once if it does not.
func repeat(run func() any, input []byte) (result any, timings []timing) {
	var least struct {
		Runs    int     `json:"min_runs"`
		Seconds float64 `json:"min_seconds"`
	}
	_ = json.Unmarshal(input, &least) // the input may be a number
	var total time.Duration
	for len(timings) == 0 || len(timings) < least.Runs || total.Seconds() < least.Seconds {
		start := time.Now()
		result = run()
		t := time.Since(start)
		timings = append(timings, timing{"evaluate", t})
		total += t
	}
	return result, timings
}
