// Gradbench runs Gradus in GradBench, a suite of benchmarks for automatic differentiation
// (https://github.com/gradbench/gradbench). It reads messages on the standard input and answers on the standard
// output, one line of JSON each:
//
//	gradbench run --eval EVAL --tool 'go -C bench run ./gradbench'
//
// The evals are in package evals. Tracing and compiling a function is reported as "prepare"; "evaluate" is the
// compiled program alone, on one thread, as the suite asks of all its tools (-threads for more).
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
)

func main() {
	threads := flag.Int("threads", 1, "how many threads may compute at once")
	flag.Parse()
	runtime.GOMAXPROCS(*threads)
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gradbench:", err)
		os.Exit(1)
	}
}
