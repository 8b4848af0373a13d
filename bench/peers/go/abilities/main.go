// Abilities prints, as Markdown, what libraries can do and what not. Every cell is made by a program that runs here and now: it computes
// numbers that are compared with what they should be, or it fails, or it looks through the library's exported names for what is not there.
package main

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"

	_ "github.com/gradus-ad/gradus/bench/peers/go/movinggc"
)

// ability is a row: a small problem, and the numbers that it has.
type ability struct {
	key, name, problem string
	want               []float64
}

// The first argument of several problems.
const at = 0.5

var abilities = []ability{
	{"reverse", "reverse mode", "gradient of xy + sin x at (0.5, 2)", gradient},
	{"forward", "forward mode", "its derivative along (1, 2), in one sweep", []float64{gradient[0] + 2*gradient[1]}},
	{"vjp", "vector cotangents", "(3, 4) pulled back through (xy, sin x)", []float64{6 + 4*math.Cos(at), 1.5}},
	{"second", "second derivatives", "of x³ at 0.5", []float64{3}},
	{"third", "third derivatives", "of x⁴ at 0.5", []float64{12}},
	{"slices", "second derivatives through slices", "a column of the Hessian of the sum of (x[1:] - x[:-1]²)² at (1, 2, 3)", []float64{4, -4, 0}},
	{"product", "Hessian-vector product, in as many sweeps for any size", "of the sum of x³ at (1, 2) with (3, 4)", []float64{18, 48}},
	{"jacobian", "Jacobians", "of (xy, sin x, y²) at (0.5, 2)", []float64{2, at, math.Cos(at), 0, 0, 4}},
	{"vmap", "vmap", "of the derivative of sin, at 0.5 and 1", []float64{math.Cos(at), math.Cos(1)}},
	{"compile", "compiled gradients", "that of xy + sin x", gradient},
	{"loop", "loops that stay loops", "derivative of 1 + x + ... + x¹⁰ by Horner's rule at 0.5", []float64{horner()}},
	{"while", "loops that values end, in reverse mode", "derivative of a square root by Newton's method at 2", []float64{math.Sqrt2 / 4}},
	{"branch", "branches not taken have derivative 0", "of log x where x > 0 and else 0, at 0 and 2", []float64{0, 0.5}},
	{"checkpoint", "checkpoints", "derivative of sin(sin x), the inner one recomputed, at 0.5", []float64{math.Cos(math.Sin(at)) * math.Cos(at)}},
	{"custom", "rules of one's own", "x² with a rule that says 10x, at 3", []float64{30}},
	{"struct", "structs as arguments", "gradient of xy + sin x as a struct of x and y", gradient},
	{"solve", "linear systems", "derivative by a of the sum of the x with ((a, 1), (1, 3)) x = (1, 2), at 2", []float64{-0.08}},
	{"implicit", "answers of solvers", "first and second derivative by p of the x with x³ + x = p, at 2", []float64{0.25, -0.09375}},
	{"optimize", "gonum's optimize", "least (x - 3)² with a gradient, by BFGS", []float64{3}},
	{"network", "optimisers for networks", "a step of gradient descent with x², from 1 at the rate 0.1", []float64{0.8}},
	{"check", "a tool that checks derivatives", "a right one passes and a wrong one does not", []float64{1}},
	{"float32", "float32", "derivative of x² at 3", []float64{6}},
	{"complex", "complex numbers", "size of the derivative of the square of the size of z at 3 + 4i", []float64{10}},
	{"sparse", "sparse Jacobians by colouring", "columns that share no row in one sweep", nil},
}

var gradient = []float64{2 + math.Cos(at), at}

func horner() (sum float64) {
	for k := 1.0; k <= 10; k++ {
		sum += k * math.Pow(at, k-1)
	}
	return sum
}

// shown is how a cell is shown: by a program that computes numbers, with a note if it is not quite what is asked for, or by a
// pattern that no exported name of the library matches.
type shown struct {
	run    func() []float64
	note   string
	absent string
}

func does(run func() []float64) shown { return shown{run: run} }

func partly(note string, run func() []float64) shown { return shown{run: run, note: note} }

func absent(pattern string) shown { return shown{absent: pattern} }

// library is a column.
type library struct {
	name, module string // the module's path, of which the exported names are looked through
	shown        map[string]shown
}

// column is a library that tries what each row asks.
type column struct {
	name, version string
	try           func(ability) (verdict, why string)
}

func main() {
	withPython := flag.Bool("python", true, "with JAX and PyTorch")
	flag.Parse()
	var columns []column
	for _, l := range []*library{gradus, gonum, infergo, gomlx, gorgonia, spago, born} {
		columns = append(columns, column{l.name, version(l.module), l.try})
	}
	if *withPython {
		python := newPython()
		defer python.close()
		for _, l := range [][2]string{{"JAX", "jax"}, {"PyTorch", "torch"}} {
			columns = append(columns, column{l[0], python.version(l[1]), func(a ability) (string, string) { return python.try(l[1], a) }})
		}
	}
	head := []string{"", "problem"}
	for _, c := range columns {
		head = append(head, strings.TrimSpace(c.name+" "+c.version))
	}
	fmt.Printf("| %s |\n|---|---|%s\n", strings.Join(head, " | "), strings.Repeat(":-:|", len(columns)))
	notes := make([][]string, len(columns))
	for _, a := range abilities {
		cells := []string{a.name, a.problem}
		for i, c := range columns {
			verdict, why := c.try(a)
			cells = append(cells, verdict)
			if why != "" {
				notes[i] = append(notes[i], fmt.Sprintf("* %s, %s: %s", c.name, a.name, why))
			}
		}
		fmt.Printf("| %s |\n", strings.Join(cells, " | "))
	}
	fmt.Printf("\n%s\n", strings.Join(slices.Concat(notes...), "\n"))
}

// The verdicts.
const (
	yes    = "yes"
	half   = "partly"
	wrong  = "**wrong**"
	fails  = "fails"
	no     = "no"
	untold = "?" // nothing shows the cell
)

// try makes a cell, and says why it is not yes.
func (l *library) try(a ability) (verdict, why string) {
	s, ok := l.shown[a.key]
	switch {
	case !ok:
		return untold, "nothing shows it"
	case s.run == nil:
		if found := exported(l.module, s.absent); len(found) > 0 {
			return untold, "there is " + strings.Join(found, ", ")
		}
		return no, ""
	}
	return judge(a, s.note, func() (got []float64, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%v", p)
			}
		}()
		return s.run(), nil
	})
}

func judge(a ability, note string, run func() ([]float64, error)) (verdict, why string) {
	got, err := run()
	switch {
	case err != nil:
		return fails, "`" + short(err.Error()) + "`"
	case !near(got, a.want):
		return wrong, fmt.Sprintf("gives %.6g for %.6g", got, a.want)
	case note != "":
		return half, note
	}
	return yes, ""
}

func near(got, want []float64) bool {
	for i, w := range want {
		if len(got) != len(want) || !(math.Abs(got[i]-w) <= 1e-6*max(1, math.Abs(w))) {
			return false
		}
	}
	return true
}

// short keeps what fits into a line; what a panic said is most of it.
func short(s string) string {
	if i := strings.LastIndex(s, "panicked: "); i >= 0 {
		s = s[i+len("panicked: "):]
	}
	line, _, _ := strings.Cut(strings.ReplaceAll(s, "`", "'"), "\n")
	if r := []rune(line); len(r) > 200 {
		return string(r[:200]) + "..."
	}
	return line
}
