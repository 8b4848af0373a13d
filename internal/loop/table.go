package loop

// table finds instructions of a body by what they are: it holds their numbers, at places that their hashes say or
// behind those. It is no map since it is read for every instruction that is emitted.
type table struct {
	numbers []int32 // plus one; 0 stands for none. There are a power of 2, at most half of them used
	used    int
}

// find returns the instruction of a body that is i.
func (t *table) find(body []Instr, i Instr) (Value, bool) {
	if t.used == 0 {
		return 0, false
	}
	mask := len(t.numbers) - 1
	for at := i.hash() & mask; t.numbers[at] != 0; at = (at + 1) & mask {
		if v := t.numbers[at] - 1; body[v] == i {
			return Value(v), true
		}
	}
	return 0, false
}

// add adds the last instruction of a body, which is like no other.
func (t *table) add(body []Instr) {
	t.reserve(body[:len(body)-1], 1)
	t.put(&body[len(body)-1], len(body)-1)
	t.used++
}

// reserve makes room for some instructions behind those of a body.
func (t *table) reserve(body []Instr, instructions int) {
	n := max(64, len(t.numbers))
	for n < 2*(t.used+instructions) {
		n *= 2
	}
	if n == len(t.numbers) {
		return
	}
	if n > cap(t.numbers) {
		t.numbers = make([]int32, n)
	}
	t.numbers = t.numbers[:n]
	clear(t.numbers)
	for v := range body {
		t.put(&body[v], v)
	}
}

// put enters instruction number v.
func (t *table) put(i *Instr, v int) {
	mask := len(t.numbers) - 1
	at := i.hash() & mask
	for t.numbers[at] != 0 {
		at = (at + 1) & mask
	}
	t.numbers[at] = int32(v) + 1
}

// hash mixes all that an instruction consists of, so that any bits of it will do.
func (i *Instr) hash() int {
	const odd = 0x9E3779B97F4A7C15
	h := (uint64(uint32(i.A)) | uint64(uint32(i.B))<<32) * odd
	h = (h ^ h>>32 ^ i.Imm) * odd
	h = (h ^ h>>32 ^ uint64(uint32(i.C))<<8 ^ uint64(i.Op)) * odd
	return int(h >> 32)
}
