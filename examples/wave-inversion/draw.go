package main

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/num"
)

// field is a wave as a heat map wants it.
type field []float64

func (f field) Dims() (c, r int)   { return size, size }
func (f field) X(c int) float64    { return float64(c) }
func (f field) Y(r int) float64    { return float64(r) }
func (f field) Z(c, r int) float64 { return max(-1, min(1, f[r*size+c])) }

// draw draws the field that is known, the one found and the true one.
func draw(r *report.Report, seen, found, truth num.Array) error {
	var plots []*plot.Plot
	for i, f := range []num.Array{seen, found, truth} {
		p := plot.New()
		p.Title.Text = []string{"what is known: the field at the end", "found: the field at the start", "the true field at the start"}[i]
		p.X.Label.Text, p.Y.Label.Text = "x", "y"
		colors := moreland.SmoothBlueRed()
		colors.SetMin(-1)
		colors.SetMax(1)
		m := plotter.NewHeatMap(field(f.Float64s()), colors.Palette(255))
		m.Min, m.Max, m.Rasterized = -1, 1, true
		p.Add(m)
		plots = append(plots, p)
	}
	return r.SideBySide("wave-inversion.png", 4.43*vg.Inch, plots...) // so that the skin is a square
}
