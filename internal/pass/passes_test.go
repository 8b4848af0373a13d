package pass_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gradus-ad/gradus/internal/pass"
	_ "github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// passCase is what a pass makes of a func. Where nothing is wanted, it finds nothing to do and gives back what it was given.
type passCase struct{ name, pass, in, want string }

func checkPasses(t *testing.T, cases []passCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, err := trace.Parse(c.in)
			if err != nil {
				t.Fatal(err)
			}
			nothing := c.want == ""
			if nothing {
				c.want = c.in
			}
			g := passNamed(c.pass).Run(f)
			if d := cmp.Diff(c.want, g.String()); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if nothing && g != f {
				t.Error("it finds nothing to do and gives back another func")
			}
		})
	}
}

func passNamed(name string) pass.Pass {
	for _, p := range pass.Pipeline {
		if p.Name == name {
			return p
		}
	}
	panic("no pass " + name)
}

// Each pass on its own; those that multiply and add in another order have a test of their own.
func TestPasses(t *testing.T) {
	checkPasses(t, []passCase{
		{"a divisor that is repeated", "reciprocals", `func(a:f64[8], b:f64[], c:f64[8]) {
  d:f64[8] = broadcast[shape=(8)] b
  e:f64[8] = div a d
  f:f64[8] = div a c
  return e f
}`, `func(a:f64[8], b:f64[], c:f64[8]) {
  d:f64[] = abs b
  e:bool[] = lt d 9.332636185032189e-302
  f:f64[] = select e 1.6069380442589903e+60 1.0
  g:f64[] = mul b f
  h:f64[8] = broadcast[shape=(8)] f
  i:f64[8] = mul a h
  j:f64[] = div 1.0 g
  k:f64[8] = broadcast[shape=(8)] j
  l:f64[8] = mul i k
  m:f64[8] = div a c
  return l m
}`},
		{"two quotients a divisor, of whole vectors", "reciprocals", `func(a:f64[16], b:f64[16], c:f64[16,2], d:f64[15,2]) {
  e:f64[16,1] = reshape[shape=(16,1)] b
  f:f64[16,2] = broadcast[shape=(16,2)] e
  g:f64[16,2] = div c f
  h:f64[15,2] = div d d
  return g h
}`, `func(a:f64[16], b:f64[16], c:f64[16,2], d:f64[15,2]) {
  e:f64[16,1] = reshape[shape=(16,1)] b
  f:f64[16,1] = abs e
  g:f64[16,1] = full[value=9.332636185032189e-302 type=f64[16,1]]
  h:bool[16,1] = lt f g
  i:f64[16,1] = full[value=1.6069380442589903e+60 type=f64[16,1]]
  j:f64[16,1] = full[value=1.0 type=f64[16,1]]
  k:f64[16,1] = select h i j
  l:f64[16,1] = mul e k
  m:f64[16,2] = broadcast[shape=(16,2)] k
  n:f64[16,2] = mul c m
  o:f64[16,1] = div j l
  p:f64[16,2] = broadcast[shape=(16,2)] o
  q:f64[16,2] = mul n p
  r:f64[15,2] = div d d
  return q r
}`},
		{"and two quotients by the same", "reciprocals", `func(a:f64[16], b:f64[16], c:f64[16], d:f64[15], e:f64[15]) {
  f:f64[16] = div a c
  g:f64[16] = div b c
  h:f64[15] = div d e
  i:f64[15] = div e e
  return f g h i
}`, `func(a:f64[16], b:f64[16], c:f64[16], d:f64[15], e:f64[15]) {
  f:f64[16] = abs c
  g:f64[16] = full[value=9.332636185032189e-302 type=f64[16]]
  h:bool[16] = lt f g
  i:f64[16] = full[value=1.6069380442589903e+60 type=f64[16]]
  j:f64[16] = full[value=1.0 type=f64[16]]
  k:f64[16] = select h i j
  l:f64[16] = mul c k
  m:f64[16] = mul a k
  n:f64[16] = div j l
  o:f64[16] = mul m n
  p:f64[16] = mul b k
  q:f64[16] = mul p n
  r:f64[15] = div d e
  s:f64[15] = div e e
  return o q r s
}`},
		{"what stays away from 0 needs no scaling", "reciprocals", `func(a:f64[], b:f64[], c:f64[8]) {
  d:f64[] = hypot a 0.1
  e:f64[8] = broadcast[shape=(8)] d
  f:f64[8] = div c e
  g:f64[] = div a d
  h:f64[] = hypot b 1e-305
  i:f64[] = div a h
  j:f64[] = div b h
  return f g i j
}`, `func(a:f64[], b:f64[], c:f64[8]) {
  d:f64[] = hypot a 0.1
  e:f64[] = div 1.0 d
  f:f64[8] = broadcast[shape=(8)] e
  g:f64[8] = mul c f
  h:f64[] = mul a e
  i:f64[] = hypot b 1e-305
  j:f64[] = div a i
  k:f64[] = div b i
  return g h j k
}`},
		{"and divides others", "reciprocals", `func(a:f64[8], b:f64[], c:f64[]) {
  d:f64[] = div c b
  e:f64[8] = broadcast[shape=(8)] b
  f:f64[8] = div a e
  g:f64[] = div b c
  return d f g
}`, `func(a:f64[8], b:f64[], c:f64[]) {
  d:f64[] = abs b
  e:bool[] = lt d 9.332636185032189e-302
  f:f64[] = select e 1.6069380442589903e+60 1.0
  g:f64[] = mul b f
  h:f64[] = mul c f
  i:f64[] = div 1.0 g
  j:f64[] = mul h i
  k:f64[8] = broadcast[shape=(8)] f
  l:f64[8] = mul a k
  m:f64[8] = broadcast[shape=(8)] i
  n:f64[8] = mul l m
  o:f64[] = div b c
  return j n o
}`},
		{"is one where it is short, or where rounding tells", "reciprocals", `func(a:f64[8], b:f64[], c:f64[3]) {
  d:f64[8] = broadcast[shape=(8)] b
  e:f64[8] = div a d
  f:f64[8] = floor e
  g:f64[3] = broadcast[shape=(3)] b
  h:f64[3] = div c g
  return f h
}`, ""},
		{"several quotients by one root", "reciprocals", `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = sqrt a
  e:f64[] = div b d
  f:f64[] = div c d
  g:f64[] = div e c
  h:f64[] = div f c
  return g h
}`, `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = sqrt a
  e:f64[] = div 1.0 d
  f:f64[] = mul b e
  g:f64[] = mul c e
  h:f64[] = div f c
  i:f64[] = div g c
  return h i
}`},
		{"but not a single one, or what is rounded", "reciprocals", `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = sqrt a
  e:f64[] = div b d
  f:f64[] = div c d
  g:f64[] = floor f
  return e g
}`, ""},
		{"products by powers of two", "cheaper", `func(a:f64[], b:f64[], c:i64[]) {
  d:f64[] = mul 2.0 a
  e:f64[] = mul d 100.0
  f:f64[] = mul 3.0 b
  g:f64[] = mul f 5.0
  h:f64[] = mul d f
  i:f64[] = neg e
  j:f64[] = mul b e
  k:f64[] = neg j
  l:i64[] = mul 2 c
  m:i64[] = mul l 3
  n:f64[] = mul d 1e308
  o:f64[] = mul 7.0 b
  p:f64[] = mul d o
  return e g h i k m n p
}`, `func(a:f64[], b:f64[], c:i64[]) {
  d:f64[] = mul 2.0 a
  e:f64[] = mul a 200.0
  f:f64[] = mul 3.0 b
  g:f64[] = mul f 5.0
  h:f64[] = mul d f
  i:f64[] = mul a -200.0
  j:f64[] = mul b i
  k:i64[] = mul 2 c
  l:i64[] = mul k 3
  m:f64[] = mul d 1e+308
  n:f64[] = mul b 14.0
  o:f64[] = mul a n
  return e g h i j l m o
}`},
		{"but no product beside one that stays", "cheaper", `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = mul 2.0 a
  e:f64[] = mul d b
  f:f64[] = neg e
  g:f64[] = mul 2.0 c
  h:f64[] = mul d g
  return e f g h
}`, ""},
		{"factors that are repeated", "few", `func(a:f64[3], b:f64[3], c:f64[2,3]) {
  d:f64[2,3] = broadcast[shape=(2,3)] a
  e:f64[2,3] = broadcast[shape=(2,3)] b
  f:f64[2,3] = mul d c
  g:f64[2,3] = mul f e
  h:f64[2,3] = full[value=3.0 type=f64[2,3]]
  i:f64[2,3] = mul h g
  j:f64[2,3] = neg i
  return j
}`, `func(a:f64[3], b:f64[3], c:f64[2,3]) {
  d:f64[3] = mul b a
  e:f64[3] = full[value=3.0 type=f64[3]]
  f:f64[3] = mul e d
  g:f64[3] = neg f
  h:f64[2,3] = broadcast[shape=(2,3)] g
  i:f64[2,3] = mul h c
  return i
}`},
		{"and masks", "few", `func(a:f64[3], b:bool[3], c:bool[2,3]) {
  d:f64[3] = full[value=0.0 type=f64[3]]
  e:bool[3] = lt a d
  f:bool[2,3] = broadcast[shape=(2,3)] e
  g:bool[2,3] = broadcast[shape=(2,3)] b
  h:bool[2,3] = and f c
  i:bool[2,3] = and g h
  j:bool[2,3] = or f i
  k:bool[2,3] = or j g
  return k
}`, `func(a:f64[3], b:bool[3], c:bool[2,3]) {
  d:f64[3] = full[value=0.0 type=f64[3]]
  e:bool[3] = lt a d
  f:bool[3] = and b e
  g:bool[2,3] = broadcast[shape=(2,3)] f
  h:bool[2,3] = and g c
  i:bool[3] = or b e
  j:bool[2,3] = broadcast[shape=(2,3)] i
  k:bool[2,3] = or j h
  return k
}`},
		{"but not if they are read besides, compared, may underflow, or are repeated along other axes", "few", `func(a:f64[3], b:f64[3], c:f64[2,3], d:f64[2,1]) {
  e:f64[2,3] = broadcast[shape=(2,3)] a
  f:f64[2,3] = broadcast[shape=(2,3)] b
  g:f64[2,3] = mul e c
  h:f64[2,3] = mul g f
  i:f64[2,3] = neg c
  j:f64[2,3] = mul e i
  k:f64[2,3] = mul j f
  l:bool[2,3] = lt k g
  m:f64[3] = exp a
  n:f64[2,3] = broadcast[shape=(2,3)] m
  o:f64[2,3] = mul n c
  p:f64[2,3] = mul f o
  q:f64[2,3] = broadcast[shape=(2,3)] d
  r:f64[2,3] = square c
  s:f64[2,3] = mul q r
  t:f64[2,3] = mul s f
  return h l p t
}`, ""},
		{"any of what is repeated", "outward", `func(a:bool[3,1], b:bool[2,1,2], c:bool[2,3,2]) {
  d:bool[2,3,2] = broadcast[shape=(2,3,2)] a
  e:bool[2,3,2] = broadcast[shape=(2,3,2)] b
  f:bool[2,3,2] = and d e
  g:bool[2,3] = reduce_any[axes=(2)] f
  h:bool[2,3,2] = and c d
  i:bool[2] = reduce_any[axes=(1,2)] e
  j:bool[2,3] = reduce_any[axes=(2)] h
  k:bool[3] = reduce_any[axes=(0,2)] d
  return g i j k
}`, `func(a:bool[3,1], b:bool[2,1,2], c:bool[2,3,2]) {
  d:bool[3] = reshape[shape=(3)] a
  e:bool[2,3] = broadcast[shape=(2,3)] d
  f:bool[2,1] = reduce_any[axes=(2)] b
  g:bool[2,3] = broadcast[shape=(2,3)] f
  h:bool[2,3] = and e g
  i:bool[2,2] = reshape[shape=(2,2)] b
  j:bool[2] = reduce_any[axes=(1)] i
  k:bool[2,3] = reduce_any[axes=(2)] c
  l:bool[2,3] = and e k
  return h j l d
}`},
		{"small powers", "cheaper", `func(a:f64[]) {
  b:f64[] = pow a 2.0
  c:f64[] = pow a 3.0
  d:f64[] = pow a -1.0
  e:f64[] = pow a 0.0
  f:f64[] = pow a 0.5
  g:f64[] = div a 4.0
  h:f64[] = div a 3.0
  return b c d e f g h
}`, `func(a:f64[]) {
  b:f64[] = square a
  c:f64[] = ipow[n=3] a
  d:f64[] = div 1.0 a
  e:f64[] = pow a 0.5
  f:f64[] = mul a 0.25
  g:f64[] = div a 3.0
  return b c d 1.0 e f g
}`},
		{"what is repeated is computed before", "outward", `func(a:f64[3], b:f64[3]) {
  c:f64[4,3] = broadcast[shape=(4,3)] a
  d:f64[4,3] = broadcast[shape=(4,3)] b
  e:f64[4,3] = mul c d
  f:f64[4,3] = full[value=1.0 type=f64[4,3]]
  g:f64[4,3] = add e f
  h:f64[3,4] = transpose[perm=(1,0)] g
  return h
}`, `func(a:f64[3], b:f64[3]) {
  c:f64[3] = mul a b
  d:f64[3] = full[value=1.0 type=f64[3]]
  e:f64[3] = add c d
  f:f64[3,1] = reshape[shape=(3,1)] e
  g:f64[3,4] = broadcast[shape=(3,4)] f
  return g
}`},
		{"products of transposes", "products", `func(a:f64[3,2], b:f64[4,3]) {
  c:f64[2,3] = transpose[perm=(1,0)] a
  d:f64[3,4] = transpose[perm=(1,0)] b
  e:f64[2,4] = dot[lhs_contract=(1) rhs_contract=(0) lhs_batch=() rhs_batch=()] c d
  f:f64[4,2] = transpose[perm=(1,0)] e
  return f
}`, `func(a:f64[3,2], b:f64[4,3]) {
  c:f64[4,2] = dot[lhs_contract=(1) rhs_contract=(0) lhs_batch=() rhs_batch=()] b a
  return c
}`},
		{"names go", "inline", `func(a:f64[]) {
  b:f64[] = name[label="x"] a
  c:f64[] = sin b
  return c
}`, `func(a:f64[]) {
  b:f64[] = sin a
  return b
}`},
		{"an update that is selected touches its slots", "simplify", `func(a:f64[2,9], b:f64[2], c:bool[2], d:i64[2], e:i64[2]) {
  f:f64[2,9] = set_at a b d e
  g:bool[2,1] = reshape[shape=(2,1)] c
  h:bool[2,9] = broadcast[shape=(2,9)] g
  i:f64[2,9] = select h f a
  j:f64[2,9] = add_at i b d e
  k:f64[2,9] = select h j i
  return k
}`, `func(a:f64[2,9], b:f64[2], c:bool[2], d:i64[2], e:i64[2]) {
  f:bool[2,1] = reshape[shape=(2,1)] c
  g:i64[2] = full[value=0 type=i64[2]]
  h:bool[2] = gather f d g
  i:f64[2] = gather a d e
  j:f64[2] = select h b i
  k:f64[2,9] = set_at a j d e
  l:f64[2] = full[value=-0.0 type=f64[2]]
  m:f64[2] = select h b l
  n:f64[2,9] = add_at k m d e
  return n
}`},
		{"a select goes where its choice is known", "needed", `func(a:bool[3], b:bool[3], c:f64[3], d:f64[3]) {
  e:f64[3] = select a c d
  f:f64[3] = sin e
  g:f64[3] = mul f c
  h:bool[3] = and a b
  i:f64[3] = select h g d
  return i
}`, `func(a:bool[3], b:bool[3], c:f64[3], d:f64[3]) {
  e:f64[3] = sin c
  f:f64[3] = mul e c
  g:bool[3] = and a b
  h:f64[3] = select g f d
  return h
}`},
		{"the other choice", "needed", `func(a:bool[3], b:bool[3], c:f64[3], d:f64[3]) {
  e:bool[3] = not a
  f:f64[3] = select e c d
  g:f64[3] = sin f
  h:f64[3] = select b c d
  i:f64[3] = mul g h
  j:bool[3] = or b e
  k:f64[3] = select j d i
  return k
}`, `func(a:bool[3], b:bool[3], c:f64[3], d:f64[3]) {
  e:bool[3] = not a
  f:f64[3] = sin d
  g:f64[3] = mul f d
  h:bool[3] = or b e
  i:f64[3] = select h d g
  return i
}`},
		{"a choice that is seen elsewhere too stays", "needed", `func(a:bool[3], b:bool[3], c:f64[3], d:f64[3]) {
  e:f64[3] = select a c d
  f:f64[3] = sin e
  g:f64[3] = mul f c
  h:f64[3] = select a g d
  i:f64[3] = cos e
  j:bool[3] = or a b
  k:f64[3] = select j i d
  l:bool[3] = lt e c
  m:f64[3] = select l d c
  return h k m
}`, ""},
		{"elements that move are seen elsewhere", "needed", `func(a:bool[3], b:f64[3], c:f64[3]) {
  d:f64[3] = select a b c
  e:f64[3] = flip[axes=(0)] d
  f:f64[3] = select a e c
  return f
}`, ""},
	})
}
