package num_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/num"
)

func BenchmarkMatMul(b *testing.B) {
	draw := normal(1)
	for _, s := range [][3]int{{2, 2, 2}, {8, 8, 8}, {8, 9, 9}, {64, 64, 64}, {300, 300, 300}, {1000, 1000, 1}, {1, 1000, 1000}, {4, 1000, 4}} {
		x, y := draw(s[0], s[1]), draw(s[1], s[2])
		b.Run(fmt.Sprint(s), func(b *testing.B) {
			for b.Loop() {
				num.MatMul(x, y)
			}
		})
		xt := draw(s[1], s[0])
		b.Run(fmt.Sprint(s, "transposed"), func(b *testing.B) {
			for b.Loop() {
				num.Einsum("ki,kj->ij", xt, y)
			}
		})
	}
}
