package compile_test

import (
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
)

// TestSizesOfArenas holds that there is room, that little is left over, and that every size has a place of its own.
func TestSizesOfArenas(t *testing.T) {
	sizes := make([]int, compile.Arenas)
	for words := 1 << 11; words <= 1<<18; words += 1 + words/1000 {
		size, at := compile.SizeOfArena(words)
		if size < words || size > words+words/4 {
			t.Errorf("%d words are in an arena of %d", words, size)
		}
		if sizes[at] != 0 && sizes[at] != size {
			t.Errorf("arenas of %d and of %d words are in one place", sizes[at], size)
		}
		sizes[at] = size
	}
}
