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
)

// drawSpectrum draws the size of the modes on a logarithmic scale: six of them are rounding errors.
func drawSpectrum(r *report.Report, modes []float64) error {
	var rigid, stiff plotter.XYs
	for i, m := range modes {
		xy := plotter.XY{X: float64(i + 1), Y: math.Max(math.Abs(m), 1e-17)}
		if i < 6 {
			rigid = append(rigid, xy)
		} else {
			stiff = append(stiff, xy)
		}
	}
	p := plot.New()
	p.Title.Text = "13 Lennard-Jones atoms: modes of the Hessian at the minimum"
	p.X.Label.Text, p.Y.Label.Text = "mode", "|eigenvalue|"
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.TickerFunc(decades)
	for i, xys := range []plotter.XYs{rigid, stiff} {
		s, err := plotter.NewScatter(xys)
		if err != nil {
			return err
		}
		s.GlyphStyle = draw.GlyphStyle{
			Color:  []color.Color{color.RGBA{R: 200, G: 60, B: 40, A: 255}, color.RGBA{R: 40, G: 80, B: 160, A: 255}}[i],
			Radius: vg.Points(3), Shape: draw.CircleGlyph{},
		}
		p.Add(s)
		p.Legend.Add([]string{"rigid motions: 6", "vibrations: 33"}[i], s)
	}
	p.Y.Max = 1e4
	p.Legend.Left, p.Legend.Top = true, true
	return p.Save(7*vg.Inch, 4.5*vg.Inch, r.Path("lj-cluster.png"))
}

// decades marks every third power of ten.
func decades(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	for k := math.Ceil(math.Log10(lo)); k <= math.Log10(hi); k++ {
		t := plot.Tick{Value: math.Pow(10, k)}
		if math.Mod(k, 3) == 0 {
			t.Label = fmt.Sprintf("1e%g", k)
		}
		ticks = append(ticks, t)
	}
	return ticks
}
