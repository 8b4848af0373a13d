package harness

import (
	"strings"
	"testing"
	"time"
)

// fixed is a contender whose work always takes as long.
func fixed(name string, takes time.Duration, result float64) Contender {
	return Contender{
		Name:   name,
		Time:   func(n int) time.Duration { return time.Duration(n) * takes },
		Result: func() [][]float64 { return [][]float64{{result}, {1, 2}} },
	}
}

func row(cs ...Contender) Row {
	return Row{Work: "work", Base: "C", Reach: 1, Least: 1.5, Contenders: func() []Contender { return cs }}
}

func TestTable(t *testing.T) {
	plan := Plan{Rounds: 3, Block: time.Millisecond}
	table := Table{Subject: "ours", Others: []string{"Go", "Rust"}}
	measure := func(r Row) {
		t.Helper()
		m, err := Measure(r, plan)
		if err != nil {
			t.Fatal(err)
		}
		table.Rows = append(table.Rows, m)
	}
	measure(row(fixed("ours", 200*time.Nanosecond, 1), fixed("C", 100*time.Nanosecond, 1), fixed("Go", 300*time.Nanosecond, 1)))
	measure(row(fixed("ours", 5*time.Microsecond, 1), fixed("C", 4*time.Microsecond, 1), Missing("Go", "no Go")))
	measure(row(fixed("ours", time.Microsecond, 1), Missing("C", "no C"), fixed("Go", time.Microsecond, 1)))
	absolute := row(fixed("ours", 2*time.Second, 1))
	absolute.Base, absolute.Absolute, absolute.Reach, absolute.Least = "", true, 3, 4
	measure(absolute)

	var b strings.Builder
	table.Summary(&b)
	table.Markdown(&b)
	want := `3 rows measured of 4: 1 at what they are to reach, 2 within the least, 1 short.
Geometric mean of the ratios: 1.58.
* work: 2.00, 1.3 times the least wanted
| work | base | base's time | ours | ratio | reach | at least | verdict | Go | Rust |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|
| work | C | 100 ns | 200 ns | 2.00 | 1.00 | 1.50 | **short** | 3.00 |  |
| work | C | 4 µs | 5 µs | 1.25 | 1.00 | 1.50 | enough | not measured: no Go |  |
| work | C | not measured: no C | 1 µs |  | 1.00 | 1.50 |  |  |  |
| work |  |  | 2 s |  | 3 s | 4 s | reached |  |  |
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func measured(t *testing.T, rows ...Row) (ms []Measurement) {
	t.Helper()
	for _, r := range rows {
		m, err := Measure(r, Plan{Rounds: 3, Block: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		ms = append(ms, m)
	}
	return ms
}

func TestMultiples(t *testing.T) {
	slow, level := row(fixed("C", 100, 1), fixed("Go", 1234, 1), fixed("Rust", 10000, 1)), row(fixed("C", 100, 1), fixed("Go", 95, 1), Missing("Rust", "no Rust"))
	slow.Work, level.Work = "slow", "level"
	var b strings.Builder
	Multiples{"C", []string{"Go", "Rust"}, measured(t, slow, level)}.Markdown(&b)
	want := `* Go takes 3.42 times as long (geometric mean of 2 rows); it is faster in 1.
* Rust takes 100 times as long (geometric mean of 1 rows); it is faster in 0.

| work | C | Go | Rust |
|---|---:|---:|---:|
| level | 100 ns | 0.95 | not measured: no Rust |
| slow | 100 ns | 12 | 100 |
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestCurves(t *testing.T) {
	at := func(group string, size float64, cs ...Contender) Row {
		r := row(cs...)
		r.Group, r.Size = group, size
		return r
	}
	var b strings.Builder
	Curves{"", []string{"Go", "Rust"}, measured(t,
		at("inputs", 10, fixed("C", 100, 1), fixed("Go", 200, 1)),
		at("inputs", 100, fixed("C", 100, 1), fixed("Go", 20000, 1)),
		at("steps", 0.5, fixed("C", 100, 1), fixed("Rust", 250, 1)))}.Markdown(&b)
	want := `| inputs | C | Go |
|---:|---:|---:|
| 10 | 100 ns | 2.00 |
| 100 | 100 ns | 200 |

| steps | C | Rust |
|---:|---:|---:|
| 0.5 | 100 ns | 2.50 |
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		cs   []Contender
		want string
	}{
		{"equal", []Contender{fixed("ours", 1, 2), fixed("C", 1, 2+1e-13)}, ""},
		{"unequal", []Contender{fixed("ours", 1, 2), fixed("C", 1, 2.001)}, "array 0 of ours and C"},
		{"NaN", []Contender{fixed("ours", 1, 2), fixed("C", 1, 2), fixed("Go", 1, 0/zero)}, "array 0 of Go and C"},
		{"NaN first", []Contender{fixed("ours", 1, 2), fixed("C", 1, 0/zero)}, "array 0 of ours and C"},
		{"fewer", []Contender{fixed("ours", 1, 2), Func("C", func() {}, []float64{2})}, "gives 2 arrays, and C 1"},
		{"missing", []Contender{fixed("ours", 1, 2), Missing("C", "none")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := row(c.cs...)
			if err := r.Check(c.cs); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

var zero float64

// Medians are of rounds, so that a slow one does not count, and ratios are of one round.
func TestRatiosAreOfRounds(t *testing.T) {
	round := 0
	slowing := func(name string, by time.Duration) Contender {
		c := fixed(name, 0, 1)
		c.Time = func(n int) time.Duration {
			round++
			return time.Duration(n*round) * by
		}
		return c
	}
	m, err := Measure(row(slowing("ours", 3*time.Hour), slowing("C", time.Hour)), Plan{Rounds: 5, Block: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Ratios["ours"]; !(2.5 < got && got < 3.5) {
		t.Errorf("ratio %v, want about 3", got)
	}
}

func TestDuration(t *testing.T) {
	for s, want := range map[float64]string{1.5: "1.5 s", 0.01234: "12.3 ms", 2e-6: "2 µs", 4.56e-8: "45.6 ns"} {
		if got := Duration(s); got != want {
			t.Errorf("Duration(%v) = %q, want %q", s, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for v, want := range map[float64]string{0.123: "0.12", 9.876: "9.88", 12.3: "12", 987: "990", 12345: "12,000", 1234567: "1,200,000"} {
		if got := Times(v); got != want {
			t.Errorf("Times(%v) = %q, want %q", v, got, want)
		}
	}
}

// cat answers with what it is asked.
func TestChild(t *testing.T) {
	c, err := Start("cat")
	if err != nil {
		t.Skip("no cat: ", err)
	}
	for _, order := range []string{"one", "two"} {
		var answer string
		if err := c.Ask(order, &answer); err != nil || answer != order {
			t.Errorf("asked %q: %q, %v", order, answer, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
