package peers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
)

// order and answer are what the program in go/speed understands and says.
type order struct {
	Do string
	*work
	N   int  `json:",omitempty"`
	CPU bool `json:",omitempty"`
}

type answer struct {
	Why     string
	Seconds float64
	Arrays  [][]float64
}

// program is a binary of the module in go, or why there is none.
type program struct{ path, dir, why string }

// Built when it is first asked for.
var speed = sync.OnceValue(func() program { return build("speed") })

// build is without GOEXPERIMENT=simd, of which GoMLX could make use: with Go 1.26 all of them, and GoMLX too, are slower then.
//
// It puts the binary where the user's caches are, in the place of an earlier one, which may still run.
func build(name string) program {
	source, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/gradus-ad/gradus/bench/peers").Output()
	if err != nil {
		return program{why: "no source: " + err.Error()}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return program{why: err.Error()}
	}
	p := program{path: filepath.Join(cache, "gradus-bench", name), dir: filepath.Join(strings.TrimSpace(string(source)), "go")}
	fresh := fmt.Sprintf("%s.%d", p.path, os.Getpid())
	c := exec.Command("go", "build", "-o", fresh, "./"+name)
	c.Dir = p.dir
	if text, err := c.CombinedOutput(); err != nil {
		line, _, _ := strings.Cut(string(text), "\n")
		return program{why: "not built here: " + line}
	}
	if err := os.Rename(fresh, p.path); err != nil {
		return program{why: err.Error()}
	}
	return p
}

// child returns the contender that is a library for Go, in a process of its own.
func child(name string, w work) harness.Contender {
	p := speed()
	if p.why != "" {
		return harness.Missing(name, p.why)
	}
	c, err := harness.Start(p.path, name)
	if err != nil {
		return harness.Missing(name, err.Error())
	}
	var loaded answer
	if err := c.Ask(order{Do: "load", work: &w}, &loaded); err != nil {
		loaded.Why = "ended: " + err.Error()
	}
	if loaded.Why != "" {
		c.Close() // it has said why
		return harness.Missing(name, loaded.Why)
	}
	ask := func(o order) (a answer) {
		if err := c.Ask(o, &a); err != nil {
			panic(fmt.Errorf("%s: %w", name, err))
		}
		return a
	}
	return harness.Contender{
		Name: name,
		Time: func(n int) time.Duration {
			return time.Duration(ask(order{Do: "time", N: n, CPU: harness.OnCPU()}).Seconds * float64(time.Second))
		},
		Result: func() [][]float64 { return ask(order{Do: "result"}).Arrays },
		Close:  c.Close,
	}
}
