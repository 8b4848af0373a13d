package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	plotdraw "gonum.org/v1/plot/vg/draw"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// fine is how many points of the curves there are, to the last observation.
const fine = 200

func curve(p Params) num.Array { return predict(p, fine, counts*every/fine, 5) }

// draw draws the counts, the fitted populations, and two standard errors to both sides of them.
func draw(r *report.Report, data num.Array, best Params, covariance num.Array) error {
	u := transforms.JIT(curve)(best)
	j := transforms.JIT(jac.Matrix(curve))(best) // f64[400,4]
	spread := num.Mul(2, num.Sqrt(num.Sum(num.Mul(num.MatMul(j, covariance), j), 1)))
	low, high := num.Sub(num.Ravel(u), spread), num.Add(num.Ravel(u), spread)
	p := plot.New()
	p.Title.Text = "predators and prey: counts, fit, two standard errors of the fit"
	p.X.Label.Text, p.Y.Label.Text = "time", "population"
	for i, name := range []string{"prey", "predators"} {
		c := []color.RGBA{{R: 40, G: 80, B: 160, A: 255}, {R: 200, G: 60, B: 40, A: 255}}[i]
		band, err := plotter.NewPolygon(append(points(low, i, false), points(high, i, true)...))
		if err != nil {
			return err
		}
		band.Color, band.LineStyle.Width = pale(c), 0
		line, err := plotter.NewLine(points(num.Ravel(u), i, false))
		if err != nil {
			return err
		}
		line.Color, line.Width = c, vg.Points(1)
		dots, err := plotter.NewScatter(points(data, i, false))
		if err != nil {
			return err
		}
		dots.GlyphStyle = plotdraw.GlyphStyle{Color: c, Radius: vg.Points(2), Shape: plotdraw.CircleGlyph{}}
		p.Add(band, line, dots)
		p.Legend.Add(name, line, dots)
	}
	p.Legend.Top = true
	p.X.Max, p.Y.Max = 10.1, 8
	return p.Save(8*vg.Inch, 4.5*vg.Inch, r.Path("lotka-volterra.png"))
}

// points returns population i of an array of both, evenly spaced to the end, as points over time.
func points(a num.Array, i int, backwards bool) plotter.XYs {
	v := a.Float64s()
	n := len(v) / 2
	xys := make(plotter.XYs, n)
	for k := range n {
		at := k
		if backwards {
			at = n - 1 - k
		}
		xys[k] = plotter.XY{X: counts * every * float64(at+1) / float64(n), Y: v[2*at+i]}
	}
	return xys
}

// pale returns a colour of a third of the strength.
func pale(c color.RGBA) color.Color {
	return color.NRGBA{R: c.R, G: c.G, B: c.B, A: 85}
}
