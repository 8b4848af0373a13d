package perceptron

import (
	_ "embed"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
)

//go:embed peer.py
var peer string

// order is what the peer is asked, and answer what it says.
type order struct {
	Do      string      `json:"do"`
	N       int         `json:"n"`
	CPU     bool        `json:"cpu"`
	Arrays  [][]float64 `json:"arrays,omitempty"`
	Shapes  [][]int     `json:"shapes,omitempty"`
	Classes []int       `json:"classes,omitempty"`
}

type answer struct {
	Version string
	Seconds float64
	Arrays  [][]float64
}

// torch returns the contender that is PyTorch, in a process of its own.
func torch(in [][]float64, classOf []int) harness.Contender {
	const name = "PyTorch"
	child, err := harness.Python(peer)
	if err != nil {
		return harness.Missing(name, "no Python: "+err.Error())
	}
	load := order{
		Do: "load", Arrays: in, Classes: classOf,
		Shapes: [][]int{{batch, inputs}, {inputs, hidden}, {hidden}, {hidden, classes}, {classes}},
	}
	if child.Ask(load, new(answer)) != nil {
		child.Close() // it has failed already
		return harness.Missing(name, "no PyTorch")
	}
	ask := func(o order) (a answer) {
		if err := child.Ask(o, &a); err != nil {
			panic(err)
		}
		return a
	}
	return harness.Contender{
		Name: name,
		Time: func(n int) time.Duration {
			return time.Duration(ask(order{Do: "time", N: n, CPU: harness.OnCPU()}).Seconds * float64(time.Second))
		},
		Result: func() [][]float64 { return ask(order{Do: "result"}).Arrays },
		Close:  child.Close,
	}
}
