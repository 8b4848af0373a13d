package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
)

// field is a number for each sensor, as a heat map wants it. The colours end at -limit and limit.
type field struct {
	values []float64
	limit  float64
}

func (f field) Dims() (c, r int)   { return columns, rows }
func (f field) X(c int) float64    { return -2.5 + 5*float64(c)/(columns-1) }
func (f field) Y(r int) float64    { return -2 + 4*float64(r)/(rows-1) }
func (f field) Z(c, r int) float64 { return max(-f.limit, min(f.limit, f.values[r*columns+c])) }

// drawFields draws the sensor field and one column of its Jacobian side by side.
func drawFields(r *report.Report, potential, jacobian num.Array) error {
	left, err := heat("what the sensors read: the potential (colours from -5 to 5)", potential, 5)
	if err != nil {
		return err
	}
	right, err := heat("its derivative by the initial velocity of body 1 along y (-15 to 15)",
		num.Take(jacobian, 5, 1), 15)
	if err != nil {
		return err
	}
	return r.SideBySide("sensors.png", 5*vg.Inch, left, right)
}

func heat(title string, values num.Array, limit float64) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = "x", "y"
	colors := moreland.SmoothBlueRed()
	colors.SetMin(-limit)
	colors.SetMax(limit)
	m := plotter.NewHeatMap(field{values.Float64s(), limit}, colors.Palette(255))
	m.Min, m.Max = -limit, limit
	m.Rasterized = true
	p.Add(m)
	track, err := plotter.NewScatter(places())
	if err != nil {
		return nil, err
	}
	track.GlyphStyle = draw.GlyphStyle{Color: color.Black, Radius: vg.Points(0.8), Shape: draw.CircleGlyph{}}
	p.Add(track)
	return p, nil
}

// places returns where the two bodies were at each step.
func places() plotter.XYs {
	_, path := flow.Iterate(steps, step, start)
	p := path.Position.Float64s() // [step, body, axis]
	xys := make(plotter.XYs, len(p)/2)
	for i := range xys {
		xys[i] = plotter.XY{X: p[2*i], Y: p[2*i+1]}
	}
	return xys
}
