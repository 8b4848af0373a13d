package peers

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
)

// long reports whether some libraries for Go take seconds for it. The command checks them.
func long(w work) bool {
	return w.Function == "lotka" || w.Function == "perceptron" || w.Function == "curve"
}

// Contenders that there are give the same numbers; what would have to be downloaded is not.
func TestRowsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("builds seven libraries")
	}
	t.Setenv("GOPROXY", "off")
	for _, w := range works() {
		if long(w) {
			continue
		}
		t.Run(w.Name, func(t *testing.T) {
			row := w.row()
			cs := row.Contenders()
			defer func() {
				if err := harness.Close(cs); err != nil {
					t.Error(err)
				}
			}()
			for _, c := range cs {
				if c.Missing != "" {
					t.Logf("%s: %s", c.Name, c.Missing)
				}
			}
			if err := row.Check(cs); err != nil {
				t.Error(err)
			}
		})
	}
}

// The long ones agree with C++.
func TestLongRowsAgreeWithC(t *testing.T) {
	for _, w := range works() {
		if !long(w) {
			continue
		}
		t.Run(w.Name, func(t *testing.T) {
			cs := append([]harness.Contender{w.ours()}, cpp(w)...)
			defer harness.Close(cs)
			if cs[1].Missing != "" {
				t.Skip(cs[1].Missing)
			}
			if err := w.row().Check(cs); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRowsAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range works() {
		if seen[w.Name] {
			t.Errorf("%s: twice", w.Name)
		}
		seen[w.Name] = true
		if w.row().Base != Part().Subject {
			t.Errorf("%s: the base is %s", w.Name, w.row().Base)
		}
		if total(w.sizes()) == 0 {
			t.Errorf("%s: no result", w.Name)
		}
	}
}

func of(name string, numbers ...float64) harness.Contender {
	c := harness.Func(name, func() {}, numbers)
	c.Time = func(n int) time.Duration { return time.Duration(n) }
	return c
}

// A contender with wrong numbers is left out with the reason, and so is one without numbers. Differences may be less exact.
func TestJudged(t *testing.T) {
	cs := judged([]harness.Contender{
		of(ourName, 5, 5), harness.Missing(cppName, "none"), of(differencesName, 1.001, 2), of(adolcName, 1, 2), of("near", 1, 2+1e-13),
		of("far", 1, 2.02), of("NaN", math.NaN(), 2), of("short", 1),
	})
	want := map[string]string{
		ourName: "", cppName: "none", adolcName: "", "near": "", "far": "wrong, by 0.01 of the largest number",
		"NaN": "wrong, by NaN of the largest number", "short": "wrong, by +Inf of the largest number", differencesName: "",
	}
	for _, c := range cs {
		if c.Missing != want[c.Name] {
			t.Errorf("%s: %q, want %q", c.Name, c.Missing, want[c.Name])
		}
	}
	// Ours, which is wrong here, is what the harness refuses.
	if err := (harness.Row{Tolerance: exact}).Check(cs); err == nil || !strings.Contains(err.Error(), ourName) {
		t.Errorf("got %v", err)
	}
}

// Every cell of the table is shown by something, and Gradus does what it says.
func TestAbilities(t *testing.T) {
	if testing.Short() {
		t.Skip("builds seven libraries")
	}
	t.Setenv("GOPROXY", "off")
	table, err := abilities("-python=false")
	if err != nil {
		t.Skip(err)
	}
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if len(cells) < 9 || cells[1] == "problem" {
			continue
		}
		rows++
		for i, c := range cells[2:] {
			if strings.TrimRight(c, " |\n") == "?" {
				t.Errorf("nothing shows cell %d of %s", i, line)
			}
		}
		if ours := cells[2]; ours != "yes" && ours != "no" {
			t.Errorf("ours is %s in %s", ours, line)
		}
	}
	if rows < 20 {
		t.Errorf("%d rows in\n%s", rows, table)
	}
}
