// Speed computes derivatives by a library for Go, for the part of the benchmarks that compares them. Its argument names the library;
// orders come on the standard input and answers go to the standard output, JSON a line each, so that it can be timed in turns with
// others.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// order is what is to be done: "load" some work, do it for some "time", or tell the "result" of the last time.
type order struct {
	Do         string
	Work       string // which function
	Derivative string // and what of it: "gradient", "product", "Jacobian" or "Hessian"
	Arguments  []matrix
	Direction  []matrix // of a Hessian-vector product
	Data       []matrix // what else the function depends on
	N          int
	CPU        bool
}

type answer struct {
	Why     string // it cannot be done
	Seconds float64
	Arrays  [][]float64
}

// matrix is an array of rows and columns; a vector has one column.
type matrix struct {
	Rows, Columns int
	Values        []float64
}

// task is work made ready: run computes what result tells.
type task struct {
	run    func()
	result func() [][]float64
}

// A library makes work ready. It panics if it cannot, with the reason.
type library func(order) task

var libraries = map[string]library{}

// patience is how long work may take to be made ready and done once.
const patience = 30 * time.Second

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) == 2 && os.Args[1] == "-versions" {
		fmt.Println(versions())
		return
	}
	if len(os.Args) != 2 || libraries[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: speed LIBRARY, or speed -versions")
		os.Exit(2)
	}
	if err := serve(libraries[os.Args[1]]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(lib library) error {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	var t task
	for {
		var o order
		if err := in.Decode(&o); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var a answer
		switch o.Do {
		case "load":
			t, a.Why = load(lib, o)
		case "time":
			start := clock(o.CPU)
			for range o.N {
				t.run()
			}
			a.Seconds = (clock(o.CPU) - start).Seconds()
		case "result":
			a.Arrays = t.result()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
}

// load makes work ready and does it once, or says why that failed.
func load(lib library, o order) (task, string) {
	var t task
	why := "no end within " + patience.String()
	done := make(chan string, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- firstLine(fmt.Sprint(p))
			}
		}()
		t = lib(o)
		t.run()
		done <- ""
	}()
	select {
	case why = <-done:
	case <-time.After(patience):
		return task{}, why // and what runs on is not waited for
	}
	return t, why
}

// firstLine keeps what fits into a table.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.ReplaceAll(s, "|", "/"), "\n")
	if r := []rune(line); len(r) > 70 {
		return string(r[:70]) + "..."
	}
	return line
}

func clock(cpu bool) time.Duration {
	var u syscall.Rusage
	if cpu && syscall.Getrusage(syscall.RUSAGE_SELF, &u) == nil {
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return time.Since(epoch)
}

var epoch = time.Now()
