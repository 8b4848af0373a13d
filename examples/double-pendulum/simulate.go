package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// simulate returns the states after 0, 1, ... steps of the classical Runge-Kutta method.
func simulate(s State) []State {
	rate := func(s State) State { return State{Q: s.V, V: acceleration(s)} }
	step := transforms.JIT(func(s State) State {
		k1 := rate(s)
		k2 := rate(tree.AddScaled(s, dt/2, k1))
		k3 := rate(tree.AddScaled(s, dt/2, k2))
		k4 := rate(tree.AddScaled(s, dt, k3))
		return tree.AddScaled(s, dt/6, tree.Add(tree.Add(k1, k4), tree.Scale(2.0, tree.Add(k2, k3))))
	})
	path := []State{s}
	for range steps {
		s = step(s)
		path = append(path, s)
	}
	return path
}

// drawPath draws where the two bobs went.
func drawPath(r *report.Report, path []State) error {
	tracks := make([]plotter.XYs, 2)
	for _, s := range path {
		at := bobs(s.Q).Float64s()
		for i := range tracks {
			tracks[i] = append(tracks[i], plotter.XY{X: at[2*i], Y: at[2*i+1]})
		}
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
