package trace

// blamed returns, for each operand of p, the elements that are not finite and because of which the
// marked elements of the results are not either.
func blamed(p Primitive, in, out []*Value) []*marks {
	if _, ok := p.(Pointwise); ok && len(out) == 1 {
		return blamedPointwise(p, buffers(in), out[0].Buffer.Type, &out[0].marks)
	}
	all := make([]*marks, len(in))
	for i, x := range in {
		if all[i] = nonFinite(x.Buffer, nil); all[i].any() {
			if m, ok := reaching(p, in, out, i); ok {
				all[i] = nonFinite(x.Buffer, m)
			}
		}
	}
	return all
}

// blamedPointwise asks of each operand whether the result would still not be finite if all others were,
// and if that is so of none, blames them all.
func blamedPointwise(p Primitive, in []Buffer, t Type, out *marks) []*marks {
	all := make([]*marks, len(in))
	if t.Stars() > 0 {
		for i := range all {
			all[i] = &marks{}
		}
		for r, m := range out.rows {
			rows := make([]Buffer, len(in))
			for i, b := range in {
				rows[i] = b.Row(r)
			}
			for i, m := range blamedPointwise(p, rows, t.Row(), m) {
				all[i].markRow(r, m)
			}
		}
		return all
	}
	explained := make([]bool, len(out.bits))
	for i, b := range in {
		if all[i] = nonFinite(b, out); !all[i].any() {
			continue
		}
		others := make([]Buffer, len(in))
		for j, c := range in {
			if others[j] = c; j != i {
				others[j] = c.finite()
			}
		}
		still := p.Eval(others, []Type{t})[0]
		for k := range all[i].bits {
			all[i].bits[k] = all[i].bits[k] && still.F64[k]-still.F64[k] != 0
			explained[k] = explained[k] || all[i].bits[k]
		}
	}
	for i, b := range in {
		rest := nonFinite(b, out)
		for k := range rest.bits {
			rest.bits[k] = rest.bits[k] && !explained[k]
		}
		all[i].mark(rest)
	}
	return all
}

// reaching returns which elements of operand i have a part in the marked elements of the results, by the
// transpose of p, if it is linear in that operand: a mask that goes back.
func reaching(p Primitive, in, out []*Value, i int) (*marks, bool) {
	rule, ok := p.(Linear)
	dep := make([]bool, len(in))
	dep[i] = true
	if !ok || !rule.Linear(dep) || in[i].Buffer.Type.Stars() > 0 {
		return nil, false
	}
	t := &Transposition{In: make([]Array, len(in)), Types: make([]Type, len(in)), Linear: dep, Ct: make([]Tangent, len(out))}
	for j, x := range in {
		if t.Types[j] = x.Buffer.Type; j != i {
			t.In[j] = newConcrete(x.Buffer)
		}
	}
	for j, y := range out {
		if y.Buffer.Type.Stars() > 0 {
			return nil, false
		}
		if !y.marks.any() {
			continue
		}
		v, m := NewBuffer(y.Buffer.Type), NewBuffer(y.Buffer.Type.With(Bool))
		for k, b := range y.marks.bits {
			if m.Bool[k] = b; b {
				v.F64[k] = 1
			}
		}
		t.Ct[j] = MaskedTangent(newConcrete(v), newConcrete(m))
	}
	ct := rule.Transpose(t)[i]
	if ct.Absent() {
		return &marks{}, true
	}
	if !ct.Masked() {
		return nil, false
	}
	_, m := ct.Parts()
	return &marks{bits: m.buffer().Bool}, true
}
