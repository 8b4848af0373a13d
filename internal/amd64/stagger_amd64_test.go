package amd64

import (
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
)

// TestStagger has the values of many pairs, each by a root and a quotient: after it is ordered, each pair stands
// together, but what reads a root or a quotient is some instructions behind it.
func TestStagger(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	in, out := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	const pairs = 60
	var d, r []loop.Value
	for k := range pairs {
		x := b.Sub(b.Load(in, k), b.Load(in, k+1))
		for j := range 6 {
			x = b.FMA(x, x, b.Load(in, j))
		}
		d, r = append(d, x), append(r, b.Div(b.Float(1), b.Sqrt(x)))
	}
	for k := range pairs {
		y := b.Mul(d[k], r[k])
		for j := range 6 {
			y = b.FMA(y, y, b.Load(in, j))
		}
		b.Store(out, k%7, y)
	}
	l := ordered(b.Live(), 14, newRoom(0))
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	last := 0 // before it, all have someone behind them that could stand in between
	for v := range l.Body {
		if l.Body[v].Op == loop.Sqrt {
			last = v
		}
	}
	staggered := 0
	for v := range l.Body {
		for _, x := range l.Body[v].Values() {
			if o := l.Body[x].Op; o == loop.Sqrt && v < last {
				if v-int(x) < ahead/2 {
					t.Errorf("instruction %d reads the root %d", v, x)
				}
				staggered++
			}
		}
	}
	if staggered < pairs/2 {
		t.Errorf("%d roots before the last one", staggered)
	}
}
