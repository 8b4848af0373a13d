package trace

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// token is a word of the text of a func.
type token struct {
	kind tokenKind
	text string
	line int
}

type tokenKind uint8

const (
	endToken    tokenKind = iota
	nameToken             // mul, a, f64, NaN
	numberToken           // 2.0, -0.0, +Inf, 3
	stringToken           // "ij,jk->ik"
	markToken             // one of ( ) { } [ ] , : ; = @ * and ...
	badToken
)

func (t token) String() string {
	if t.kind == endToken {
		return "the end of the text"
	}
	return strconv.Quote(t.text)
}

// scan splits the text of a func into tokens, without white space and comments. The last one is
// an endToken.
func scan(text string) []token {
	var tokens []token
	line := 1
	for text != "" {
		switch c := text[0]; {
		case c == '\n':
			line++
			text = text[1:]
		case c == ' ' || c == '\t' || c == '\r':
			text = text[1:]
		case c == '#':
			_, rest, more := strings.Cut(text, "\n")
			if more {
				line++
			}
			text = rest
		default:
			kind, n := scanToken(text)
			tokens = append(tokens, token{kind, text[:n], line})
			text = text[n:]
		}
	}
	return append(tokens, token{endToken, "", line})
}

// scanToken returns the kind and the length of the token with which text begins.
func scanToken(text string) (tokenKind, int) {
	switch c := text[0]; {
	case letter(c):
		n := 1
		for n < len(text) && (letter(text[n]) || digit(text[n])) {
			n++
		}
		return nameToken, n
	case digit(c) || c == '-' || c == '+':
		n := 1
		for n < len(text) && (letter(text[n]) || digit(text[n]) || text[n] == '.' || exponentSign(text[n-1:])) {
			n++
		}
		return numberToken, n
	case c == '"':
		if s, err := strconv.QuotedPrefix(text); err == nil {
			return stringToken, len(s)
		}
	case strings.HasPrefix(text, "..."):
		return markToken, 3
	case strings.IndexByte("(){}[],:;=@*", c) >= 0:
		return markToken, 1
	}
	_, n := utf8.DecodeRuneInString(text)
	return badToken, n
}

func letter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

// exponentSign reports whether s begins with an e and the sign of an exponent.
func exponentSign(s string) bool {
	return (s[0] == 'e' || s[0] == 'E') && (s[1] == '-' || s[1] == '+')
}

// isName reports whether s can stand as a name in the text of a func.
func isName(s string) bool {
	if s == "" {
		return false
	}
	kind, n := scanToken(s)
	return kind == nameToken && n == len(s) && !reserved(s)
}

// reserved reports whether a word has a meaning of its own where a name could stand.
func reserved(s string) bool {
	switch s {
	case "return", "true", "false", "NaN":
		return true
	}
	return false
}

// parseLiteral returns the float64, int64 or bool that a token stands for. A number with only
// digits is an int64.
func parseLiteral(t token) (any, error) {
	switch {
	case t.text == "true":
		return true, nil
	case t.text == "false":
		return false, nil
	case t.kind != numberToken && t.text != "NaN":
		return nil, fmt.Errorf("expected a number, true or false, found %v", t)
	}
	if strings.Trim(t.text[1:], "0123456789") == "" {
		i, err := strconv.ParseInt(t.text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("bad integer %v", t)
		}
		return i, nil
	}
	x, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		return nil, fmt.Errorf("bad number %v", t)
	}
	return x, nil
}
