package gemm

import (
	"runtime"

	"github.com/gradus-ad/gradus/internal/workers"
)

// threadWork is how many multiplications a product has at least for which other threads are woken: some 50 microseconds of
// work.
const threadWork = 1 << 20

// Threads returns how to run a product: on several threads if it is large, and there are some.
func (p *Product) Threads() Split {
	work := p.M * p.N * p.K
	for _, x := range p.Batch {
		work *= x.Len
	}
	if work < threadWork || runtime.GOMAXPROCS(0) == 1 {
		return nil
	}
	return share
}

func share(n int, do func(i int)) { workers.Do(n, part(do)) }

// part is a part of a product as one of work.
type part func(i int)

func (p part) Part(i int) { p(i) }
