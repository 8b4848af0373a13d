package transforms

import (
	"time"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/trace"
)

// Stats says what a program consists of, and what a run of it costs.
type Stats struct {
	Traced    int // equations in the function as it was traced
	Equations int // equations after the passes; see Program.Func
	// Peak is how many bytes of arrays are alive at once, at most, with arguments and results, if every equation
	// made its own. Where the number of steps of a loop is not known, what it keeps of each counts once.
	Peak      int
	Constants []Constant
	Backend   string // what runs fused equations: "amd64 AVX512" or "amd64 AVX2" for machine code, "vm" for Go
	Steps     int    // loops, pieces of scalar code and equations that run on their own; see Program.String
	// Kinds counts the steps by the first word of their lines in Program.String: "loop", "diagonals", "scalars", "eval".
	Kinds map[string]int
	// Flops is how many floating-point operations a run takes: an addition, multiplication, division or square root
	// is one, and so is the call of an elementary function; an fma is two, a product of matrices two for each pair
	// of factors, a reduction or running sum one for each element of its operand, and a factorisation of matrices
	// what it multiplies and adds. To move, compare, select or convert elements is none. Bodies of loops count
	// once a step, once if the number of steps is not known; of branches, the dearest counts.
	Flops int
	// Moved is how many bytes the steps read and write in a run: of each step, the arrays that come from
	// outside of it and those that it makes for others, each once. A view counts as what it shows, a loop of
	// flow, or strips, as their operands and results.
	Moved int
	// Arena is how many bytes steps hand to each other in: each run at the same time has its own. What runs by
	// Eval allocates beside it.
	Arena     int
	Compiling time.Duration // that the passes and the compiler took, without tracing
}

// Constant is an array that is part of a program: one that the function made or that it captured,
// whose value when it was compiled is frozen.
type Constant struct {
	Pos   trace.Position // where the function first used it
	Type  trace.Type
	Bytes int
}

func statsOf(f *trace.Func, code *compile.Program) Stats {
	s := Stats{
		Equations: len(f.Equations()), Peak: peak(f), Flops: flops(f),
		Backend: code.Backend, Steps: code.Steps(), Kinds: code.Kinds(), Moved: code.Moved(), Arena: code.Arena(),
	}
	for i := range f.Equations() {
		e := &f.Equations()[i]
		if e.Primitive.Name() == "constant" {
			t := f.Type(e.Outs[0])
			s.Constants = append(s.Constants, Constant{e.Pos(), t, bytes(t)})
		}
	}
	return s
}

// flopper is a primitive that does not take one operation for each element of its result.
type flopper interface{ Flops(in []trace.Type) int }

// worker is a primitive that says how often it multiplies and adds.
type worker interface{ Work(in []trace.Type) int }

// tripper is a primitive that runs its bodies a known number of times.
type tripper interface{ Trips() int }

// chooser is a primitive that runs one of several funcs.
type chooser interface{ Choices() []*trace.Func }

// flops counts the floating-point operations of f.
func flops(f *trace.Func) int {
	return trace.Memo(f, "flops", func() int {
		sum := 0
		for i := range f.Equations() {
			sum += flopsOf(f, &f.Equations()[i])
		}
		return sum
	})
}

func flopsOf(f *trace.Func, e *trace.Equation) int {
	switch p := e.Primitive.(type) {
	case flopper:
		return p.Flops(f.Types(e.Ins))
	case worker:
		if f.Type(e.Ins[0]).DType == trace.F64 {
			return 2 * p.Work(f.Types(e.Ins))
		}
	case chooser:
		dearest := 0
		for _, g := range p.Choices() {
			dearest = max(dearest, flops(g))
		}
		return dearest
	case trace.Pointwise:
		if t := f.Type(e.Outs[0]); t.DType == trace.F64 {
			return t.Size()
		}
	}
	trips, sum := 1, 0
	if p, ok := e.Primitive.(tripper); ok {
		trips = p.Trips()
	}
	for _, g := range trace.Funcs(e.Primitive) {
		sum += trips * flops(g)
	}
	return sum
}
