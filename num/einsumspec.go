package num

import (
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/trace"
)

// einsum is a parsed spec: a label for each axis of each operand and of the result.
type einsum struct {
	inputs [][]rune
	output []rune
}

// ellipsis stands for "..." in a term until the ranks of the operands replace it.
const ellipsis = '.'

func parseEinsum(spec string, xs []Array) einsum {
	in, out, explicit := strings.Cut(strings.ReplaceAll(spec, " ", ""), "->")
	terms := strings.Split(in, ",")
	if len(terms) != len(xs) {
		panic(trace.Errorf("einsum", "%q has %d terms for %d operands", spec, len(terms), len(xs)))
	}
	var s einsum
	hidden := 0 // the number of axes under the ellipsis
	for i, term := range terms {
		labels := parseTerm(spec, term)
		dots := slices.Index(labels, ellipsis)
		n := xs[i].Rank() - len(labels)
		if dots >= 0 {
			n++
		}
		if n < 0 || n > 0 && dots < 0 {
			panic(trace.Errorf("einsum", "term %q does not fit %v, an array of %d axes", term, xs[i].Type(), xs[i].Rank()))
		}
		if dots >= 0 {
			labels = slices.Replace(labels, dots, dots+1, hiddenAxes(n)...)
			hidden = max(hidden, n)
		}
		s.inputs = append(s.inputs, labels)
	}
	if !explicit {
		s.output = append(hiddenAxes(hidden), s.once()...)
		return s
	}
	s.output = parseTerm(spec, out)
	if dots := slices.Index(s.output, ellipsis); dots >= 0 {
		s.output = slices.Replace(s.output, dots, dots+1, hiddenAxes(hidden)...)
	} else if hidden > 0 {
		panic(trace.Errorf("einsum", "the output of %q needs an ellipsis for the axes without letters", spec))
	}
	for i, l := range s.output {
		if slices.Contains(s.output[:i], l) {
			panic(trace.Errorf("einsum", "index %c stands twice in the output of %q", l, spec))
		}
		if l > 0 && !slices.ContainsFunc(s.inputs, func(t []rune) bool { return slices.Contains(t, l) }) {
			panic(trace.Errorf("einsum", "index %c of the output of %q stands in no operand", l, spec))
		}
	}
	return s
}

// parseTerm returns the letters of a term, with the rune ellipsis for three dots.
func parseTerm(spec, term string) []rune {
	letters := []rune(strings.Replace(term, "...", string(ellipsis), 1))
	dots := strings.Contains(term, "...")
	for _, l := range letters {
		switch {
		case l >= 'a' && l <= 'z' || l >= 'A' && l <= 'Z':
		case l == ellipsis && dots:
			dots = false
		case l == ellipsis:
			panic(trace.Errorf("einsum", "dots in term %q of %q that are not one ellipsis", term, spec))
		default:
			panic(trace.Errorf("einsum", "%q in %q is not a letter, a comma, an ellipsis or ->", l, spec))
		}
	}
	return letters
}

// hiddenAxes returns the labels of n axes under an ellipsis: -n, ... -1.
func hiddenAxes(n int) []rune {
	labels := make([]rune, n)
	for i := range labels {
		labels[i] = rune(i - n)
	}
	return labels
}

// once returns the letters that stand once in all operands, sorted.
func (s einsum) once() []rune {
	all := slices.Concat(s.inputs...)
	slices.Sort(all)
	var single []rune
	for i, l := range all {
		if l > 0 && (i == 0 || all[i-1] != l) && (i == len(all)-1 || all[i+1] != l) {
			single = append(single, l)
		}
	}
	return single
}
