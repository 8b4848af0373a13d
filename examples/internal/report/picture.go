package report

import (
	"fmt"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// SideBySide writes a picture of the given name and height, with plots from left to right.
func (r *Report) SideBySide(name string, height vg.Length, plots ...*plot.Plot) error {
	canvas := vgimg.New(13*vg.Inch, height)
	tiles := draw.Tiles{
		Rows: 1, Cols: len(plots), PadX: vg.Points(14),
		PadTop: vg.Points(8), PadBottom: vg.Points(8), PadRight: vg.Points(12), PadLeft: vg.Points(8),
	}
	for i, p := range plots {
		p.Draw(tiles.At(draw.New(canvas), i, 0))
	}
	file, err := os.Create(r.Path(name))
	if err != nil {
		return err
	}
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(file); err != nil {
		return fmt.Errorf("writing the picture: %w", err)
	}
	return file.Close()
}
