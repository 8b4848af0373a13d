package harness

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Row is one line of a table: one piece of work.
type Row struct {
	Work string
	// Group and Size place the row in a curve: what grows, and how large it is here.
	Group string  `json:",omitempty"`
	Size  float64 `json:",omitempty"`
	// Base names the contender whose time is 1. Without one there are no ratios.
	Base string
	// Reach is the ratio to the base that the subject is meant to have, Least the one that it must have, or seconds
	// if the row is absolute.
	Reach, Least float64
	Absolute     bool
	// Tolerance is how far results may lie apart, relative to the largest number of an array: 1e-12 if it is 0.
	Tolerance float64
	// Contenders makes ready what is measured. The first is the subject.
	Contenders func() []Contender `json:"-"`
}

// Close ends what contenders need.
func Close(cs []Contender) error {
	var errs []error
	for _, c := range cs {
		if c.Close != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// Check runs each contender once and compares what they give with the first of them that gives numbers and is
// not the subject.
func (r Row) Check(cs []Contender) error {
	tolerance := r.Tolerance
	if tolerance == 0 {
		tolerance = 1e-12
	}
	var want [][]float64
	var whose string
	for _, c := range slices.Concat(cs[1:], cs[:1]) {
		if c.Missing != "" {
			continue
		}
		c.Time(1)
		if c.Result == nil {
			continue
		}
		got := c.Result()
		if want == nil {
			want, whose = got, c.Name
			continue
		}
		if len(got) != len(want) {
			return fmt.Errorf("%s: %s gives %d arrays, and %s %d", r.Work, c.Name, len(got), whose, len(want))
		}
		for i := range got {
			if err := near(got[i], want[i], tolerance); err != nil {
				return fmt.Errorf("%s: array %d of %s and %s: %w", r.Work, i, c.Name, whose, err)
			}
		}
	}
	return nil
}

func near(got, want []float64, tolerance float64) error {
	if len(got) != len(want) || len(want) == 0 {
		return fmt.Errorf("%d numbers and %d", len(got), len(want))
	}
	scale := 0.0
	for _, w := range want {
		scale = max(scale, math.Abs(w))
	}
	for i, w := range want {
		if d := math.Abs(got[i] - w); !(d <= tolerance*scale) || math.IsInf(w, 0) {
			return fmt.Errorf("%v and %v at %d: %.2g of the largest", got[i], w, i, d/scale)
		}
	}
	return nil
}
