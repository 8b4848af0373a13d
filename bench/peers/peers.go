// Package peers compares compiled Gradus with the same functions differentiated by hand in C++, by ADOL-C, and by the libraries for Go.
package peers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

const ourName = ours.Name

// Part is the table.
func Part() harness.Part {
	return harness.Part{
		Name: "peers", Title: "Against C++ and libraries for Go", Style: harness.Versus,
		Text: text, Subject: ourName, Others: append([]string{cppName, adolcName, againName}, libraries...),
		Versions: versions,
		Rows:     rows,
	}
}

const text = `Times as multiples of Gradus', on one thread. C++ is by hand in plain loops (g++ -O3 -march=native, exponentials and sines of vectors by
glibc). ADOL-C uses a tape that was recorded once, or records it each time. gonum's dual numbers take a sweep for each input, and its
hyperdual numbers, for second derivatives, one for each result; gonum's finite differences (fd) are right to 7 digits, or 2 of second
derivatives. infergo differentiates plain Go, GoMLX runs its backend in Go. Functions are written for each library as it does best: sums over pairs
are products with a matrix for those of tensors, and slices are gathers where slices have no second derivative. A Jacobian by those without one is a
gradient for each output. Where a library gives wrong numbers, or none, the cell says so.

Not compared: itsubaki/autograd and Malcolmston/algebra, whose modules the Go module proxy did not serve; pbenner/autodiff, whose licence
is the GPL; gotch, which needs libtorch.

Ours are called as what Program.Bind returns, from a loop in Go; C++'s loop is round the function itself. Where C++ by hand is ahead: a call of a program of a single
operation takes 4.5 ns so, which is most of the rows of 10 variables and a seventh of that of 100. Rosenbrock's gradient of 1,000, which has the same 7 operations as C++, was at
0.75 to 0.95 in runs of a day (and at 1.05 of C's time in the table against C), the Hessian-vector product of 10 bodies at 0.81 to 0.93: they lose a few in 100.
In Lotka-Volterra's, at 0.70 to 0.92, by a count of operations, the way back has 6 one after the other for each stage, where C++ has grouped what it knows beforehand by hand, to make it 3.`

func versions() [][2]string {
	v := [][2]string{{"C++", harness.FirstLine("g++", "--version")}, {"ADOL-C", harness.FirstLine("pkg-config", "--modversion", "adolc")}}
	p := speed()
	if p.why != "" {
		return append(v, [2]string{"libraries for Go", p.why})
	}
	text, _ := exec.Command(p.path, "-versions").Output()
	for line := range strings.Lines(string(text)) {
		if module, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			v = append(v, [2]string{module, version})
		}
	}
	return v
}

func rows() []harness.Row {
	var rows []harness.Row
	for _, w := range works() {
		rows = append(rows, w.row())
	}
	return rows
}

// works returns all rows' work.
func works() []work {
	rng := rand.New(rand.NewPCG(7, 11))
	var ws []work
	for _, n := range []int{10, 100, 1000} {
		ws = append(ws, ofRosenbrock(rng, n))
	}
	for _, n := range []int{10, 1000} {
		ws = append(ws, timesRosenbrock(rng, n))
	}
	return append(append(ws, ofBodies(rng)...), ofPendulum(), ofLotka(), ofPerceptron(rng), ofCurve())
}

func column(x ...float64) matrix { return matrix{len(x), 1, x} }

func normal(rng *rand.Rand, rows, columns int) matrix {
	m := matrix{rows, columns, make([]float64, rows*columns)}
	for i := range m.Values {
		m.Values[i] = rng.NormFloat64()
	}
	return m
}

func (m matrix) array() num.Array  { return num.New(m.Values, m.Rows, m.Columns) }
func (m matrix) vector() num.Array { return num.New(m.Values, m.Rows*m.Columns) }

// point is where a Hessian-vector product is taken.
type point struct{ X, V num.Array }

func product(f func(num.Array) num.Array) func(point) num.Array {
	return func(p point) num.Array { return hvp.Product(f)(p.X, p.V) }
}

func ofRosenbrock(rng *rand.Rand, n int) work {
	x := normal(rng, n, 1)
	return work{
		Name: fmt.Sprintf("Rosenbrock, %d variables: gradient", n), Function: "rosenbrock", Derivative: "gradient", Arguments: []matrix{x},
		ours: func() harness.Contender { return ours.Bound(ourName, transforms.Grad(rosenbrock), x.vector()) },
	}
}

