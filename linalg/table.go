package linalg

import "github.com/gradus-ad/gradus/trace"

// primitives is the table of all primitives of this package. Parse finds them by their names, and
// the tests walk it.
var primitives = []trace.Primitive{
	lu{}, luSolve{}, triangularSolve{},
	cholesky{},
	rankedSVD{}, lstsq{},
	det{}, slogdet{}, cofactors{}, signedSVD{},
}

func init() { trace.Register(primitives...) }
