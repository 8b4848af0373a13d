package evals

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval lstm: the loss of a long short-term memory that predicts the next letter of a text, as bits, and its
// gradient by the weights. All weights are diagonal.
var lstm = Eval{
	"objective": compiled(memory.loss, lstmInput.arg),
	"jacobian": compiled(func(m memory) num.Array {
		g := transforms.Grad(memory.loss)(m)
		return num.Concat(0, num.Ravel(g.Main), num.Ravel(g.Extra))
	}, lstmInput.arg),
}

type lstmInput struct {
	Main     array `json:"main_params"`
	Extra    array `json:"extra_params"`
	State    array
	Sequence array
}

func (in lstmInput) arg() memory {
	return memory{in.Main.Array, in.Extra.Array, in.State.Array, in.Sequence.Array}
}

// memory is the weights of a network of l layers, for letters of b bits, with its first state and the text.
type memory struct {
	Main  num.Array // f64[2l,4b]: weights of the gates forget, in, out and change, and then their biases, of each layer
	Extra num.Array // f64[3,b]: weights of the input, weights and biases of the output

	State    num.Array `grad:"-"` // f64[2l,b]: hidden and cell, of each layer
	Sequence num.Array `grad:"-"` // f64[letters,b]
}

// layer is the weights and biases of the gates of a layer, f64[b] each.
type layer struct{ Weights, Biases gates }

type gates struct{ Forget, In, Out, Change num.Array }

// state is what a layer shows and what it remembers, f64[b] each.
type state struct{ Hidden, Cell num.Array }

// loss is the mean of the cross entropy of each letter and what was predicted.
func (m memory) loss() num.Array {
	b := m.Extra.Shape()[1]
	row := func(i int) gates {
		g := num.Reshape(m.Main.At(i), 4, b)
		return gates{g.At(0), g.At(1), g.At(2), g.At(3)}
	}
	var layers []layer
	var states []state
	for i := 0; i < m.State.Shape()[0]; i += 2 {
		layers = append(layers, layer{row(i), row(i + 1)})
		states = append(states, state{m.State.At(i), m.State.At(i + 1)})
	}
	in, out, bias := m.Extra.At(0), m.Extra.At(1), m.Extra.At(2)

	type letters struct{ Now, Next num.Array }
	_, gains := flow.Scan(func(before []state, x letters) ([]state, num.Array) {
		after := make([]state, len(before))
		y := num.Mul(x.Now, in)
		for i, l := range layers {
			after[i] = l.step(before[i], y)
			y = after[i].Hidden
		}
		y = num.Add(num.Mul(y, out), bias)
		return after, num.Dot(x.Next, num.Sub(y, num.Log(num.Add(2, num.Sum(num.Exp(y))))))
	}, states, letters{num.Slice(m.Sequence, 0, -1), num.Slice(m.Sequence, 1, num.End)})
	return num.Neg(num.Div(num.Sum(gains), gains.Size()*b))
}

func (l layer) step(s state, x num.Array) state {
	gate := func(x, weight, bias num.Array) num.Array { return num.Add(num.Mul(x, weight), bias) }
	w, b := l.Weights, l.Biases
	forget := num.Sigmoid(gate(x, w.Forget, b.Forget))
	in := num.Sigmoid(gate(s.Hidden, w.In, b.In))
	out := num.Sigmoid(gate(x, w.Out, b.Out))
	change := num.Tanh(gate(s.Hidden, w.Change, b.Change))
	cell := num.Add(num.Mul(s.Cell, forget), num.Mul(in, change))
	return state{num.Mul(out, num.Tanh(cell)), cell}
}
