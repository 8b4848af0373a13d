package compile

import (
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// dear is how many additions, about, the branches of a choice must take together to be jumped over in a loop. A jump that the
// processor has not guessed costs some twenty cycles, and additions up to four in a cycle.
const dear = 12

// lowerBranch makes the results of a func that is run in some cases only, and after them where it fails.
func (s *symbols) lowerBranch(b *loop.Builder, f *trace.Func, in [][]loop.Value) ([][]loop.Value, bool) {
	outside, rare := b.Fails, b.Rare
	b.Fails = nil
	out, ok := s.lowerFunc(b, f, in)
	fails := b.Bits(0)
	for _, m := range b.Fails {
		fails = b.Or(fails, m)
	}
	b.Fails, b.Rare = outside, rare // what is rare is not looked for where it may not be computed
	return append(out, []loop.Value{fails}), ok
}

// choose returns x where m is true, otherwise y.
func (s *symbols) choose(b *loop.Builder, m, x, y loop.Value) loop.Value {
	if s != nil && s.jumps {
		return b.Choose(m, x, y)
	}
	return b.Select(m, x, y)
}
