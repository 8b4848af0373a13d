package main

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/gradus-ad/gradus/bench/harness"
)

var (
	ahead    = color.RGBA{R: 0x2a, G: 0x7f, B: 0x62, A: 0xff}
	behind   = color.RGBA{R: 0xc4, G: 0x4e, B: 0x3b, A: 0xff}
	colours  = []color.Color{color.RGBA{0x1f, 0x5f, 0xa8, 0xff}, color.RGBA{0xd9, 0x82, 0x1e, 0xff}, ahead, behind, color.RGBA{0x7a, 0x52, 0xa3, 0xff}, color.Gray{0x60}}
	faint    = color.Gray{0xd8}
	linePace = 0.19 * vg.Inch // from one line of a picture to the next
)

// drawPart writes the picture of a part to a file named as the part, and returns whether there is one.
func drawPart(r harness.Result) (drawn bool, err error) {
	if len(r.Rows) == 0 || r.Style == harness.Growth && r.Rows[0].Row.Size == 0 {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(picture(r.Name)), 0o755); err != nil {
		return false, err
	}
	switch r.Style {
	case harness.Against:
		return true, drawRatios(r)
	case harness.Versus:
		return true, drawMultiples(r)
	}
	return true, drawCurves(r)
}

// picture returns where the picture of a part is.
func picture(name string) string { return filepath.Join("pictures", name+".png") }

// drawRatios draws a bar for each row from 1, which is as fast as the base, to the subject's ratio.
func drawRatios(r harness.Result) error {
	rows := slices.DeleteFunc(slices.Clone(r.Rows), func(m harness.Measurement) bool {
		_, ok := m.Ratios[r.Subject]
		return !ok || m.Row.Base == "Go" // a call against none at all
	})
	p := lines(r.Subject+"'s time as a multiple of that of C or of a library in C", rows)
	for i, m := range rows {
		v := m.Ratios[r.Subject]
		bar, err := plotter.NewLine(plotter.XYs{{X: 1, Y: height(rows, i)}, {X: v, Y: height(rows, i)}})
		if err != nil {
			return err
		}
		bar.Width, bar.Color = vg.Points(7), ahead
		if v > 1 {
			bar.Color = behind
		}
		p.Add(bar)
	}
	p.X.Min, p.X.Max = 0.9*p.X.Min, 1.1*p.X.Max
	return p.Save(9*vg.Inch, vg.Length(len(rows)+4)*linePace, picture(r.Name))
}

// drawMultiples draws a dot for each row and other contender.
func drawMultiples(r harness.Result) error {
	rows := harness.Multiples{Subject: r.Subject, Others: r.Others, Rows: r.Rows}.Sorted()
	p := lines("time as a multiple of "+r.Subject+"'s", rows)
	for k, name := range r.Others {
		var at plotter.XYs
		for i, m := range rows {
			if v, ok := m.Ratios[name]; ok {
				at = append(at, plotter.XY{X: v, Y: height(rows, i)})
			}
		}
		if len(at) == 0 {
			continue
		}
		dots, err := plotter.NewScatter(at)
		if err != nil {
			return err
		}
		dots.GlyphStyle = draw.GlyphStyle{Color: colours[k%len(colours)], Radius: vg.Points(3), Shape: draw.CircleGlyph{}}
		if k >= len(colours) {
			dots.Shape = draw.TriangleGlyph{}
		}
		p.Add(dots)
		p.Legend.Add(name, dots)
	}
	p.X.Min *= 0.9
	p.X.Max *= math.Pow(p.X.Max/p.X.Min, 0.4) // beside the dots is room for the legend
	p.Legend.XOffs = -vg.Points(6)
	return p.Save(9*vg.Inch, vg.Length(len(rows)+4)*linePace, picture(r.Name))
}

// lines returns a plot with a line for each row and a logarithmic axis of multiples, with one where they are 1.
func lines(title string, rows []harness.Measurement) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	logarithmic(&p.X)
	ticks := make([]plot.Tick, len(rows))
	for i, m := range rows {
		ticks[i] = plot.Tick{Value: height(rows, i), Label: m.Row.Work}
	}
	p.Y.Tick.Marker, p.Y.Tick.Length, p.Y.LineStyle.Width = plot.ConstantTicks(ticks), 0, 0
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	p.Add(grid, &plotter.Line{XYs: plotter.XYs{{X: 1, Y: -1}, {X: 1, Y: float64(len(rows))}}, LineStyle: plotter.DefaultLineStyle})
	return p
}

// height is where a row's line is: the first is on top.
func height(rows []harness.Measurement, i int) float64 { return float64(len(rows) - 1 - i) }

// drawCurves draws a plot for each group, two side by side.
func drawCurves(r harness.Result) error {
	c := harness.Curves{Subject: r.Subject, Others: r.Others, Rows: r.Rows}
	var plots []*plot.Plot
	for _, group := range c.Groups() {
		p, err := curves(group, c.Group(group), r.Others)
		if err != nil {
			return err
		}
		plots = append(plots, p)
	}
	return saveTiles(plots, 2, picture(r.Name))
}

// curves draws how the multiples of a group grow.
func curves(group string, rows []harness.Measurement, names []string) (*plot.Plot, error) {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = group, "times the function"
	logarithmic(&p.Y)
	if rows[len(rows)-1].Row.Size > 10*rows[0].Row.Size {
		logarithmic(&p.X)
	}
	p.Legend.Top, p.Legend.Left = true, true
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	p.Add(grid)
	for k, name := range names {
		var at plotter.XYs
		for _, m := range rows {
			if v, ok := m.Ratios[name]; ok {
				at = append(at, plotter.XY{X: m.Row.Size, Y: v})
			}
		}
		if len(at) == 0 {
			continue
		}
		line, dots, err := plotter.NewLinePoints(at)
		if err != nil {
			return nil, err
		}
		line.Color = colours[k%len(colours)]
		dots.Color, dots.Shape = line.Color, draw.CircleGlyph{}
		p.Add(line, dots)
		p.Legend.Add(name, line, dots)
	}
	p.X.Max *= 1.05
	p.Y.Max = math.Max(10, p.Y.Max*30) // room for the legend
	return p, nil
}

// logarithmic makes an axis logarithmic, with a tick and a number at each power of ten, or of two where there are few of
// these.
func logarithmic(a *plot.Axis) {
	a.Scale = plot.LogScale{}
	a.Tick.Marker = plot.TickerFunc(func(low, high float64) (ticks []plot.Tick) {
		base := 10.0
		if high < 100*low {
			base = 2
		}
		for k := math.Ceil(math.Log(low) / math.Log(base)); math.Pow(base, k) <= high; k++ {
			v := math.Pow(base, k)
			ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
		}
		return ticks
	})
}

// saveTiles writes plots in rows of the given number.
func saveTiles(plots []*plot.Plot, across int, path string) error {
	down := (len(plots) + across - 1) / across
	img := vgimg.New(vg.Length(across)*4.5*vg.Inch, vg.Length(down)*3.4*vg.Inch)
	tiles := draw.Tiles{Rows: down, Cols: across, PadX: vg.Points(12), PadY: vg.Points(12), PadTop: vg.Points(6), PadRight: vg.Points(8)}
	for i, p := range plots {
		p.Draw(tiles.At(draw.New(img), i%across, i/across))
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = vgimg.PngCanvas{Canvas: img}.WriteTo(file)
	return err
}
