package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/gradus-ad/gradus/bench/gradbench/evals"
)

// message is what the suite sends; fields that a kind lacks stay empty.
type message struct {
	ID       json.RawMessage
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
	in, out := bufio.NewReader(r), bufio.NewWriter(w)
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
	err := json.Unmarshal(line, &m)
	// A field of another type leaves the others as they should be.
	if mistyped := new(*json.UnmarshalTypeError); err != nil && !errors.As(err, mistyped) {
		return nil, err
	}
	if _, err := strconv.ParseInt(string(m.ID), 10, 64); err != nil || m.Kind == "" {
		return nil, fmt.Errorf("it has no id or no kind")
	}
	response := fmt.Appendf(nil, `{"id":%s`, m.ID)
	switch {
	case m.Kind == "start":
		response = append(response, `,"tool":"gradus"`...)
	case m.Kind != "define" && m.Kind != "evaluate":
	case err != nil:
		response = failure(response, err)
	case m.Kind == "define":
		response = define(response, m)
	default:
		response = evaluate(response, m)
	}
	return append(response, '}'), nil
}

func define(response []byte, m message) []byte {
	if _, ok := evals.All[m.Module]; !ok {
		return failure(response, fmt.Errorf("there is no eval %q", m.Module))
	}
	return append(response, `,"success":true`...)
}

func evaluate(response []byte, m message) []byte {
	output, timings, err := run(m)
	if err != nil {
		return failure(response, fmt.Errorf("%s %s: %w", m.Module, m.Function, err))
	}
	response = append(response, `,"success":true,"output":`...)
	response = append(append(response, output...), `,"timings":[`...)
	for i, t := range timings {
		if i > 0 {
			response = append(response, ',')
		}
		response = fmt.Appendf(response, `{"name":%q,"nanoseconds":%d}`, t.name, t.time.Nanoseconds())
	}
	return append(response, ']')
}

func failure(response []byte, err error) []byte {
	text, _ := json.Marshal(err.Error())
	return append(append(response, `,"success":false,"error":`...), text...)
}

// run runs a function as often and as long as the input asks, and returns what it gave as JSON.
func run(m message) (output []byte, timings []timing, err error) {
	defer func() {
		// A mistake in an input shows as a panic that names the line whose shapes do not fit.
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	f, ok := evals.All[m.Module][m.Function]
	if !ok {
		return nil, nil, fmt.Errorf("there is no such function")
	}
	loaded, err := f(m.Input)
	if err != nil {
		return nil, nil, fmt.Errorf("input: %w", err)
	}
	start := time.Now()
	compute, err := loaded.Prepare()
	if err != nil {
		return nil, nil, err
	}
	timings = append(timings, timing{"prepare", time.Since(start)})
	result, times := repeat(compute, m.Input)
	output, err = evals.AppendJSON(nil, result)
	return output, append(timings, times...), err
}

// repeat runs a function at least min_runs times and min_seconds long, as the input says, and once if it does not.
func repeat(compute func() any, input []byte) (result any, timings []timing) {
	var least struct {
		Runs    int     `json:"min_runs"`
		Seconds float64 `json:"min_seconds"`
	}
	_ = json.Unmarshal(input, &least) // the input may be a number
	var total time.Duration
	for len(timings) == 0 || len(timings) < least.Runs || total.Seconds() < least.Seconds {
		start := time.Now()
		result = compute()
		t := time.Since(start)
		timings = append(timings, timing{"evaluate", t})
		total += t
	}
	return result, timings
}
