package main

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"github.com/gradus-ad/gradus/bench/harness"
)

//go:embed cells.py
var cells string

// python has the columns of JAX and PyTorch, in a process of its own, if there is one.
type python struct{ child *harness.Child }

func newPython() python {
	c, err := harness.Python(cells)
	if err != nil {
		return python{}
	}
	return python{c}
}

type reply struct {
	Version, Missing, Verdict, Note, Error string
	Numbers                                []any // NaN and infinities are strings
}

func (p python) ask(library, key string) (r reply) {
	if p.child == nil {
		return reply{Missing: "no Python"}
	}
	if err := p.child.Ask(map[string]string{"library": library, "key": key}, &r); err != nil {
		return reply{Missing: err.Error()}
	}
	return r
}

func (p python) version(library string) string {
	v, _, _ := strings.Cut(p.ask(library, "").Version, "+")
	return v
}

// try makes a cell. One that there is no library for stays empty.
func (p python) try(library string, a ability) (verdict, why string) {
	r := p.ask(library, a.key)
	switch {
	case r.Missing != "":
		return "", ""
	case r.Verdict == "?":
		return untold, "there is " + r.Note
	case r.Verdict != "":
		return r.Verdict, ""
	}
	return judge(a, r.Note, func() (got []float64, err error) {
		if r.Error != "" {
			return nil, errors.New(r.Error)
		}
		for _, n := range r.Numbers {
			var x float64
			if _, err := fmt.Sscan(fmt.Sprint(n), &x); err != nil {
				return nil, err
			}
			got = append(got, x)
		}
		return got, nil
	})
}

func (p python) close() {
	if p.child != nil {
		p.child.Close() // whatever it says, the table is made
	}
}
