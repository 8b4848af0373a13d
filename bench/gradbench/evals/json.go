package evals

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gradus-ad/gradus/num"
)

// array reads an array from JSON: a number, or lists of numbers that are nested to one depth and of one length
// at each depth. Inputs have millions of numbers, which package encoding/json would make by reflection.
type array struct{ num.Array }

func (a *array) UnmarshalJSON(text []byte) error {
	r := arrayReader{text: text, rank: -1}
	if err := r.value(0); err != nil {
		return err
	}
	a.Array = num.New(r.data, r.shape...)
	return nil
}

// arrayReader reads JSON that is known to be valid.
type arrayReader struct {
	text  []byte
	at    int
	data  []float64
	shape []int // of the depths seen so far; -1 inside of the first list there
	rank  int   // the depth of numbers, or -1
}

func (r *arrayReader) value(depth int) error {
	r.space()
	if r.text[r.at] == '[' {
		return r.list(depth)
	}
	start := r.at
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n,]", r.text[r.at]) < 0 {
		r.at++
	}
	v, err := strconv.ParseFloat(string(r.text[start:r.at]), 64)
	if err != nil {
		return fmt.Errorf("%.20q is not a number", r.text[start:r.at])
	}
	if r.rank < 0 {
		r.rank = depth
	}
	if r.rank != depth || len(r.shape) != depth {
		return fmt.Errorf("numbers at different depths of lists")
	}
	r.data = append(r.data, v)
	return nil
}

func (r *arrayReader) list(depth int) error {
	first := depth == len(r.shape)
	if first {
		r.shape = append(r.shape, -1)
	}
	r.at++
	n := 0
	for r.space(); r.text[r.at] != ']'; r.space() {
		if r.text[r.at] == ',' {
			r.at++
		}
		if err := r.value(depth + 1); err != nil {
			return err
		}
		n++
	}
	r.at++
	if r.shape[depth] < 0 {
		r.shape[depth] = n
	}
	if r.shape[depth] != n {
		return fmt.Errorf("lists of %d and %d elements at one depth", r.shape[depth], n)
	}
	return nil
}

func (r *arrayReader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// AppendJSON appends what a function gave: an array, arrays by name, or anything else that package encoding/json
// writes. What is not finite is no JSON, and an error.
func AppendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case num.Array:
		return appendArray(b, v.Float64s(), v.Shape())
	case map[string]num.Array:
		sep := byte('{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			b = append(strconv.AppendQuote(append(b, sep), name), ':')
			var err error
			if b, err = AppendJSON(b, v[name]); err != nil {
				return nil, err
			}
			sep = ','
		}
		return append(b, '}'), nil
	}
	text, err := json.Marshal(v)
	return append(b, text...), err
}

func appendArray(b []byte, data []float64, shape []int) ([]byte, error) {
	if len(shape) == 0 {
		if math.IsNaN(data[0]) || math.IsInf(data[0], 0) {
			return nil, fmt.Errorf("the result is %v, which is not JSON", data[0])
		}
		return strconv.AppendFloat(b, data[0], 'g', -1, 64), nil
	}
	b = append(b, '[')
	step := len(data) / max(shape[0], 1)
	var err error
	for i := range shape[0] {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendArray(b, data[i*step:(i+1)*step], shape[1:]); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}
