package pass_test

import "testing"

// The passes that multiply and add in another order, or round once in place of twice, each on its own.
func TestRoundingPasses(t *testing.T) {
	checkPasses(t, []passCase{
		{"products are added with one rounding, whoever else reads them", "contract", `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = mul a b
  e:f64[] = add c d
  f:f64[] = sub d c
  g:f64[] = sub c d
  h:f64[] = square a
  i:f64[] = add h c
  return d e f g i
}`, `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = mul a b
  e:f64[] = fma a b c
  f:f64[] = neg c
  g:f64[] = fma a b f
  h:f64[] = neg a
  i:f64[] = fma h b c
  j:f64[] = fma a a c
  return d e g i j
}`},
		{"but not to products", "contract", `func(a:f64[2], b:f64[2], c:i64[2]) {
  d:f64[2] = mul a b
  e:f64[2] = mul b a
  f:f64[2] = sub d e
  g:f64[2] = neg e
  h:f64[2] = flip[axes=(0)] g
  i:f64[2] = add d h
  j:i64[2] = mul c c
  k:i64[2] = add j c
  return f i k
}`, ""},
		{"a part meets a product with zeros round it", "contract", `func(a:f64[3], b:f64[3], c:f64[3]) {
  d:f64[3] = full[value=5.0 type=f64[3]]
  e:f64[3] = mul a d
  f:f64[4] = pad[lo=(1) hi=(0) step=(1)] e
  g:f64[4] = add_slice[start=(0) limit=(3) step=(1)] f b
  h:f64[5] = pad[lo=(1) hi=(1) step=(1)] b
  i:f64[5] = add_slice[start=(2) limit=(5) step=(1)] h e
  return g i
}`, `func(a:f64[3], b:f64[3], c:f64[3]) {
  d:f64[4] = pad[lo=(1) hi=(0) step=(1)] a
  e:f64[4] = pad[lo=(0) hi=(1) step=(1)] b
  f:f64[4] = full[value=5.0 type=f64[4]]
  g:f64[4] = fma d f e
  h:f64[5] = pad[lo=(1) hi=(1) step=(1)] b
  i:f64[5] = pad[lo=(2) hi=(0) step=(1)] a
  j:f64[5] = full[value=5.0 type=f64[5]]
  k:f64[5] = fma i j h
  return g k
}`},
		{"but not if both are products, or it is by no number", "contract", `func(a:f64[3], b:f64[3]) {
  c:f64[3] = full[value=5.0 type=f64[3]]
  d:f64[3] = mul a c
  e:f64[3] = mul b c
  f:f64[3] = mul a b
  g:f64[4] = pad[lo=(1) hi=(0) step=(1)] d
  h:f64[4] = add_slice[start=(0) limit=(3) step=(1)] g e
  i:f64[4] = pad[lo=(1) hi=(0) step=(1)] f
  j:f64[4] = add_slice[start=(0) limit=(3) step=(1)] i b
  return h j
}`, ""},
		{"a product that is exact is added to another", "contract", `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = mul a b
  e:f64[] = mul 2.0 c
  f:f64[] = mul 0.5 c
  g:f64[] = add d e
  h:f64[] = sub d e
  i:f64[] = sub d f
  return g h i
}`, `func(a:f64[], b:f64[], c:f64[]) {
  d:f64[] = mul a b
  e:f64[] = mul 0.5 c
  f:f64[] = fma 2.0 c d
  g:f64[] = fma -2.0 c d
  h:f64[] = sub d e
  return f g h
}`},
		{"squares do not cancel", "contract", `func(a:f64[], b:f64[]) {
  c:f64[] = square a
  d:f64[] = mul b b
  e:f64[] = add c d
  f:f64[] = sub c d
  return e f
}`, `func(a:f64[], b:f64[]) {
  c:f64[] = square a
  d:f64[] = mul b b
  e:f64[] = fma a a d
  f:f64[] = sub c d
  return e f
}`},
		{"multiples by what is repeated", "scales", `func(a:f64[], b:f64[], c:f64[4]) {
  d:f64[4] = broadcast[shape=(4)] a
  e:f64[4] = broadcast[shape=(4)] b
  f:f64[4] = mul d c
  g:f64[4] = div f e
  h:f64[4] = neg f
  i:f64[4] = full[value=3.0 type=f64[4]]
  j:f64[4] = mul h i
  k:f64[4] = mul e j
  l:f64[4] = sub k g
  m:f64[4] = add l c
  return m
}`, `func(a:f64[], b:f64[], c:f64[4]) {
  d:f64[] = div a b
  e:f64[] = mul b a
  f:f64[] = mul -3.0 e
  g:f64[] = sub f d
  h:f64[] = add g 1.0
  i:f64[4] = broadcast[shape=(4)] h
  j:f64[4] = mul i c
  return j
}`},
		{"but for what is read as it is, or compared", "scales", `func(a:f64[], b:f64[], c:f64[4]) {
  d:f64[4] = broadcast[shape=(4)] a
  e:f64[4] = broadcast[shape=(4)] b
  f:f64[4] = mul d c
  g:f64[4] = mul e f
  h:f64[4] = mul e c
  i:f64[4] = mul d h
  j:f64[4] = mul d i
  k:bool[4] = lt j c
  return f g i k
}`, ""},
		{"equal products are one", "regroup", `func(a:f64[], b:f64[], c:f64[], d:f64[]) {
  e:f64[] = mul a b
  f:f64[] = mul c e
  g:f64[] = mul b c
  h:f64[] = mul g a
  i:f64[] = add f h
  j:f64[] = sub i d
  return j
}`, `func(a:f64[], b:f64[], c:f64[], d:f64[]) {
  e:f64[] = mul a b
  f:f64[] = mul 2.0 c
  g:f64[] = mul e f
  h:f64[] = sub g d
  return h
}`},
		{"common factors", "regroup", `func(a:f64[], b:f64[], c:f64[], d:f64[]) {
  e:f64[] = mul a b
  f:f64[] = mul e c
  g:f64[] = mul a d
  h:f64[] = sub f g
  return h
}`, `func(a:f64[], b:f64[], c:f64[], d:f64[]) {
  e:f64[] = mul b c
  f:f64[] = sub e d
  g:f64[] = mul a f
  return g
}`},
		{"common numbers", "regroup", `func(a:f64[], b:f64[], c:f64[], d:f64[]) {
  e:f64[] = mul 2.0 a
  f:f64[] = mul e b
  g:f64[] = mul 2.0 c
  h:f64[] = mul g d
  i:f64[] = add f h
  j:f64[] = mul 0.5 i
  return j
}`, `func(a:f64[], b:f64[], c:f64[], d:f64[]) {
  e:f64[] = mul a b
  f:f64[] = mul c d
  g:f64[] = add e f
  return g
}`},
		{"powers", "regroup", `func(a:f64[3], b:f64[3]) {
  c:f64[3] = mul a a
  d:f64[3] = mul c b
  e:f64[3] = mul c a
  f:f64[3] = mul e b
  g:f64[3] = mul f c
  h:f64[3] = neg g
  i:f64[3] = add h a
  return d f i
}`, `func(a:f64[3], b:f64[3]) {
  c:f64[3] = mul a a
  d:f64[3] = mul b c
  e:f64[3] = mul a d
  f:f64[3] = mul c e
  g:f64[3] = sub a f
  return d e g
}`},
		{"no power that there was not, and no sum without what decays", "regroup", `func(a:f64[], b:f64[]) {
  c:f64[] = exp b
  d:f64[] = mul c a
  e:f64[] = mul d a
  f:f64[] = mul d b
  g:f64[] = mul f b
  h:f64[] = mul 2.0 c
  i:f64[] = sub h e
  return e g i
}`, ""},
		{"nor without what is made of it", "regroup", `func(a:f64[], b:f64[]) {
  c:f64[] = exp b
  d:f64[] = add 1.0 c
  e:f64[] = div 1.0 d
  f:f64[] = mul e a
  g:f64[] = mul f a
  h:f64[] = mul 2.0 e
  i:f64[] = sub h g
  return i
}`, ""},
		{"not what may cancel, or is compared, or does not pay", "regroup", `func(a:f64[], b:f64[], c:f64[], d:f64[]) {
  e:f64[] = mul a b
  f:f64[] = mul e c
  g:f64[] = mul a c
  h:f64[] = mul g b
  i:f64[] = sub f h
  j:f64[] = mul g d
  k:f64[] = mul e d
  l:bool[] = lt j k
  m:f64[] = mul 1e+250 a
  n:f64[] = mul m 1e-250
  return i l n
}`, ""},
	})
}
