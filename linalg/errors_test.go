package linalg_test

import (
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Shapes that do not fit are refused with the user's line and both types.
func TestErrors(t *testing.T) {
	eye, wide := num.Eye(3), num.Zeros(2, 3)
	for _, c := range []struct {
		do   func()
		want string
	}{
		{func() { linalg.Solve(wide, num.Zeros(2)) }, "solve: the matrix is not square, 2 x 3: f64[2,3]"},
		{func() { linalg.Solve(num.Zeros(3), num.Zeros(3)) }, "solve: needs a matrix: f64[3]"},
		{func() { linalg.Solve(eye, num.Zeros(4)) }, "solve: inner sizes 3 and 4 differ: f64[3,3] x f64[4]"},
		{func() { linalg.Solve(eye, num.Zeros(4, 3)) }, "solve: inner sizes 3 and 4 differ: f64[3,3] x f64[4,3]"},
		{func() { linalg.Solve(eye, num.Scalar(1)) }, "solve: the right-hand side is a scalar: f64[3,3] x f64[]"},
		{func() { linalg.Solve(num.Zeros(2, 3, 3), num.Zeros(4, 3, 1)) },
			"solve: leading axes do not broadcast: f64[2,3,3] x f64[4,3,1]"},
		{func() { linalg.SolveTriangular(eye, num.Zeros(2), linalg.Lower) }, "solvetriangular: inner sizes 3 and 2 differ: f64[3,3] x f64[2]"},
		{func() { linalg.SolveTriangular(wide, num.Zeros(2), linalg.Lower) }, "solvetriangular: the matrix is not square, 2 x 3: f64[2,3]"},
		{func() { linalg.SolveTriangular(eye, num.Zeros(3), 99) }, "solvetriangular: 0x63 is no way to read a triangle: join Lower or Upper, Transposed and UnitDiagonal"},
		{func() { linalg.Cholesky(wide) }, "cholesky: the matrix is not square, 2 x 3: f64[2,3]"},
		{func() { linalg.Inv(wide) }, "inv: the matrix is not square, 2 x 3: f64[2,3]"},
		{func() { linalg.Det(num.Scalar(1)) }, "det: needs a matrix: f64[]"},
		{func() { linalg.LogDet(wide) }, "logdet: the matrix is not square, 2 x 3: f64[2,3]"},
		{func() { linalg.Lstsq(num.Zeros(3), num.Zeros(3)) }, "lstsq: needs a matrix: f64[3]"},
		{func() { linalg.Lstsq(wide, num.Zeros(3)) }, "lstsq: inner sizes 2 and 3 differ: f64[2,3] x f64[3]"},
		{func() { linalg.Lstsq(eye, num.Scalar(1)) }, "lstsq: the right-hand side is a scalar: f64[3,3] x f64[]"},
		{func() { linalg.Lstsq(eye, num.Zeros(3), 1) }, "lstsq: the cutoff must be from 0 up to 1, not 1"},
		{func() { linalg.Lstsq(eye, num.Zeros(3), 0.1, 0.1) }, "lstsq: has one cutoff, not 2"},
		{func() { linalg.SlogDet(wide) }, "slogdet: the matrix is not square, 2 x 3: f64[2,3]"},
	} {
		err := trace.Try(c.do)
		if err == nil || !strings.HasPrefix(err.Error(), "errors_test.go:") || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("got %v, want the line and %q", err, c.want)
		}
	}
}

// Text with operands that do not fit is refused by Parse, never run.
func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"func(a:f64[2,3]) { b:f64[2,3], c:i64[2] = lu a return b }",
		"func(a:i64[2,2]) { b:i64[2,2] = cholesky a return b }",
		"func(a:f64[2,2]) { b:f64[2,2] = lu_solve[trans=false] a a a a return b }",
		"func(a:f64[2,2], i:i64[2]) { b:f64[2,2] = lu_solve[trans=false] a a i return b }",
		"func(a:f64[2,2], i:i64[2], y:f64[3,1]) { b:f64[3,1] = lu_solve[trans=false] a a i y return b }",
		"func(a:f64[2,2]) { b:f64[2,2] = triangular_solve[lower=true trans=false unit_diagonal=true] a return b }",
		"func(a:f64[2,2], y:i64[2,1]) { b:i64[2,1] = triangular_solve[lower=true trans=false unit_diagonal=true] a y return b }",
		"func(a:f64[4,4]) { b:f64[] = det a return b }",
		"func(a:f64[4,4]) { b:f64[] = det a a a return b }",
		"func(a:f64[2,2]) { b:f64[], c:f64[] = slogdet a return b }",
		"func(a:f64[4,4]) { b:f64[4,4] = cofactors a return b }",
		"func(a:f64[4,4]) { b:f64[4,4] = cofactors a a a a return b }",
		"func(a:f64[4,4], s:f64[4], e:f64[3,3]) { b:f64[4,4] = cofactors a a s e return b }",
		"func(a:f64[4,4], s:f64[4], e:f64[3,3]) { b:f64[4,4] = cofactors a a s a e return b }",
		"func(a:f64[2]) { b:f64[2] = signed_svd a return b }",
		"func() { b:f64[] = det return b }",
		"func(a:f64[2]) { b:f64[2], c:f64[2], d:f64[2] = ranked_svd[cutoff=0.0] a return b }",
		"func(a:f64[2,3]) { b:f64[2,3], c:f64[2], d:f64[2,3] = ranked_svd[cutoff=0.0] a return b }",
		"func(a:f64[2,2], s:f64[2]) { b:f64[2,2] = lstsq[trans=false] a a s a return b }",
		"func(a:f64[2,2]) { b:f64[2,2] = lstsq[trans=false] a a a a a return b }",
		"func(a:f64[2,2], s:f64[2], y:f64[3,1]) { b:f64[2,1] = lstsq[trans=false] a a s a y return b }",
	} {
		if f, err := trace.Parse(text); err == nil {
			t.Errorf("accepted:\n%v", f)
		}
	}
}
