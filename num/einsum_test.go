package num_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// einsumRows are specs with the shapes of their operands and, where it is not written in the spec,
// what the spec means with explicit letters.
var einsumRows = []struct {
	spec   string
	means  string
	shapes [][]int
}{
	{"i->i", "", [][]int{{3}}},
	{"i->", "", [][]int{{3}}},
	{"->", "", [][]int{{}}},
	{"ij->ji", "", [][]int{{2, 3}}},
	{"ij->j", "", [][]int{{2, 3}}},
	{"ij->", "", [][]int{{2, 3}}},
	{"ii->i", "", [][]int{{3, 3}}},
	{"ii->", "", [][]int{{3, 3}}},
	{"ii", "ii->", [][]int{{3, 3}}},
	{"iji->j", "", [][]int{{2, 3, 2}}},
	{"iijj->ij", "", [][]int{{2, 2, 3, 3}}},
	{"iijj", "iijj->", [][]int{{2, 2, 3, 3}}},
	{"iii->i", "", [][]int{{2, 2, 2}}},
	{"ba", "ba->ab", [][]int{{2, 3}}},
	{"ij,jk->ik", "", [][]int{{2, 3}, {3, 4}}},
	{"ij,jk", "ij,jk->ik", [][]int{{2, 3}, {3, 4}}},
	{" i j , j k -> k i ", "ij,jk->ki", [][]int{{2, 3}, {3, 4}}},
	{"ij,kj->ik", "", [][]int{{2, 3}, {4, 3}}},
	{"bij,bjk->bik", "", [][]int{{2, 2, 3}, {2, 3, 2}}},
	{"ibj,kjb->kbi", "", [][]int{{2, 3, 2}, {2, 2, 3}}},
	{"i,i", "i,i->", [][]int{{4}, {4}}},
	{"i,j", "i,j->ij", [][]int{{2}, {3}}},
	{"i,j->ji", "", [][]int{{2}, {3}}},
	{"i,i->i", "", [][]int{{4}, {4}}},
	{"ij,ij->", "", [][]int{{2, 3}, {2, 3}}},
	{"i,ij,j->", "", [][]int{{2}, {2, 3}, {3}}},
	{"ij,jk,kl->il", "", [][]int{{2, 3}, {3, 2}, {2, 4}}},
	{"ij,jk,kl,l", "ij,jk,kl,l->i", [][]int{{2, 3}, {3, 2}, {2, 4}, {4}}},
	{"ij,ik,il->jkl", "", [][]int{{2, 2}, {2, 3}, {2, 2}}},
	{"ij,ij,ij->ij", "", [][]int{{2, 3}, {2, 3}, {2, 3}}},
	{"ik,jk,kk->ij", "", [][]int{{2, 3}, {2, 3}, {3, 3}}},
	{"ijk,jil->kl", "", [][]int{{2, 3, 2}, {3, 2, 4}}},
	{"ab,cd->", "", [][]int{{2, 2}, {3, 2}}},
	{"Ab,bA", "Ab,bA->", [][]int{{2, 3}, {3, 2}}},
	{"aB,Bc", "aB,Bc->ac", [][]int{{2, 3}, {3, 2}}},
	{"i,,j->ij", "", [][]int{{2}, {}, {3}}},
	{"ij,jk->ik", "", [][]int{{2, 0}, {0, 3}}},
	{"ij,jk->ik", "", [][]int{{0, 2}, {2, 3}}},
	{"ii->i", "", [][]int{{0, 0}}},
	{"ijka,kijb->ba", "", [][]int{{2, 3, 2, 2}, {2, 2, 3, 3}}},
	{"aibj,jbki->ka", "", [][]int{{2, 3, 2, 2}, {2, 2, 3, 3}}},
	{"abcij,cjkab->kbica", "", [][]int{{2, 1, 2, 3, 2}, {2, 2, 3, 2, 1}}},
	{"cba,xabc->x", "", [][]int{{2, 3, 2}, {3, 2, 3, 2}}},
	{"jabc,abcj->j", "", [][]int{{2, 2, 3, 2}, {2, 3, 2, 2}}},
	{"...ij->...ji", "abij->abji", [][]int{{2, 3, 2, 2}}},
	{"...", "ab->ab", [][]int{{2, 3}}},
	{"...i->...", "abi->ab", [][]int{{2, 3, 2}}},
	{"...ij,...jk->...ik", "abij,abjk->abik", [][]int{{2, 3, 2, 2}, {2, 3, 2, 2}}},
	{"...ij,...jk", "abij,bjk->abik", [][]int{{2, 3, 2, 2}, {3, 2, 2}}},
}

