package trace

// named is the identity under a name: what Name records.
type named struct{ Label string }

func (named) Name() string { return "name" }

func (named) Infer(in []Type) ([]Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	return in, nil
}

func (named) Eval(in []Buffer, _ []Type) []Buffer { return in }

// JVP gives the tangent no name: it is the value that has one.
func (named) JVP(_, _ []Array, t []Tangent) []Tangent { return t }
func (named) Linear([]bool) bool                      { return true }
func (named) Transpose(t *Transposition) []Tangent    { return t.Ct }
func (named) Mask(_ []Array, _ int, m Array) Array    { return m }
func (named) Moves()                                  {}

func (p named) Batch(in []Array, mapped []bool, _ int) ([]Array, []bool) {
	return Apply(p, in...), mapped
}

// Name returns x, known as name where it is traced: to transforms.GradNamed, which differentiates with
// respect to it, and to those who walk the equations of a func, by NameOf. It changes nothing else. Go
// on with what it returns, since a name that no result depends on is dropped. Tangents and
// cotangents of a named value have no name. It panics with an *Error if name is empty.
func Name(x Array, name string) Array {
	if name == "" {
		panic(Errorf("name", "the name is empty: %v", x.Type()))
	}
	if !x.Traced() {
		return x
	}
	return Apply(named{name}, x)[0]
}

// NameOf returns the name that an equation with the primitive p gives to its operand, if it is what
// Name recorded.
func NameOf(p Primitive) (string, bool) {
	n, ok := p.(named)
	return n.Label, ok
}

func init() { Register(named{}) }
