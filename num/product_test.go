package num_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestProductAxes holds contractions whose axes are in all orders against sums over all indices. Some are products
// of matrices where they are, some stacks of such, and of some an operand must be copied.
func TestProductAxes(t *testing.T) {
	length := map[byte]int{'a': 3, 'b': 2, 'i': 9, 'j': 4, 'k': 11, 'l': 5, 'o': 1}
	for _, c := range [][3]string{
		{"ik", "kj", "ij"}, {"ki", "jk", "ij"}, {"ik", "kj", "ji"}, {"k", "k", ""}, {"ik", "k", "i"}, {"ki", "k", "i"}, {"k", "kj", "j"}, {"i", "j", "ij"},
		{"jik", "kl", "jil"}, {"jki", "kl", "jil"}, {"kji", "kl", "jil"}, {"ikj", "lk", "ijl"}, {"ijl", "kal", "ijka"}, {"ilj", "kla", "ijka"},
		{"ilk", "lkj", "ij"}, {"lik", "lkj", "ij"}, {"lik", "kjl", "ij"}, {"kil", "kjl", "ij"}, {"ilk", "kl", "i"}, {"lk", "kl", ""},
		{"abik", "abkj", "abij"}, {"iakb", "kbja", "abij"}, {"aik", "kj", "aij"}, {"ik", "bkj", "bij"}, {"ba", "ab", "ab"}, {"abk", "abk", "ab"},
		{"oik", "ko", "oi"}, {"iok", "kjo", "ij"},
	} {
		shape := func(letters string) (s []int) {
			for i := range letters {
				s = append(s, length[letters[i]])
			}
			return s
		}
		draw := normal(5)
		x, y := draw(shape(c[0])...), draw(shape(c[1])...)
		sums := make([]float64, trace.Type{Shape: shape(c[2])}.Size())
		at := map[byte]int{}
		pick := func(letters string) (i []int) {
			for k := range letters {
				i = append(i, at[letters[k]])
			}
			return i
		}
		var walk func(letters string)
		walk = func(letters string) {
			if letters == "" {
				sums[offset(shape(c[2]), pick(c[2]))] += element(x)(pick(c[0])...) * element(y)(pick(c[1])...)
				return
			}
			for i := range length[letters[0]] {
				at[letters[0]] = i
				walk(letters[1:])
			}
		}
		letters := ""
		for _, l := range "abijklo" {
			if strings.ContainsRune(c[0]+c[1], l) {
				letters += string(l)
			}
		}
		walk(letters)
		spec := fmt.Sprintf("%s,%s->%s", c[0], c[1], c[2])
		wantEqual(t, spec, num.Einsum(spec, x, y), num.New(sums, shape(c[2])...), 1e-13)
	}
}
