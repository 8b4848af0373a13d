package looptest

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Inputs are the arrays and carries that a program runs on.
type Inputs struct {
	data    [][]byte // of an array, or nil if it is another one
	start   []int    // in data
	Carries []uint64
}

// Inputs returns random ones for n elements.
func (p *Program) Inputs(n int) *Inputs { return p.InputsOf(n, 1) }

// InputsOf returns random ones for rows of n elements.
func (p *Program) InputsOf(n, rows int) *Inputs {
	in := &Inputs{data: make([][]byte, len(p.Arrays)), start: make([]int, len(p.Arrays))}
	low, high := slices.Clone(p.low), slices.Clone(p.high)
	for k, a := range p.alias {
		low[a], high[a] = min(low[a], low[k]), max(high[a], high[k])
	}
	for k, a := range p.Arrays {
		if p.alias[k] != k {
			continue
		}
		far, further := a.Step*max(n-1, 0), a.Row*max(rows-1, 0)
		l, h := low[k]+min(far, 0)+min(further, 0), high[k]+max(far, 0)+max(further, 0)
		d := make([]byte, 0, (h-l+1)*a.Kind.Size())
		for range h - l + 1 {
			switch a.Kind {
			case loop.Bool:
				d = append(d, byte(p.rnd.IntN(2)))
			case loop.I64:
				d = binary.LittleEndian.AppendUint64(d, randomInt(p.rnd))
			default:
				d = binary.LittleEndian.AppendUint64(d, randomFloat(p.rnd))
			}
		}
		in.data[k], in.start[k] = d, -l*a.Kind.Size()
	}
	for _, c := range p.carries {
		for range p.Width() {
			in.Carries = append(in.Carries, p.constant(c))
		}
	}
	return in
}

// Pointers returns copies of the arrays and where each one starts.
func (p *Program) Pointers(in *Inputs, alloc func(size int) []byte) (data [][]byte, arrays []unsafe.Pointer) {
	data = make([][]byte, len(in.data))
	arrays = make([]unsafe.Pointer, len(in.data))
	for k, d := range in.data {
		if d != nil {
			data[k] = alloc(len(d))
			copy(data[k], d)
			arrays[k] = unsafe.Add(unsafe.Pointer(unsafe.SliceData(data[k])), in.start[k])
		}
	}
	for k, a := range p.alias {
		arrays[k] = arrays[a]
	}
	return data, arrays
}

// Same reports whether two values agree, NaN being NaN.
func Same(float bool, x, y uint64) bool {
	return x == y || float && math.IsNaN(math.Float64frombits(x)) && math.IsNaN(math.Float64frombits(y))
}

// Compare returns an error if two runs of a program differ.
func (p *Program) Compare(want, got [][]byte, wantCarries, gotCarries []uint64) error {
	for k := range want {
		size := p.Arrays[k].Kind.Size()
		for at := 0; at < len(want[k]); at += size {
			w, g := uint64(want[k][at]), uint64(got[k][at])
			if size == 8 {
				w, g = binary.LittleEndian.Uint64(want[k][at:]), binary.LittleEndian.Uint64(got[k][at:])
			}
			if !Same(p.Arrays[k].Kind == loop.F64, w, g) {
				return fmt.Errorf("array %d at %d: %#x, want %#x", k, at/size, g, w)
			}
		}
	}
	for k := range wantCarries {
		c := p.carries[k/p.Width()]
		if p.Few > 0 && k%p.Width() >= p.Few {
			continue
		}
		if slices.ContainsFunc(p.Folds, func(f loop.Fold) bool { return f.Carry == k/p.Width() }) {
			continue
		}
		if !Same(c == float, wantCarries[k], gotCarries[k]) {
			return fmt.Errorf("carry %d: %#x, want %#x", k, gotCarries[k], wantCarries[k])
		}
	}
	return nil
}
