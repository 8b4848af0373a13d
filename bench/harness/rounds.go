package harness

import (
	"errors"
	"slices"
	"time"
)

// Plan says how long to measure.
type Plan struct {
	Rounds int           // of all contenders in turn
	Block  time.Duration // about what one contender works in a round
	Limit  time.Duration // after which there are no more rounds of a row, if it has had three; 0 is none
}

// Measurement is what a row came to.
type Measurement struct {
	Row     Row
	Times   map[string]float64 // the median over rounds of the seconds that the work takes once
	Ratios  map[string]float64 // the median over rounds of the time as a multiple of the base's
	Missing map[string]string
}

// Measure checks that the contenders of a row agree and then times them in turns: each round has a block of
// each contender, in one order and then in the other.
func Measure(r Row, p Plan) (m Measurement, err error) {
	m = Measurement{r, map[string]float64{}, map[string]float64{}, map[string]string{}}
	cs := r.Contenders()
	defer func() { err = errors.Join(err, Close(cs)) }()
	if err := r.Check(cs); err != nil {
		return m, err
	}
	present := slices.DeleteFunc(slices.Clone(cs), func(c Contender) bool {
		if c.Missing != "" {
			m.Missing[c.Name] = c.Missing
		}
		return c.Missing != ""
	})
	times := rounds(present, p)
	for i, c := range present {
		m.Times[c.Name] = median(times[i])
	}
	if base := slices.IndexFunc(present, func(c Contender) bool { return c.Name == r.Base }); base >= 0 {
		for i, c := range present {
			ratios := make([]float64, len(times[base]))
			for k := range ratios {
				ratios[k] = times[i][k] / times[base][k]
			}
			m.Ratios[c.Name] = median(ratios)
		}
	}
	return m, nil
}

// Before a block, work is done for about two milliseconds, once at least, that are not counted: another process had the processor and its
// caches before, and it takes so long until times are what they are without. Where work takes longer than long, that is a small part.
const (
	warmUp = 2e-3 // seconds
	long   = 0.05
)

// rounds returns, for each contender, the seconds that the work took once in each round.
func rounds(cs []Contender, p Plan) [][]float64 {
	counts, times := make([]int, len(cs)), make([][]float64, len(cs))
	for i, c := range cs {
		counts[i] = repeats(c, p.Block)
	}
	start := time.Now()
	for k := range p.Rounds {
		if k >= 3 && p.Limit > 0 && time.Since(start) > p.Limit {
			break
		}
		for i := range cs {
			if k%2 == 1 {
				i = len(cs) - 1 - i
			}
			if k > 0 && times[i][k-1] < long {
				cs[i].Time(min(counts[i], 1+int(warmUp/times[i][k-1])))
			}
			times[i] = append(times[i], cs[i].Time(counts[i]).Seconds()/float64(counts[i]))
		}
	}
	return times
}

// repeats returns how often a contender does its work in about the time of a block: once at least.
func repeats(c Contender, block time.Duration) int {
	for n := 1; ; n *= 4 {
		if d := c.Time(n); d > block/8 {
			return max(1, int(float64(n)*float64(block)/float64(d)))
		}
	}
}

func median(xs []float64) float64 {
	s := slices.Sorted(slices.Values(xs))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
