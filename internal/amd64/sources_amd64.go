package amd64

import (
	"slices"
	"sync"

	"github.com/gradus-ad/gradus/internal/loop"
)

// sources are the loops that the code of a unit was made of, as words. Equal ones, such as those of the layers of a network, have
// one piece of code: what it works on is handed to it.
type sources struct {
	words []uint64
	made  []source // in the order of the words
}

// source says which code was made of a loop, and where the words of the next one begin.
type source struct {
	code *Code
	end  int
}

var roomsOfSources = sync.Pool{New: func() any { return new(sources) }}

// mostShared is the greatest number of instructions of a loop that may come again.
const mostShared = 1024

// find returns the code of a loop like l, or nil.
func (s *sources) find(l *loop.Loop) *Code {
	if len(l.Body) > mostShared {
		return nil
	}
	start := s.end()
	s.words = appendLoop(s.words[:start], l)
	key, from := s.words[start:], 0
	for _, m := range s.made {
		if slices.Equal(s.words[from:m.end], key) {
			return m.code
		}
		from = m.end
	}
	return nil
}

// remember notes the code of the loop for which find has found nothing.
func (s *sources) remember(l *loop.Loop, c *Code) {
	if len(l.Body) <= mostShared {
		s.made = append(s.made, source{c, len(s.words)})
	}
}

func (s *sources) end() int {
	if len(s.made) == 0 {
		return 0
	}
	return s.made[len(s.made)-1].end
}

// release ends the use of s.
func (s *sources) release() {
	clear(s.made)
	s.made = s.made[:0]
	roomsOfSources.Put(s)
}

// appendLoop appends words that are those of no other loop.
func appendLoop(w []uint64, l *loop.Loop) []uint64 {
	flag := func(b bool, bit int) uint64 {
		if b {
			return 1 << bit
		}
		return 0
	}
	pair := func(a, b int) uint64 { return uint64(uint32(a)) | uint64(uint32(b))<<32 }
	w = append(w, pair(len(l.Body), len(l.Arrays)), pair(len(l.Stores), len(l.Next)), pair(len(l.Folds), len(l.Picks)),
		pair(l.Lanes, l.Few), flag(l.Sequential, 0)|flag(l.Nested, 1)|flag(l.Ends, 2), uint64(l.While))
	for i := range l.Body {
		x := &l.Body[i]
		w = append(w, pair(int(x.Op), int(x.A)), pair(int(x.B), int(x.C)), x.Imm)
	}
	for _, x := range l.Arrays {
		w = append(w, uint64(x.Kind), uint64(x.Step), uint64(x.Row))
	}
	for _, x := range l.Stores {
		w = append(w, pair(x.Array, int(x.Value)), uint64(x.Offset))
	}
	for _, v := range l.Next {
		w = append(w, uint64(v))
	}
	for _, x := range l.Folds {
		w = append(w, pair(x.Carry, x.Array), uint64(x.Op), x.Start)
	}
	return append(w, l.Picks...)
}
