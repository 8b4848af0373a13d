// Against-c measures compiled Gradus against C, OpenBLAS, PyTorch and Go written by hand, and prints a table.
//
//	go -C bench run ./against-c
//
// Times are of one thread. The table, with what it was measured on, goes to RESULTS.md too if all rows are measured.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
)

func main() {
	pattern := flag.String("rows", "", "measure the rows whose work matches this regular expression")
	rounds := flag.Int("rounds", 15, "rounds of all contenders in turn")
	block := flag.Duration("block", 10*time.Millisecond, "about what a contender works in a round")
	limit := flag.Duration("limit", 20*time.Second, "when to stop with a row, if it has had three rounds")
	cpu := flag.Bool("cpu", false, "time by the processor's time and not the clock's, on a machine that does other work")
	results := flag.String("o", "RESULTS.md", "where the results go, if all rows are measured")
	flag.Parse()
	if *cpu && !harness.TimeCPU() {
		fmt.Fprintln(os.Stderr, "-cpu: this system does not tell it")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(1)
	if err := run(*pattern, harness.Plan{Rounds: *rounds, Block: *block, Limit: *limit}, *results); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(pattern string, plan harness.Plan, results string) error {
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	table := harness.Table{Subject: ours.Name, Others: []string{ours.AVX2, ours.Portable, "Go"}}
	for _, r := range rows() {
		if !wanted.MatchString(r.Work) {
			continue
		}
		fmt.Fprintln(os.Stderr, r.Work)
		m, err := harness.Measure(r, plan)
		if err != nil {
			return err
		}
		table.Rows = append(table.Rows, m)
		runtime.GC()
	}
	out := io.Writer(os.Stdout)
	if pattern == "" {
		file, err := os.Create(results)
		if err != nil {
			return err
		}
		defer file.Close()
		out = io.MultiWriter(out, file)
	}
	return report(out, table, plan)
}

func report(w io.Writer, t harness.Table, p harness.Plan) error {
	fmt.Fprintf(w, "# Against C\n\n")
	describe(w)
	of := "the clock's time"
	if harness.OnCPU() {
		of = "the processor's time"
	}
	fmt.Fprintf(w, "\nMedians of up to %d rounds, of about %v for each contender in turn; one thread, %s. Ratios are times as\nmultiples of the base's; the last columns too.\n\n", p.Rounds, p.Block, of)
	t.Summary(w)
	fmt.Fprintln(w)
	t.Markdown(w)
	return nil
}
