package python

import (
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
)

//go:embed peers/*.py
var peers embed.FS

// system is what the others run in: a process of Python each.
type system struct {
	framework string
	threads   int
}

// peer is the process of a system.
type peer struct {
	*harness.Child
	dir string // where its program is, and files go
}

// order is what a peer is asked, and answer what it says.
type order struct {
	Do     string  `json:"do"`
	Call   int     `json:"call"`
	N      int     `json:"n,omitempty"`
	CPU    bool    `json:"cpu"`
	File   string  `json:"file,omitempty"`
	Work   string  `json:"work,omitempty"`
	Way    string  `json:"way,omitempty"`
	Shapes [][]int `json:"shapes,omitempty"`
	Text   string  `json:"text,omitempty"`
}

type answer struct {
	Call           int
	Seconds        float64
	Sizes          []int
	Version        string
	Missing, Error string
}

var started = struct {
	sync.Mutex
	peers map[system]*peer
}{peers: map[system]*peer{}}

// of returns the process of a system, which is started once and ends when this one does.
func of(s system) (*peer, error) {
	started.Lock()
	defer started.Unlock()
	if p := started.peers[s]; p != nil {
		return p, nil
	}
	dir, err := os.MkdirTemp("", "gradus-peer-")
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, peers); err != nil {
		return nil, err
	}
	before := harness.UseProcessors(s.threads)
	child, err := harness.Python(fmt.Sprintf("import sys; sys.path.insert(0, %q + '/peers'); import peer; peer.main(%q, %q, %d)",
		dir, dir, s.framework, s.threads))
	harness.UseProcessors(before)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p := &peer{child, dir}
	started.peers[s] = p
	return p, nil
}

// ask gives an order. Only for load and version is it an outcome that something is missing.
func (p *peer) ask(o order) (a answer, err error) {
	if err := p.Ask(o, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s %s: %s", o.Work, o.Way, a.Error)
	}
	return a, nil
}

func (p *peer) mustAsk(o order) answer {
	a, err := p.ask(o)
	if err != nil {
		panic(err)
	}
	return a
}

// patience is how long a peer may take to make a call ready. It gives up itself before that, but not while a compiler runs that
// does not listen.
const patience = 75 * time.Second

// load has a call made ready. A peer that does not answer is ended, and another will be started.
func (p *peer) load(s system, o order) answer {
	answers := make(chan answer, 1)
	failed := make(chan error, 1)
	go func() {
		if a, err := p.ask(o); err != nil {
			failed <- err
		} else {
			answers <- a
		}
	}()
	select {
	case a := <-answers:
		return a
	case err := <-failed:
		panic(err)
	case <-time.After(patience):
	}
	started.Lock()
	delete(started.peers, s)
	started.Unlock()
	if err := errors.Join(p.Kill(), os.RemoveAll(p.dir)); err != nil {
		panic(err)
	}
	return answer{Missing: fmt.Sprintf("not ready within %v", patience)}
}

// work is what a peer is to do: a function there, and its arguments, arrays or text.
type work struct {
	function string
	shapes   [][]int
	arrays   [][]float64
	text     string
}

// contender makes a work ready in a system.
func (w work) contender(name, way string, s system) harness.Contender {
	p, err := of(s)
	if err != nil {
		return harness.Missing(name, "no Python: "+err.Error())
	}
	file := filepath.Join(p.dir, "arrays")
	if err := writeFloats(file, w.arrays); err != nil {
		panic(err)
	}
	a := p.load(s, order{Do: "load", Work: w.function, Way: way, File: file, Shapes: w.shapes, Text: w.text})
	if a.Missing != "" {
		return harness.Missing(name, a.Missing)
	}
	call := a.Call
	return harness.Contender{
		Name: name,
		Time: func(n int) time.Duration {
			seconds := p.mustAsk(order{Do: "time", Call: call, N: n, CPU: harness.OnCPU() && s.threads == 1}).Seconds
			return time.Duration(seconds * float64(time.Second))
		},
		Result: func() [][]float64 {
			sizes := p.mustAsk(order{Do: "result", Call: call, File: file}).Sizes
			arrays, err := readFloats(file, sizes)
			if err != nil {
				panic(err)
			}
			return arrays
		},
		Close: func() error { _, err := p.ask(order{Do: "unload", Call: call}); return err },
	}
}

func writeFloats(path string, arrays [][]float64) error {
	var text []byte
	for _, a := range arrays {
		for _, v := range a {
			text = binary.NativeEndian.AppendUint64(text, math.Float64bits(v))
		}
	}
	return os.WriteFile(path, text, 0o600)
}

func readFloats(path string, sizes []int) ([][]float64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	arrays := harness.Slices(sizes...)
	for _, a := range arrays {
		for i := range a {
			a[i] = math.Float64frombits(binary.NativeEndian.Uint64(text))
			text = text[8:]
		}
	}
	return arrays, nil
}
