package flow

import "github.com/gradus-ad/gradus/trace"

func init() { trace.Register(primitives...) }

// primitives are the prototypes of all primitives of this package.
var primitives = []trace.Primitive{trace.HolePrimitive(), cond{}, scan{}, while{}, selectLanes{}}
