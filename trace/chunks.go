package trace

// chunks hands out the small pieces of storage that every equation needs from larger ones, since to
// allocate each for itself would cost more than the rest of recording it.
type chunks struct {
	cells  []cell
	handed []Array

	ofCells, ofHanded chunk
}

// chunk is the size of the last chunk of a sort.
type chunk int

// next returns the size of the next one: most funcs are small.
func (c *chunk) next() int {
	*c = min(max(16, 2**c), 256)
	return int(*c)
}

func (s *chunks) cell() *cell {
	if len(s.cells) == 0 {
		s.cells = make([]cell, s.ofCells.next())
	}
	c := &s.cells[0]
	s.cells = s.cells[1:]
	return c
}

// slice returns one of n arrays, which is good as long as b's cells.
func (b *builder) slice(n int) []Array {
	if b.lends {
		return b.lentArrays.next(n)
	}
	return b.free.arrays(n)
}

// arrays returns a slice of n arrays.
func (s *chunks) arrays(n int) []Array {
	if n > len(s.handed) {
		s.handed = make([]Array, max(n, s.ofHanded.next()))
	}
	as := s.handed[:n:n]
	s.handed = s.handed[n:]
	return as
}
