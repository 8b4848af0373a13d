package trace

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// String returns the elements as numpy prints them, rows in brackets and columns aligned. Of
// more than 1000 elements it shows three at either end of each axis. Floats have at most 8 digits
// behind the point, but a scalar has all of its digits. A traced array prints as its type,
// such as "traced f64[3]", and with its value if that is known (define-by-run).
func (a Array) String() string { return a.text(Buffer.word, Buffer.words) }

// Format prints the elements by a verb of fmt that fits their dtype, such as %.3f or %8d, laid out
// as by String, which %v and %s stand for.
func (a Array) Format(s fmt.State, verb rune) {
	verbs := [...]string{F64: "eEfFgG", I64: "bdoOxX", Bool: "t"}[a.DType()]
	if !strings.ContainsRune(verbs, verb) {
		if verb == 'v' || verb == 's' {
			fmt.Fprintf(s, fmt.FormatString(plain{s}, 's'), a.String())
		} else {
			fmt.Fprintf(s, "%%!%c(%v=%s)", verb, a.Type(), a.String())
		}
		return
	}
	each := fmt.FormatString(s, verb)
	word := func(b Buffer, i int) string { return fmt.Sprintf(each, b.element(i)) }
	fmt.Fprint(s, a.text(
		func(b Buffer) string { return word(b, 0) },
		func(b Buffer, at []int) []string {
			words := make([]string, len(at))
			for k, i := range at {
				words[k] = word(b, i)
			}
			return aligned(words)
		}))
}

// plain is a fmt.State without the flags that ask for Go syntax.
type plain struct{ fmt.State }

func (p plain) Flag(c int) bool { return c == '-' && p.State.Flag(c) }

// text prints a, with scalar for the text of a scalar and words for those of several elements.
func (a Array) text(scalar func(Buffer) string, words func(Buffer, []int) []string) string {
	c := a.cell()
	if c.b == nil && c.repeats() {
		return c.few().text(c.typ, scalar, words)
	}
	b, known := a.peek()
	switch {
	case !known:
		return "traced " + c.typ.String()
	case c.b != nil:
		return "traced " + c.typ.String() + " " + b.text(c.typ, scalar, words)
	}
	return b.text(c.typ, scalar, words)
}

const (
	longest   = 1000 // arrays of more elements are abridged
	lineWidth = 75
)

// text prints an array of type t that has the elements of b, or the only one of b everywhere.
func (b Buffer) text(t Type, scalar func(Buffer) string, words func(Buffer, []int) []string) string {
	n := t.Size()
	switch {
	case n == 0:
		return "[]"
	case t.Rank() == 0:
		return scalar(b)
	}
	f := formatter{shape: t.Shape, abridged: n > longest}
	at := f.shown(nil, 0, 0)
	if b.Type.Size() == 1 {
		clear(at)
	}
	f.words = words(b, at)
	var s strings.Builder
	f.print(&s, 0)
	return s.String()
}

// formatter prints the words of the elements that are shown, in order.
type formatter struct {
	shape    []int
	abridged bool
	words    []string
}

