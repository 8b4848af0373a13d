package againstc

import (
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/bench/harness"
)

// Every row's contenders give the same numbers: the largest are left to the command itself, which checks them too.
func TestRowsAgree(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.Work, func(t *testing.T) {
			if strings.Contains(r.Work, "1000000") || strings.Contains(r.Work, "1024x") {
				t.Skip("takes long, and differs in size only")
			}
			cs := r.Contenders()
			defer func() {
				if err := harness.Close(cs); err != nil {
					t.Error(err)
				}
			}()
			if err := r.Check(cs); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRowsAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows() {
		if seen[r.Work] {
			t.Errorf("%s: twice", r.Work)
		}
		seen[r.Work] = true
		if !(0 < r.Reach && r.Reach < r.Least) {
			t.Errorf("%s: reach %v, at least %v", r.Work, r.Reach, r.Least)
		}
		if r.Base == "" && !r.Absolute {
			t.Errorf("%s: neither a base nor absolute", r.Work)
		}
	}
}
