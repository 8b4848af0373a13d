package costs

import (
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

const evaluator = "evaluator"

// Compiling is the part that shows how much faster than the evaluator compiled gradients are.
func Compiling() harness.Part {
	return harness.Part{
		Name: "compiling", Title: "What compiling gains", Style: harness.Versus, Subject: ours.Name, Others: []string{evaluator},
		Text: "Gradients compiled, and as multiples of their times those of the evaluator, which runs the same simplified IR an equation at a time.",
		Rows: func() []harness.Row {
			var rows []harness.Row
			for _, m := range []model{doublePendulum, smallWaves, largeWaves, leapfrog, valley, atoms, network} {
				rows = append(rows, harness.Row{
					Work: m.name, Base: ours.Name, Tolerance: 1e-9,
					Contenders: func() []harness.Contender {
						g := transforms.Grad(m.f)
						f := pass.Simplify(trace.MustOf(g, m.x))
						var last num.Array
						return []harness.Contender{ours.One(ours.Name, g, m.x), {
							Name:   evaluator,
							Time:   harness.Loop(func() { last = f.Eval(m.x)[0] }),
							Result: func() [][]float64 { return [][]float64{last.Float64s()} },
						}}
					},
				})
			}
			return rows
		},
	}
}

// Passes is the part that shows what each pass gains that may move roundings.
func Passes() harness.Part {
	var left, others []string
	for _, q := range pass.Pipeline {
		if !q.Exact {
			left, others = append(left, q.Name), append(others, "without "+q.Name)
		}
	}
	return harness.Part{
		Name: "passes", Title: "What passes gain", Style: harness.Versus, Subject: ours.Name, Others: others,
		Text: "Gradients compiled without one of the passes that may move roundings, as multiples of the time with it.",
		Rows: func() []harness.Row {
			var rows []harness.Row
			for _, m := range []model{
				doublePendulum, {"gravity of 4 bodies", bodies, normal(12)}, {"gravity of 10 bodies", bodies, normal(30)}, smallWaves, atoms,
			} {
				rows = append(rows, harness.Row{
					Work: m.name, Base: ours.Name, Tolerance: 1e-9,
					Contenders: func() []harness.Contender {
						f := pass.Simplify(trace.MustOf(transforms.Grad(m.f), m.x))
						cs := []harness.Contender{passed(ours.Name, f, m.x, "")}
						for i, name := range left {
							cs = append(cs, passed(others[i], f, m.x, name))
						}
						return cs
					},
				})
			}
			return rows
		},
	}
}

// passed compiles f after all passes but one.
func passed(name string, f *trace.Func, x num.Array, without string) harness.Contender {
	for _, q := range pass.Pipeline {
		if q.Name != without {
			f = q.Run(f)
		}
	}
	p, dx := compile.Compile(f, compile.Default()), make([]float64, x.Size())
	in := x.Float64s()
	return harness.Func(name, func() { p.Run([][]float64{dx}, [][]float64{in}) }, dx)
}