// steps returns the positions shown along an axis, with -1 for those left out.
func (f *formatter) steps(axis int) []int {
	n := f.shape[axis]
	if f.abridged && n > 6 {
		return []int{0, 1, 2, -1, n - 3, n - 2, n - 1}
	}
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

// shown appends the row-major positions of the elements shown below a position along the leading
// axes.
func (f *formatter) shown(to []int, axis, at int) []int {
	if axis == len(f.shape) {
		return append(to, at)
	}
	for _, i := range f.steps(axis) {
		if i >= 0 {
			to = f.shown(to, axis+1, at*f.shape[axis]+i)
		}
	}
	return to
}

// print writes the array along axis and the axes behind it, from the next word on.
func (f *formatter) print(s *strings.Builder, axis int) {
	s.WriteByte('[')
	if axis == len(f.shape)-1 {
		f.printRow(s)
	} else {
		apart := strings.Repeat("\n", len(f.shape)-1-axis) + strings.Repeat(" ", axis+1)
		for k, i := range f.steps(axis) {
			if k > 0 {
				s.WriteString(apart)
			}
			if i < 0 {
				s.WriteString("...")
			} else {
				f.print(s, axis+1)
			}
		}
	}
	s.WriteByte(']')
}

// printRow writes words up to the width of a line, and goes on below the first.
func (f *formatter) printRow(s *strings.Builder) {
	indent := len(f.shape)
	width := indent
	for k, i := range f.steps(indent - 1) {
		word := "..."
		if i >= 0 {
			word, f.words = f.words[0], f.words[1:]
		}
		switch {
		case k == 0:
		case width+1+len(word) > lineWidth:
			s.WriteString("\n" + strings.Repeat(" ", indent))
			width = indent
		default:
			s.WriteByte(' ')
			width++
		}
		s.WriteString(word)
		width += len(word)
	}
}

// word returns the text of the only element, with all of its digits.
func (b Buffer) word() string {
	if b.Type.DType == F64 {
		return floatText(b.F64[0])
	}
	return fmt.Sprint(b.element(0))
}

func (b Buffer) element(i int) any {
	switch b.Type.DType {
	case I64:
		return b.I64[i]
	case Bool:
		return b.Bool[i]
	}
	return b.F64[i]
}

// words returns the text of some elements, all of one width.
func (b Buffer) words(at []int) []string {
	words := make([]string, len(at))
	switch b.Type.DType {
	case F64:
		x := make([]float64, len(at))
		for i, k := range at {
			x[i] = b.F64[k]
		}
		words = floatWords(x)
	case I64:
		for i, k := range at {
			words[i] = strconv.FormatInt(b.I64[k], 10)
		}
	case Bool:
		for i, k := range at {
			words[i] = strconv.FormatBool(b.Bool[k])
		}
	}
	return aligned(words)
}

// aligned pads words on the left to the width of the longest.
func aligned(words []string) []string {
	width := 0
	for _, w := range words {
		width = max(width, len(w))
	}
	for i, w := range words {
		words[i] = strings.Repeat(" ", width-len(w)) + w
	}
	return words
}

// digits is the number of digits shown behind the point.
const digits = 8

// floatWords prints numbers such that their points are aligned: with exponents if they are large,
// small, or far apart, as numpy does.
func floatWords(x []float64) []string {
	least, most := math.Inf(1), 0.0
	for _, v := range x {
		if v := math.Abs(v); v != 0 && !math.IsInf(v, 0) && !math.IsNaN(v) {
			least, most = min(least, v), max(most, v)
		}
	}
	verb := byte('f')
	if most >= 1e8 || most > 0 && (least < 1e-4 || most/least > 1000) {
		verb = 'e'
	}
	words := make([]string, len(x))
	tail := 0 // the most digits that any number needs behind the point
	for i, v := range x {
		words[i] = shortest(v, verb)
		mantissa, _, _ := strings.Cut(words[i], "e")
		if _, behind, ok := strings.Cut(mantissa, "."); ok {
			tail = max(tail, len(behind))
		}
	}
	for i, w := range words {
		mantissa, exponent, _ := strings.Cut(w, "e")
		whole, behind, ok := strings.Cut(mantissa, ".")
		switch {
		case !ok: // NaN or an infinity
		case verb == 'e':
			words[i] = whole + "." + behind + strings.Repeat("0", tail-len(behind)) + "e" + exponent
		default:
			words[i] = w + strings.Repeat(" ", tail-len(behind))
		}
	}
	return words
}

// shortest returns the shortest text that parses to v, or that of v rounded to some digits if it
// is longer. It has a point unless v is not finite.
func shortest(v float64, verb byte) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return floatText(v)
	}
	w := strconv.FormatFloat(v, verb, -1, 64)
	mantissa, exponent, hasExponent := strings.Cut(w, "e")
	if _, behind, _ := strings.Cut(mantissa, "."); len(behind) > digits {
		mantissa, exponent, _ = strings.Cut(strconv.FormatFloat(v, verb, digits, 64), "e")
		mantissa = strings.TrimRight(mantissa, "0")
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += "."
	}
	if hasExponent {
		return mantissa + "e" + exponent
	}
	return mantissa
}

// floatText returns the shortest text that parses to x and does not look like an integer.
func floatText(x float64) string { return string(appendFloat(nil, x)) }
