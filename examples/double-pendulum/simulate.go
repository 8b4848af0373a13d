package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// simulate returns the states after 0, 1, ... steps of the classical Runge-Kutta method, along a leading axis.
func simulate(s State) State {
	rate := func(s State) State { return State{Q: s.V, V: acceleration(s)} }
	step := func(s State) State {
		k1 := rate(s)
		k2 := rate(tree.AddScaled(s, dt/2, k1))
		k3 := rate(tree.AddScaled(s, dt/2, k2))
		k4 := rate(tree.AddScaled(s, dt, k3))
		return tree.AddScaled(s, dt/6, tree.Add(tree.Add(k1, k4), tree.Scale(2.0, tree.Add(k2, k3))))
	}
	_, path := flow.Iterate(steps, step, s)
	return tree.Map2(func(first, rest num.Array) num.Array {
		return num.Concat(0, num.ExpandDims(first, 0), rest)
	}, s, path)
}

// drawPath draws where the two bobs went.
func drawPath(r *report.Report, path State) error {
	tracks := make([]plotter.XYs, 2)
	at := transforms.Vmap(bobs)(path.Q).Float64s() // [step, bob, axis]
	for i := 0; i < len(at); i += 2 {
		bob := i / 2 % 2
		tracks[bob] = append(tracks[bob], plotter.XY{X: at[i], Y: at[i+1]})
	}
	p := plot.New()
	p.Title.Text = "double pendulum, equations of motion from the Lagrangian alone"
	p.X.Label.Text, p.Y.Label.Text = "x (m)", "y (m)"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -2.2, 2.2, -2.2, 2.2
	for i, c := range []color.Color{color.Gray{170}, color.RGBA{R: 200, G: 60, B: 40, A: 255}} {
		line, err := plotter.NewLine(tracks[i])
		if err != nil {
			return err
		}
		line.Color, line.Width = c, vg.Points(0.7)
		p.Add(line)
		p.Legend.Add([]string{"first bob", "second bob"}[i], line)
	}
	p.Legend.Top = true
	return p.Save(6*vg.Inch, 6*vg.Inch, r.Path("double-pendulum.png"))
}