// naiveEinsum evaluates an explicit spec without ellipses by a loop over all indices.
func naiveEinsum(spec string, xs []num.Array) num.Array {
	in, out, _ := strings.Cut(spec, "->")
	sizes := map[rune]int{}
	terms := strings.Split(in, ",")
	for i, term := range terms {
		for k, l := range term {
			sizes[l] = xs[i].Shape()[k]
		}
	}
	letters := []rune(out)
	for l := range sizes {
		if !strings.ContainsRune(out, l) {
			letters = append(letters, l)
		}
	}
	lengths := func(ls []rune) []int {
		var n []int
		for _, l := range ls {
			n = append(n, sizes[l])
		}
		return n
	}
	shape := lengths([]rune(out))
	y := make([]float64, trace.Type{Shape: shape}.Size())
	for _, k := range indices(lengths(letters)) {
		v := 1.0
		for i, term := range terms {
			var pos []int
			for _, l := range term {
				pos = append(pos, k[slices.Index(letters, l)])
			}
			v *= element(xs[i])(pos...)
		}
		y[offset(shape, k[:len(shape)])] += v
	}
	return num.New(y, shape...)
}

func TestEinsum(t *testing.T) {
	for _, row := range einsumRows {
		means := row.means
		if means == "" {
			means = row.spec
		}
		t.Run(fmt.Sprint(row.spec, row.shapes), func(t *testing.T) {
			draw := normal(19)
			var xs, lanes []num.Array
			for _, s := range row.shapes {
				xs = append(xs, draw(s...))
				lanes = append(lanes, draw(append([]int{2}, s...)...))
			}
			f := func(xs []num.Array) num.Array { return num.Einsum(row.spec, xs...) }
			wantEqual(t, "f64", f(xs), naiveEinsum(means, xs), 1e-13)
			var whole []num.Array
			for _, x := range xs {
				whole = append(whole, num.Convert(num.Mul(9, x), trace.I64))
			}
			wantEqual(t, "i64", f(whole), num.Convert(naiveEinsum(means, whole), trace.I64), 0)
			for i, x := range xs {
				checkDerivatives(t, func(x num.Array) num.Array {
					all := slices.Clone(xs)
					all[i] = x
					return f(all)
				}, x)
				checkLanes(t, func(x []num.Array) num.Array {
					all := slices.Clone(xs)
					all[i] = x[0]
					return f(all)
				}, lanes[i])
			}
			checkLanes(t, f, lanes...)
		})
	}
}

// Axes under an ellipsis broadcast, also where they have length 1.
func TestEinsumBroadcasts(t *testing.T) {
	draw := normal(23)
	a, b := draw(2, 1, 2, 3), draw(4, 3, 2)
	f := func(a, b num.Array) num.Array { return num.Einsum("...ij,...jk->...ik", a, b) }
	wantEqual(t, "matmul", f(a, b), num.MatMul(a, b), 1e-14)
	checkDerivatives(t, func(a num.Array) num.Array { return f(a, b) }, a)
	checkDerivatives(t, func(b num.Array) num.Array { return f(a, b) }, b)
	wantEqual(t, "length 1 everywhere", num.Einsum("...i,...i", num.Ones(1, 2), num.Ones(1, 2)), num.Vector(2), 0)
	wantEqual(t, "summed letters, kept axes", num.Einsum("i...->...", draw(0, 3)), num.Zeros(3), 0)
}

// The pair that costs least is multiplied first: here matrices only ever meet vectors.
func TestEinsumOrder(t *testing.T) {
	fn := trace.MustOf(func(m num.Array) num.Array {
		return num.Einsum("ij,jk,kl,l->i", m, m, m, num.Zeros(30))
	}, num.Zeros(30, 30))
	for _, e := range fn.Equations() {
		if out := fn.Type(e.Outs[0]); out.Rank() > 1 {
			t.Errorf("%s makes %v in\n%v", e.Primitive.Name(), out, fn)
		}
	}
}

func TestEinsumErrors(t *testing.T) {
	m := num.Zeros(2, 3)
	for want, f := range map[string]func(){
		`einsum: "ij,jk" has 2 terms for 1 operands`:                                     func() { num.Einsum("ij,jk", m) },
		`einsum: "" has 1 terms for 0 operands`:                                          func() { num.Einsum("") },
		`einsum: '1' in "i1->i" is not a letter, a comma, an ellipsis or ->`:             func() { num.Einsum("i1->i", m) },
		`einsum: '-' in "ij-i" is not a letter, a comma, an ellipsis or ->`:              func() { num.Einsum("ij-i", m) },
		`einsum: '-' in "ij->i->j" is not a letter, a comma, an ellipsis or ->`:          func() { num.Einsum("ij->i->j", m) },
		`einsum: ',' in "ij->i,j" is not a letter, a comma, an ellipsis or ->`:           func() { num.Einsum("ij->i,j", m) },
		`einsum: dots in term "i..j" of "i..j" that are not one ellipsis`:                func() { num.Einsum("i..j", m) },
		`einsum: dots in term "...i..." of "...i..." that are not one ellipsis`:          func() { num.Einsum("...i...", m) },
		`einsum: term "ijk" does not fit f64[2,3], an array of 2 axes`:                   func() { num.Einsum("ijk", m) },
		`einsum: term "i" does not fit f64[2,3], an array of 2 axes`:                     func() { num.Einsum("i", m) },
		`einsum: term "...ijk" does not fit f64[2,3], an array of 2 axes`:                func() { num.Einsum("...ijk", m) },
		`einsum: index j has length 3 and 4: f64[2,3] x f64[4,5]`:                        func() { num.Einsum("ij,jk", m, num.Zeros(4, 5)) },
		`einsum: index i has length 2 and 3: f64[2,3]`:                                   func() { num.Einsum("ii", m) },
		`einsum: index i stands twice in the output of "ij->ii"`:                         func() { num.Einsum("ij->ii", m) },
		`einsum: index k of the output of "ij->ik" stands in no operand`:                 func() { num.Einsum("ij->ik", m) },
		`einsum: the output of "...i->i" needs an ellipsis for the axes without letters`: func() { num.Einsum("...i->i", m) },
		`einsum: axes under the ellipsis do not broadcast, 2 and 4: f64[2,3] x f64[4,3]`: func() { num.Einsum("...i,...i", m, num.Zeros(4, 3)) },
	} {
		wantError(t, want, f)
	}
}

