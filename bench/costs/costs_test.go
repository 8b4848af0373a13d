package costs

import (
	"testing"

	"github.com/gradus-ad/gradus/bench/harness"
)

// Those contenders that give the same numbers do; the largest rows are left to the command, which checks them too.
func TestRowsAgree(t *testing.T) {
	for _, p := range []harness.Part{Modes(), Growth(), Compiling(), Passes()} {
		for _, r := range p.Rows() {
			t.Run(p.Name+"/"+r.Work, func(t *testing.T) {
				if r.Size > 2000 {
					t.Skip("takes long, and differs in size only")
				}
				if err := r.Check(r.Contenders()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestMetrics(t *testing.T) {
	got := metrics([]byte("goos: linux\nBenchmarkA/20_slots-2 \t 1\t 0 ns/op\t 3.5 MB-live\t 2 times-plain\nPASS\n"))
	if want := "| A/20 slots | 3.5 MB-live, 2 times-plain |\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
