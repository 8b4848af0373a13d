package gradcheck_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// oracleRow is what JAX makes of a function: bench/oracles/make.py writes testdata/jax.json.gz.
type oracleRow struct {
	Name      string
	In        []tensor
	Tangents  []tensor
	Cotangent *tensor // nil where JAX has no reverse mode
	Out, JVP  tensor
	VJP, HVP  []tensor
}

// tensor is an array as it stands in the file, where what is not finite is a string.
type tensor struct {
	Shape []int
	Data  []any
}

func (t tensor) array() num.Array {
	data := make([]float64, len(t.Data))
	for i, v := range t.Data {
		switch v := v.(type) {
		case float64:
			data[i] = v
		case string:
			data[i] = map[string]float64{"nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1)}[v]
		}
	}
	return num.New(data, t.Shape...)
}

func all(ts []tensor) arrays {
	xs := make(arrays, len(ts))
	for i, t := range ts {
		xs[i] = t.array()
	}
	return xs
}

func readOracles(t *testing.T) []oracleRow {
	file, err := os.Open("testdata/jax.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Rows []oracleRow }
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all.Rows
}

// TestOracles compares values and derivatives with those of JAX in float64, where ours are computed at
// once and compiled.
func TestOracles(t *testing.T) {
	rows := readOracles(t)
	if len(rows) < 300 {
		t.Fatalf("only %d rows", len(rows))
	}
	seen, may := map[string]bool{}, differences()
	for _, r := range rows {
		t.Run(r.Name, func(t *testing.T) {
			f := ours(r.Name)
			if f == nil {
				t.Fatal("no function of ours has this name")
			}
			c := comparison{t, &r, "at once", may, seen}
			c.check(f)
			c.how = "compiled"
			c.check(f)
		})
	}
	for key := range may {
		if !seen[key] && !t.Failed() {
			t.Errorf("%s does not differ", key)
		}
	}
}

// pair is the argument of derivatives.
type pair struct{ X, T arrays }

// comparison is that of one row, at once or compiled.
type comparison struct {
	*testing.T
	*oracleRow
	how       string
	may, seen map[string]bool // differences
}

func (c *comparison) check(f func(arrays) array) {
	c.Helper()
	r := c.oracleRow
	run := func(g func(pair) arrays, in pair) arrays {
		if c.how == "compiled" {
			g = transforms.JIT(g)
		}
		return g(in)
	}
	in := pair{all(r.In), all(r.Tangents)}
	forward := run(func(p pair) arrays {
		y, dy := transforms.JVP(f, p.X, p.T)
		return arrays{y, dy}
	}, in)
	c.compare("value", forward[0], r.Out)
	c.compare("jvp", forward[1], r.JVP)
	if r.Cotangent == nil {
		return
	}
	ct := r.Cotangent.array()
	pull := func(x arrays) arrays {
		_, back := transforms.VJP(f, x)
		return back(ct)
	}
	for i, g := range run(func(p pair) arrays { return pull(p.X) }, in) {
		c.compare(fmt.Sprint("vjp ", i), g, r.VJP[i])
	}
	hvp := run(func(p pair) arrays {
		_, dg := transforms.JVP(pull, p.X, p.T)
		return dg
	}, in)
	for i, g := range hvp {
		c.compare(fmt.Sprint("hvp ", i), g, r.HVP[i])
	}
}

// compare reports entries that differ by more than rounding, and are not known to.
func (c *comparison) compare(what string, got num.Array, want tensor) {
	c.Helper()
	ys, zs := got.Float64s(), want.array().Float64s()
	if len(ys) != len(zs) {
		c.Fatalf("%s, %s: %v, want %d elements", c.how, what, got.Type(), len(zs))
	}
	scale := 0.0
	for _, z := range zs {
		if !math.IsInf(z, 0) && !math.IsNaN(z) && math.Abs(z) < 1e10 {
			scale = max(scale, math.Abs(z))
		}
	}
	for k, y := range ys {
		z := zs[k]
		bound := tolerance * max(scale, math.Abs(z))
		if strings.Contains(c.oracleRow.Name, "special") || strings.Contains(c.oracleRow.Name, "ties") {
			bound = tolerance * math.Abs(z) // entries have nothing to do with each other
		}
		if y == z || math.IsNaN(y) && math.IsNaN(z) || math.Abs(y-z) <= bound {
			continue
		}
		key := c.key(what, k)
		c.seen[key] = true
		if !c.may[key] {
			c.Errorf("%s: %q: %v, JAX has %v", c.how, key, y, z)
		}
	}
}

// key names entry k of what is compared, by the elements of the operands there.
func (c *comparison) key(what string, k int) string {
	var at []any
	for _, x := range c.In {
		if k < len(x.Data) {
			at = append(at, x.Data[k])
		}
	}
	return fmt.Sprint(c.oracleRow.Name, ", ", what, " at ", at)
}

// tolerance is relative to the largest entry.
const tolerance = 4e-13
