package pass_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gradus-ad/gradus/internal/pass"
	_ "github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

func TestSimplify(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"equal equations stand once", `func(a:f64[]) {
  b:f64[] = sin a
  c:f64[] = sin a
  d:f64[] = mul b c
  return d
}`, `func(a:f64[]) {
  b:f64[] = sin a
  c:f64[] = mul b b
  return c
}`},
		{"dead equations go, inputs and captures stay", `func(a:f64[], b:f64[3]; c:f64[], d:f64[]) {
  e:f64[3] = exp b
  f:f64[] = mul a d
  return f
}`, `func(a:f64[], b:f64[3]; c:f64[], d:f64[]) {
  e:f64[] = mul a d
  return e
}`},
		{"constants are folded", `func(a:f64[2]) {
  b:f64[2] = constant[value=f64[2]{1.0,2.0}]
  c:f64[2] = mul b b
  d:f64[] = reduce_sum[axes=(0)] c
  e:f64[2] = broadcast[shape=(2)] d
  f:f64[2] = add a e
  return f d
}`, `func(a:f64[2]) {
  b:f64[2] = full[value=5.0 type=f64[2]]
  c:f64[2] = add a b
  return c 5.0
}`},
		{"equal constants are one", `func(a:f64[2]) {
  b:f64[2] = constant[value=f64[2]{0.0,2.0}]
  c:f64[2] = constant[value=f64[2]{0.0,2.0}]
  d:f64[2] = constant[value=f64[2]{-0.0,2.0}]
  e:f64[2] = add a b
  f:f64[2] = add a c
  g:f64[2] = add a d
  return e f g
}`, `func(a:f64[2]) {
  b:f64[2] = constant[value=f64[2]{0.0,2.0}]
  c:f64[2] = add a b
  d:f64[2] = constant[value=f64[2]{-0.0,2.0}]
  e:f64[2] = add a d
  return c c e
}`},
		{"exact algebra", `func(a:f64[], b:f64[]) {
  c:f64[] = mul a 1.0
  d:f64[] = neg c
  e:f64[] = neg d
  f:f64[] = add e -0.0
  g:f64[] = neg b
  h:f64[] = mul g f
  i:f64[] = sub f h
  return i
}`, `func(a:f64[], b:f64[]) {
  c:f64[] = mul b a
  d:f64[] = add a c
  return d
}`},
		{"what is not exact stays", `func(a:f64[]) {
  b:f64[] = mul a 0.0
  c:f64[] = sub a a
  d:f64[] = add a 0.0
  e:f64[] = div 0.0 a
  return b c d e
}`, `func(a:f64[]) {
  b:f64[] = mul a 0.0
  c:f64[] = sub a a
  d:f64[] = add a 0.0
  e:f64[] = div 0.0 a
  return b c d e
}`},
		{"movers merge", `func(a:f64[3]) {
  b:f64[1,3] = reshape[shape=(1,3)] a
  c:f64[2,3] = broadcast[shape=(2,3)] b
  d:f64[3,2] = transpose[perm=(1,0)] c
  e:f64[2,3] = transpose[perm=(1,0)] d
  return e
}`, `func(a:f64[3]) {
  b:f64[2,3] = broadcast[shape=(2,3)] a
  return b
}`},
		{"selects merge", `func(a:f64[3], b:bool[3]) {
  c:f64[3] = full[value=0.0 type=f64[3]]
  d:f64[3] = select b a c
  e:f64[3] = select b d c
  return e
}`, `func(a:f64[3], b:bool[3]) {
  c:f64[3] = full[value=0.0 type=f64[3]]
  d:f64[3] = select b a c
  return d
}`},
		{"nor is seen what a select hides from the next", `func(a:f64[3], b:bool[3]) {
  c:f64[3] = full[value=0.0 type=f64[3]]
  d:f64[3] = select b a c
  e:f64[3] = sin d
  f:f64[3] = select b e c
  return f
}`, `func(a:f64[3], b:bool[3]) {
  c:f64[3] = sin a
  d:f64[3] = full[value=0.0 type=f64[3]]
  e:f64[3] = select b c d
  return e
}`},
		{"nothing to do", `func(; a:f64[]) {
  return a
}`, `func(; a:f64[]) {
  return a
}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := trace.Parse(c.in)
			if err != nil {
				t.Fatal(err)
			}
			g := pass.Simplify(f)
			if err := g.Check(); err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(c.want, g.String()); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if d := cmp.Diff(g.String(), pass.Simplify(g).String()); d != "" {
				t.Errorf("not a fixpoint: -once +twice\n%s", d)
			}
		})
	}
}