func timesRosenbrock(rng *rand.Rand, n int) work {
	x, v := normal(rng, n, 1), normal(rng, n, 1)
	return work{
		Name: fmt.Sprintf("Rosenbrock, %d variables: Hessian-vector product", n), Function: "rosenbrock", Derivative: "product",
		Arguments: []matrix{x}, Direction: []matrix{v},
		ours: func() harness.Contender {
			return ours.Bound(ourName, product(rosenbrock), point{x.vector(), v.vector()})
		},
	}
}

func ofBodies(rng *rand.Rand) []work {
	x, v, mass := normal(rng, 10, 3), normal(rng, 10, 3), matrix{10, 1, nil}
	for range mass.Rows {
		mass.Values = append(mass.Values, 1+rng.Float64())
	}
	f, data := bodies(mass.Values), []matrix{mass}
	return []work{{
		Name: "energy of 10 bodies: gradient", Function: "bodies", Derivative: "gradient", Arguments: []matrix{x}, Data: data,
		ours: func() harness.Contender { return ours.Bound(ourName, transforms.Grad(f), x.array()) },
	}, {
		Name: "energy of 10 bodies: Hessian-vector product", Function: "bodies", Derivative: "product",
		Arguments: []matrix{x}, Direction: []matrix{v}, Data: data,
		ours: func() harness.Contender { return ours.Bound(ourName, product(f), point{x.array(), v.array()}) },
	}, {
		Name: "energy of 10 bodies: 30 x 30 Hessian", Function: "bodies", Derivative: "Hessian", Arguments: []matrix{x}, Data: data,
		ours: func() harness.Contender { return ours.Bound(ourName, hvp.Hessian(f), x.array()) },
	}}
}

func ofPendulum() work {
	x := column(0.3, -0.4, 1, 2)
	return work{
		Name: "energy of a double pendulum: gradient", Function: "pendulum", Derivative: "gradient", Arguments: []matrix{x},
		ours: func() harness.Contender { return ours.Bound(ourName, transforms.Grad(pendulum), x.vector()) },
	}
}

func ofLotka() work {
	p := [4]float64{1.45, 0.95, 1.05, 2.9}
	start, observed := column(1, 1), matrix{1000, 2, nil}
	for n := range observed.Rows {
		t := 0.01 * float64(n)
		observed.Values = append(observed.Values, 3+2*math.Sin(t), 1.5+math.Cos(t))
	}
	w := work{
		Name: "Lotka-Volterra, 1000 steps: gradient by 4 parameters", Function: "lotka", Derivative: "gradient", Data: []matrix{start, observed},
	}
	var at [4]num.Array
	for i, v := range p {
		w.Arguments, at[i] = append(w.Arguments, column(v)), num.Scalar(v)
	}
	w.ours = func() harness.Contender {
		return ours.Bound(ourName, transforms.Grad(lotka(start.vector(), observed.array())), at)
	}
	return w
}

func ofPerceptron(rng *rand.Rand) work {
	const inputs, hidden, samples = 64, 32, 32
	x, y := normal(rng, samples, inputs), normal(rng, samples, 1)
	w := []matrix{normal(rng, inputs, hidden), normal(rng, 1, hidden), normal(rng, hidden, 1), normal(rng, 1, 1)}
	for i := range w[0].Values {
		w[0].Values[i] /= 8
	}
	return work{
		Name: "perceptron 64-32-1, batch of 32: gradient", Function: "perceptron", Derivative: "gradient", Arguments: w, Data: []matrix{x, y},
		ours: func() harness.Contender {
			at := weights{w[0].array(), w[1].vector(), w[2].array(), w[3].vector()}
			return ours.Bound(ourName, transforms.Grad(perceptron(x.array(), y.array())), at)
		},
	}
}

func ofCurve() work {
	x, t := column(1, 0.1, 2, 0.3, 0.5, 0.2, 5, 0.7), matrix{1000, 1, nil}
	for i := range t.Rows {
		t.Values = append(t.Values, 0.01*float64(i))
	}
	return work{
		Name: "two damped waves at 1000 times: 1000 x 8 Jacobian", Function: "curve", Derivative: "Jacobian", Arguments: []matrix{x}, Data: []matrix{t},
		ours: func() harness.Contender { return ours.Bound(ourName, jac.Matrix(curve(t.vector())), x.vector()) },
	}
}
