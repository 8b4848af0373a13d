package trace

// Primitive is one operation of the IR. Its exported fields are its parameters (static: they
// are printed with it), and its methods are the rules by which the transforms reinterpret it.
// Rules are written with the operations of package num, so that they run at once on concrete
// arrays and are recorded on traced ones.
type Primitive interface {
	// Name returns the word by which the IR prints and parses the primitive.
	Name() string
	// Infer returns the types of the results. Its error says what is wrong with the operands,
	// without naming the primitive.
	Infer(in []Type) ([]Type, error)
	// Eval computes the results, whose types are out, from concrete operands.
	Eval(in []Buffer, out []Type) []Buffer
	// JVP returns the tangent of each result, given the operands, the results and the tangents
	// of the operands, not all of which are absent. It must be linear in the tangents: it may
	// only put them through functions that take or return a Tangent.
	JVP(in, out []Array, t []Tangent) []Tangent
	// Batch applies the primitive to operands of which those that are mapped have one more
	// leading axis, of length n, and reports which of the results have it.
	Batch(in []Array, mapped []bool, n int) (out []Array, outMapped []bool)
}

// Linear is a primitive that is linear in some of its operands. Reverse mode is derived from
// it: no primitive has a rule for reverse mode.
type Linear interface {
	Primitive
	// Linear reports whether the results depend linearly on the operands marked in dep, taken
	// together, while the others stay fixed.
	Linear(dep []bool) bool
	// Transpose returns what the cotangents of the results contribute to the cotangent of each
	// operand marked linear; entries of other operands are ignored.
	Transpose(t *Transposition) []Tangent
}

// Accumulator is a Linear that can add to a cotangent without making its own contribution first, as
// one that touches a few elements of an operand can. Accumulate is Transpose for operands that have
// the cotangents acc already, and returns their sums.
type Accumulator interface {
	Linear
	Accumulate(t *Transposition, acc []Tangent) []Tangent
}

// Transposition is what a Transpose rule sees of its equation.
type Transposition struct {
	In     []Array   // the operands; one that is linear is the zero Array
	Types  []Type    // the types of all operands
	Linear []bool    // the operands that are linear
	Ct     []Tangent // the cotangents of the results, at least one of them not absent
}

// Splitter is a primitive that owns funcs and carries tangents through them itself.
type Splitter interface {
	Primitive
	// Forward applies the primitive to operands with tangents, not all of which are absent, and
	// returns the results with theirs, from one pass.
	Forward(in []Array, t []Tangent) (out []Array, dout []Tangent)
	// Linearize is Forward with all that depends on a tangent in equations of its own, apart
	// from those that make the results: the tape. They share residuals.
	Linearize(in []Array, t []Tangent) (out []Array, dout []Tangent)
}

// Masker is a Linear that says where its result can be touched: Mask returns the mask of the
// result when operand i has the bool mask m, of the operand's shape. Without it, the mask of
// the result is whether any element of m is set, which is always sound.
type Masker interface {
	Mask(in []Array, i int, m Array) Array
}

// Pointwise marks a primitive whose operands and results have one shape, and each element of
// whose results depends on the operands' elements at the same place only.
type Pointwise interface{ Pointwise() }

// Mover marks a primitive of one operand that only moves or repeats elements.
type Mover interface{ Moves() }

// Forgetful is a primitive whose JVP rule does without the values of its operands, or of its results: what nobody else
// reads may then be overwritten before.
type Forgetful interface {
	Forgets() (operands, results bool)
}

// Simplifier is a primitive that can sometimes do without an equation. Simplify returns an
// array that equals the result to the bit, NaN, infinities and signed zeros included. It is
// asked for equations that transforms write, never for those of the user. It must not keep the slice of the operands.
type Simplifier interface {
	Simplify(in []Array) (Array, bool)
}

// Tangent is a tangent or a cotangent as the rules pass it round: absent (the zero Tangent),
// dense, or masked. A masked one is zero wherever its bool mask is false, and there nothing
// that a coefficient could be, not even an infinity, makes a contribution: that is how a
// branch not taken never contributes. Rules handle tangents by the functions of package num.
type Tangent struct {
	value   Array
	mask    Array
	kind    tangentKind
	tracked bool
	alone   bool // nothing else holds value and mask
}

type tangentKind uint8

const (
	absent tangentKind = iota
	masked
	dense
)

// DenseTangent returns v as a tangent. If tracked, rules may derive masked tangents from it;
// what is only to be transposed needs none.
func DenseTangent(v Array, tracked bool) Tangent {
	return Tangent{value: v, kind: dense, tracked: tracked}
}

// MaskedTangent returns a tangent that is v where mask is true; v must be zero elsewhere.
func MaskedTangent(v, mask Array) Tangent {
	return Tangent{value: v, mask: mask, kind: masked, tracked: true}
}

// Alone returns t, for a rule that has made its arrays for it and holds them no longer.
func (t Tangent) Alone() Tangent {
	t.alone = true
	return t
}

// Held returns t, for one that goes to several places.
func (t Tangent) Held() Tangent {
	t.alone = false
	return t
}

// Spent returns t for its last use: see the functions Spent and Kept.
func (t Tangent) Spent() Tangent {
	if t.alone {
		t.value, t.mask = Spent(t.value), Spent(t.mask)
	}
	return t
}

// Kept ends what Spent began.
func (t Tangent) Kept() {
	Kept(t.value)
	Kept(t.mask)
}

// Absent reports whether the tangent is structurally zero.
func (t Tangent) Absent() bool { return t.kind == absent }

// Masked reports whether the tangent has a mask.
func (t Tangent) Masked() bool { return t.kind == masked }

// Tracked reports whether masks are wanted of what is derived from t.
func (t Tangent) Tracked() bool { return t.tracked }

// Parts returns the value and the mask; the mask has a meaning only if t is masked, the value
// only if t is not absent. It is for interpreters: a JVP rule that calls it escapes the check
// that its primitives have transposes.
func (t Tangent) Parts() (value, mask Array) { return t.value, t.mask }
