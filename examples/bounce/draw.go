package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	plotdraw "gonum.org/v1/plot/vg/draw"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

var (
	blue = color.RGBA{R: 40, G: 80, B: 160, A: 255}
	red  = color.RGBA{R: 200, G: 60, B: 40, A: 255}
)

// draw draws the end against the start, and the steps near the floor, side by side.
func draw(r *report.Report) error {
	left, err := drawEnds()
	if err != nil {
		return err
	}
	right, err := drawSteps()
	if err != nil {
		return err
	}
	return r.SideBySide("bounce.png", 5*vg.Inch, left, right)
}

// drawEnds draws where the ball ends for many starts.
func drawEnds() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "last height: naive stepping rises where it is differentiable, and jumps"
	p.X.Label.Text, p.Y.Label.Text = "first height", "last height"
	starts := num.Linspace(0.4905, 0.5125, 441)
	x := starts.Float64s()
	for _, s := range []struct {
		name string
		step simulation
		c    color.Color
	}{{"naive stepping", naive, red}, {"time of impact", impact, blue}} {
		ends := transforms.Vmap(func(y num.Array) num.Array { return end(s.step)(Ball{y, num.Scalar(speed)}) })(starts)
		if err := addDots(p, s.name, pairs(x, ends.Float64s()), s.c, 1.2); err != nil {
			return nil, err
		}
	}
	p.Legend.Top = true
	return p, nil
}

// drawSteps draws how two balls, one started a little higher, turn round.
func drawSteps() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "near the floor: from 0.5005 (small) and from 0.5035 (large)"
	p.X.Label.Text, p.Y.Label.Text = "step", "height"
	for i, y := range []float64{0.5005, 0.5035} {
		for _, s := range []struct {
			name string
			step simulation
			c    color.Color
		}{{"naive stepping", naive, red}, {"time of impact", impact, blue}} {
			_, path := flow.Iterate(steps, s.step, ball(y))
			var xys plotter.XYs
			for k, y := range path.Y.Float64s() {
				if k+1 >= turn()-6 && k+1 <= turn()+6 {
					xys = append(xys, plotter.XY{X: float64(k + 1), Y: y})
				}
			}
			name := s.name
			if i == 1 {
				name = ""
			}
			if err := addDots(p, name, xys, s.c, 2+2*float64(i)); err != nil {
				return nil, err
			}
		}
	}
	line, err := plotter.NewLine(plotter.XYs{{X: float64(turn() - 6), Y: floor}, {X: float64(turn() + 6), Y: floor}})
	if err != nil {
		return nil, err
	}
	p.Add(line)
	p.Legend.Add("floor", line)
	p.Legend.Top = true
	p.X.Min, p.Y.Max, p.Y.Label.Padding = float64(turn())-6.5, 0.14, vg.Points(5)
	return p, nil
}

// addDots adds points, and unless their name is empty, a line in the legend.
func addDots(p *plot.Plot, name string, xys plotter.XYs, c color.Color, radius float64) error {
	dots, err := plotter.NewScatter(xys)
	if err != nil {
		return err
	}
	dots.GlyphStyle = plotdraw.GlyphStyle{Color: c, Radius: vg.Points(radius), Shape: plotdraw.RingGlyph{}}
	p.Add(dots)
	if name != "" {
		p.Legend.Add(name, dots)
	}
	return nil
}

func pairs(x, y []float64) plotter.XYs {
	xys := make(plotter.XYs, len(x))
	for i := range x {
		xys[i] = plotter.XY{X: x[i], Y: y[i]}
	}
	return xys
}
