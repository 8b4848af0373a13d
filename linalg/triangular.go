package linalg

import (
	"errors"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// triangularSolve solves T x = b, or Tᵀ x = b, for the columns of b, where T is one triangle of its
// first operand, the other of which is not read. It is linear in b.
type triangularSolve struct{ Lower, Trans, UnitDiagonal bool }

func (triangularSolve) Name() string { return "triangular_solve" }

func (triangularSolve) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := squares(in, 1); err != nil {
		return nil, err
	}
	if len(in) != 2 {
		return nil, errors.New("needs a matrix and a right-hand side")
	}
	return rightSide(in[0], in[1])
}

func (p triangularSolve) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	x := in[1].Copy()
	n, count := size(in[0].Type)
	k := out[0].Shape[out[0].Rank()-1]
	for m := range count {
		triangle{p.Lower, p.Trans, p.UnitDiagonal}.solve(in[0].F64[m*n*n:][:n*n], n, x.F64[m*n*k:][:n*k], k)
	}
	return []trace.Buffer{x}
}

// JVP: T dx = db - dT x.
func (p triangularSolve) JVP(in, out []num.Array, t []num.Tangent) []num.Tangent {
	product := "...ij,...jk->...ik"
	if p.Trans {
		product = "...ji,...jk->...ik"
	}
	dT := num.MaskTangent(p.read(in[0].Type()), t[0])
	dTx := num.EinsumTangent(product, []num.Array{in[0], out[0]}, 0, dT)
	return []num.Tangent{solveTangent(p, in, 1, num.AddTangents(t[1], num.NegTangent(dTx)))}
}

// read is true for the elements of matrices that p reads.
func (p triangularSolve) read(t trace.Type) num.Array {
	return elements(t, func(i, j int) bool {
		return i == j && !p.UnitDiagonal || p.Lower && j < i || !p.Lower && j > i
	})
}

// elements is true for the elements of matrices, at row i and column j, that are wanted.
func elements(t trace.Type, wanted func(i, j int) bool) num.Array {
	n, _ := size(t)
	m := trace.NewBuffer(trace.TypeOf(trace.Bool, n, n))
	for k := range m.Bool {
		m.Bool[k] = wanted(k/n, k%n)
	}
	return num.BroadcastTo(trace.FromBuffer(m), t.Shape...)
}

func (triangularSolve) Linear(dep []bool) bool { return !dep[0] }

func (p triangularSolve) Transpose(t *trace.Transposition) []num.Tangent {
	p.Trans = !p.Trans
	return []num.Tangent{{}, solveTangent(p, t.In, 1, t.Ct[0])}
}

func (triangularSolve) Mask(in []num.Array, _ int, m num.Array) num.Array {
	n, _ := size(in[0].Type())
	return columnsOf(m, n)
}

func (p triangularSolve) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	if mapped[0] {
		return batchStacks(p, in, mapped, n)
	}
	return []num.Array{asColumns(1, in[1], func(b num.Array) num.Array { return apply(p, in[0], b) })}, []bool{true}
}

func (triangularSolve) Work(in []trace.Type) int {
	return in[1].Size() * in[0].Shape[in[0].Rank()-1] / 2
}

// Triangle says how SolveTriangular reads a matrix: Lower or Upper, with what else holds joined by |.
type Triangle uint8

// The ways to read a triangular matrix.
const (
	Lower        Triangle = 0         // the triangle below the diagonal
	Upper        Triangle = 1 << iota // the triangle above the diagonal
	Transposed                        // solve with the transpose of the triangle
	UnitDiagonal                      // take the diagonal as ones, whatever it holds
)

// SolveTriangular returns x with T x = b, where T is a triangle of the square matrices a with its
// diagonal. The other triangle is not read, and its derivative is 0. b is a vector or a matrix
// of columns, and leading axes broadcast, as for Solve:
//
//	SolveTriangular(l, b, Lower)	l x = b
//	SolveTriangular(l, b, Lower|Transposed)	transpose of l, times x, = b
//
// A 0 on the diagonal gives infinities and NaN, as dividing by it does.
func SolveTriangular(a, b num.Array, t Triangle) num.Array {
	a = matrixOf("solvetriangular", a)
	if t&^(Upper|Transposed|UnitDiagonal) != 0 {
		panic(trace.Errorf("solvetriangular", "%#x is no way to read a triangle: join Lower or Upper, Transposed and UnitDiagonal", uint8(t)))
	}
	p := triangularSolve{Lower: t&Upper == 0, Trans: t&Transposed != 0, UnitDiagonal: t&UnitDiagonal != 0}
	return solveColumns("solvetriangular", a, b, func(s []int) func(b num.Array) num.Array {
		return func(b num.Array) num.Array { return apply(p, stretch(a, s, 2), b) }
	})
}
