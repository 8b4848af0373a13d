// Results measures what the README claims and writes it, with the machine, the versions and the date, to RESULTS.md, and
// pictures of it to pictures:
//
//	go -C bench run ./results
//
// With names of parts before the flags, only those are measured again, and the rest stays as it was. With -rows, what matches is
// measured and printed, and no file is touched.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
)

func main() {
	names := os.Args[1:]
	if i := slices.IndexFunc(names, func(s string) bool { return strings.HasPrefix(s, "-") }); i >= 0 {
		names = names[:i]
	}
	var c command
	flag.StringVar(&c.pattern, "rows", "", "measure the rows whose work matches this regular expression, and only print them")
	flag.IntVar(&c.plan.Rounds, "rounds", 15, "rounds of all contenders in turn")
	flag.DurationVar(&c.plan.Block, "block", 10*time.Millisecond, "about what a contender works in a round")
	flag.DurationVar(&c.plan.Limit, "limit", 10*time.Second, "when to stop with a row, if it has had three rounds")
	cpu := flag.Bool("cpu", false, "time by the processor's time and not the clock's, on a machine that does other work")
	flag.CommandLine.Parse(os.Args[1+len(names):])
	if *cpu && !harness.TimeCPU() {
		fail(fmt.Errorf("-cpu: this system does not tell it"))
	}
	harness.UseProcessors(1)
	if err := c.run(names); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "results:", err)
	os.Exit(1)
}

// command is what to measure, and how.
type command struct {
	pattern string
	plan    harness.Plan
}

func (c command) run(names []string) error {
	wanted, err := regexp.Compile(c.pattern)
	if err != nil {
		return err
	}
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	for _, p := range chosen {
		result, err := harness.MeasurePart(p, wanted, c.plan)
		if err != nil {
			return err
		}
		result.Write(os.Stdout)
		if c.pattern == "" {
			if err := save(result); err != nil {
				return err
			}
		}
	}
	if c.pattern != "" {
		return nil
	}
	return publish()
}

// choose returns the named parts, or all.
func choose(names []string) ([]harness.Part, error) {
	if len(names) == 0 {
		return parts(), nil
	}
	var chosen []harness.Part
	for _, name := range names {
		i := slices.IndexFunc(parts(), func(p harness.Part) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("no part is called %s", name)
		}
		chosen = append(chosen, parts()[i])
	}
	return chosen, nil
}
