package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

var (
	blue = color.RGBA{R: 40, G: 80, B: 160, A: 255}
	red  = color.RGBA{R: 200, G: 60, B: 40, A: 255}
)

// energyErrors follows the orbit in n steps a period, and returns the error of the energy after each.
func energyErrors(step method, periods, n int) []float64 {
	h := num.Scalar(period / float64(n))
	errors := transforms.JIT(func(s State) num.Array {
		e0 := energy(s)
		_, e := flow.Iterate(periods*n, func(s State) State { return step(s, h) }, s)
		return num.Sub(transforms.Vmap(energy)(e), e0)
	})
	return errors(start).Float64s()
}

const (
	periods = 40
	perTurn = 100
)

// checkEnergy follows the orbit for many periods, and draws.
func checkEnergy(r *report.Report) error {
	frog, kutta := energyErrors(leapfrog, periods, perTurn), energyErrors(rungeKutta, periods, perTurn)
	last := len(frog) - perTurn
	r.Printf("\nthe energy, -0.5, over %d periods of %d steps:\n", periods, perTurn)
	r.CheckSmall("leapfrog, drift from first to last period", worst(frog[last:])-worst(frog[:perTurn]), 1e-7)
	r.Printf("  leapfrog, largest error in the first and last period    %.2e  %.2e\n", worst(frog[:perTurn]), worst(frog[last:]))
	r.Printf("  Runge-Kutta, largest error in the first and last period %.2e  %.2e: it grows\n", worst(kutta[:perTurn]), worst(kutta[last:]))
	return drawAll(r, frog, kutta)
}

func worst(errors []float64) float64 {
	w := 0.0
	for _, e := range errors {
		w = math.Max(w, math.Abs(e))
	}
	return w
}

// drawAll draws the orbit with its neighbours and the error of the energy side by side.
func drawAll(r *report.Report, frog, kutta []float64) error {
	left, err := drawOrbit()
	if err != nil {
		return err
	}
	right, err := drawEnergy(frog, kutta)
	if err != nil {
		return err
	}
	return r.SideBySide("kepler.png", 5.4*vg.Inch, left, right)
}

const (
	radius     = 1e-3 // of the circle of neighbours at the start
	neighbours = 24
	quarters   = 4
)

// circle returns n starts, f64[n,2] each, whose places lie on a circle round the start.
func circle(n int) State {
	q, v := make([]float64, 0, 2*n), make([]float64, 0, 2*n)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n-1))
		q, v = append(q, radius*cos, radius*sin), append(v, 0, 0)
	}
	return State{
		Q: num.Add(num.New(q, n, 2), start.Q),
		V: num.Add(num.New(v, n, 2), start.V),
	}
}

// drawOrbit draws the orbit and what becomes of a circle of neighbours every quarter of a period: their
// own orbits as dots, what the monodromy matrix says of them as curves.
func drawOrbit() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "a circle of neighbours (radius 0.001) after 0, 1/4, 1/2, 3/4, 1 period"
	p.X.Label.Text, p.Y.Label.Text = "x", "y"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -1.8, 0.8, -1.3, 1.3
	_, path := flow.Iterate(400, orbit(sixth, period/400, 1), start)
	if err := addLine(p, "orbit", xys(path.Q), color.Gray{170}, 0.8); err != nil {
		return nil, err
	}
	return p, addNeighbours(p)
}

func addNeighbours(p *plot.Plot) error {
	quarter := orbit(sixth, period/quarters, 100)
	steps := transforms.JIT(func(s State) State {
		_, all := flow.Iterate(quarters, quarter, s)
		return all
	})
	centre := steps(start).Q
	phi := transforms.JIT(jac.Fwd(func(q num.Array) num.Array { return steps(State{Q: q, V: start.V}).Q }))(start.Q)
	ring, dots := circle(200), circle(neighbours)
	offset := num.Sub(ring.Q, start.Q)
	own := transforms.Vmap(steps)(dots).Q
	if err := addLine(p, "by the monodromy matrix", xys(ring.Q), red, 1); err != nil {
		return err
	}
	var all plotter.XYs
	for k := range quarters {
		curve := num.Add(num.MatMul(offset, num.Transpose(num.Take(phi, k, 0))), num.Take(centre, k, 0))
		line, err := plotter.NewLine(xys(curve))
		if err != nil {
			return err
		}
		line.Color, line.Width = red, vg.Points(1)
		p.Add(line)
		all = append(all, xys(num.Take(own, k, 1))...)
	}
	s, err := plotter.NewScatter(all)
	if err != nil {
		return err
	}
	s.GlyphStyle = draw.GlyphStyle{Color: blue, Radius: vg.Points(1), Shape: draw.CircleGlyph{}}
	p.Add(s)
	p.Legend.Add("by their own orbits", s)
	p.Legend.Top = true
	return nil
}

// drawEnergy draws the largest error of the energy in each period.
func drawEnergy(frog, kutta []float64) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("largest error of the energy in each period (%d steps)", perTurn)
	p.X.Label.Text, p.Y.Label.Text = "period", "|E + 0.5|"
	for i, errors := range [][]float64{frog, kutta} {
		var line plotter.XYs
		for k := range periods {
			line = append(line, plotter.XY{X: float64(k + 1), Y: worst(errors[k*perTurn : (k+1)*perTurn])})
		}
		name, c := "leapfrog: bounded", color.Color(blue)
		if i == 1 {
			name, c = "Runge-Kutta of order 4: grows", red
		}
		if err := addLine(p, name, line, c, 1.2); err != nil {
			return nil, err
		}
	}
	p.Y.Min, p.Y.Max = 0, 1.25*p.Y.Max
	p.Legend.Top, p.Legend.Left = true, true
	return p, nil
}

func addLine(p *plot.Plot, name string, xys plotter.XYs, c color.Color, width float64) error {
	line, err := plotter.NewLine(xys)
	if err != nil {
		return err
	}
	line.Color, line.Width = c, vg.Points(width)
	p.Add(line)
	p.Legend.Add(name, line)
	return nil
}

// xys returns the rows of an array, f64[n,2], as points.
func xys(a num.Array) plotter.XYs {
	v := a.Float64s()
	points := make(plotter.XYs, len(v)/2)
	for i := range points {
		points[i] = plotter.XY{X: v[2*i], Y: v[2*i+1]}
	}
	return points
}