// randomTerms returns terms of random letters and arrays with the lengths that the letters have.
func randomTerms(r *rand.Rand, draw func(...int) num.Array) (terms []string, letters string, xs []num.Array) {
	sizes := [...]int{2, 3, 1, r.IntN(3), 2}
	for range 1 + r.IntN(4) {
		term := ""
		var shape []int
		for range r.IntN(4) {
			l := r.IntN(len(sizes))
			letter := "abcde"[l : l+1]
			term, shape = term+letter, append(shape, sizes[l])
			if !strings.Contains(letters, letter) {
				letters += letter
			}
		}
		terms, xs = append(terms, term), append(xs, draw(shape...))
	}
	return terms, letters, xs
}

func TestEinsumRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	draw := normal(37)
	for range 500 {
		terms, letters, xs := randomTerms(r, draw)
		out := ""
		for _, k := range r.Perm(len(letters)) {
			if r.IntN(2) == 0 {
				out += letters[k : k+1]
			}
		}
		spec := strings.Join(terms, ",") + "->" + out
		f := func(xs []num.Array) num.Array { return num.Einsum(spec, xs...) }
		y := naiveEinsum(spec, xs)
		wantEqual(t, spec, f(xs), y, 1e-12)

		v, sum := make([]num.Array, len(xs)), num.ZerosLike(y)
		for i, x := range xs {
			v[i] = draw(x.Shape()...)
			one := slices.Clone(xs)
			one[i] = v[i]
			sum = num.Add(sum, naiveEinsum(spec, one))
		}
		_, dy := transforms.JVP(f, xs, v)
		wantEqual(t, "jvp of "+spec, dy, sum, 1e-12)
		ct := draw(y.Shape()...)
		_, pull := transforms.VJP(f, xs)
		back := 0.0
		for i, g := range pull(ct) {
			back += inner(g, v[i])
		}
		if forth := inner(ct, dy); !nearly(back, forth, 1e-12) {
			t.Errorf("%s: <ct, J v> = %v but <J^T ct, v> = %v", spec, forth, back)
		}
	}
}

// EinsumTangent is Einsum of what a tangent holds, and its mask is where an element that is touched enters.
func TestEinsumTangent(t *testing.T) {
	x := num.New([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	v := num.New([]float64{0, 7, 0, 0, 0, 0}, 2, 3)
	m := num.NotEqual(v, 0)
	for _, c := range []struct {
		spec string
		in   []num.Array
		i    int
	}{
		{"ij->ji", []num.Array{x}, 0},
		{"...ij->...", []num.Array{x}, 0},
		{"...ij->j...", []num.Array{x}, 0},
		{"ij,kj->ki", []num.Array{x, x}, 0},
		{"ij,kj->ki", []num.Array{x, x}, 1},
		{"ij,ij->j", []num.Array{x, x}, 1},
		{"...i,...i->i...", []num.Array{x, x}, 0},
	} {
		value := slices.Clone(c.in)
		value[c.i] = v
		touched := slices.Repeat([]num.Array{num.OnesLike(x)}, len(c.in))
		touched[c.i] = num.Convert(m, trace.F64)
		want, mask := num.Einsum(c.spec, value...), num.Greater(num.Einsum(c.spec, touched...), 0)
		got := num.EinsumTangent(c.spec, c.in, c.i, trace.MaskedTangent(v, m))
		y, my := got.Parts()
		if !got.Masked() {
			my = num.Convert(num.OnesLike(y), trace.Bool)
		}
		if y.String() != want.String() || my.String() != mask.String() {
			t.Errorf("%s by %d is %v where %v, want %v where %v", c.spec, c.i, y, my, want, mask)
		}
	}
	if !num.EinsumTangent("ij->ji", []num.Array{x}, 0, num.Tangent{}).Absent() {
		t.Error("an absent tangent becomes another")
	}
}
