package main

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval lstm: the loss of a long short-term memory that predicts the next letter of a text, as bits, and its
// gradient by the weights. All weights are diagonal.
var lstm = eval{
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
	l, b := in.State.Shape()[0]/2, in.State.Shape()[1]
	return memory{
		Main: num.Reshape(in.Main.Array, l, 2, 4, b), Extra: in.Extra.Array,
		State: num.Reshape(in.State.Array, l, 2, b), Sequence: in.Sequence.Array,
	}
}

// memory is the weights of a network of l layers, for letters of b bits, with its first state and the text.
type memory struct {
	Main  num.Array // f64[l,2,4,b]: weights and biases of the gates forget, in, out and change
	Extra num.Array // f64[3,b]: weights of the input, weights and biases of the output

	State    num.Array `grad:"-"` // f64[l,2,b]: hidden and cell
	Sequence num.Array `grad:"-"` // f64[letters,b]
}

// loss is the mean of the cross entropy of each letter and what was predicted.
func (m memory) loss() num.Array {
	type letters struct{ Now, Next num.Array }
	_, gains := flow.Scan(func(state num.Array, x letters) (num.Array, num.Array) {
		state, y := m.step(state, x.Now)
		logs := num.Sub(y, num.Log(num.Add(2, num.Sum(num.Exp(y)))))
		return state, num.Dot(x.Next, logs)
	}, m.State, letters{num.Slice(m.Sequence, 0, -1), num.Slice(m.Sequence, 1, num.End)})
	return num.Neg(num.Div(num.Sum(gains), gains.Size()*m.Extra.Shape()[1]))
}

// step takes a letter, and returns the next state and what it makes of the letter after it.
func (m memory) step(state, letter num.Array) (next, predicted num.Array) {
	x := num.Mul(letter, m.Extra.At(0))
	layers := make([]num.Array, state.Shape()[0])
	for i := range layers {
		weights, biases := m.Main.At(i, 0), m.Main.At(i, 1)
		gate := func(k int, x num.Array) num.Array { return num.Add(num.Mul(x, weights.At(k)), biases.At(k)) }
		hidden, cell := state.At(i, 0), state.At(i, 1)
		forget, in, out := num.Sigmoid(gate(0, x)), num.Sigmoid(gate(1, hidden)), num.Sigmoid(gate(2, x))
		cell = num.Add(num.Mul(cell, forget), num.Mul(in, num.Tanh(gate(3, hidden))))
		x = num.Mul(out, num.Tanh(cell))
		layers[i] = num.Stack(0, x, cell)
	}
	return num.Stack(0, layers...), num.Add(num.Mul(x, m.Extra.At(1)), m.Extra.At(2))
}
