package evals

import (
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval ht, hand tracking: how far points are from the surface of a hand that is bent by its bones, and the
// Jacobian of that by the 26 parameters of the pose, and, where points lie in triangles, by their places there.
var ht = Eval{
	"objective": compiled(func(h hand) num.Array { return num.Ravel(h.distances()) }, htInput.arg),
	"jacobian":  compiled(hand.jacobian, htInput.arg),
}

type htInput struct {
	Theta, Us array
	Data      struct {
		Model struct {
			Parents   []int
			Relatives array `json:"base_relatives"`
			Inverses  array `json:"inverse_base_absolutes"`
			Positions array `json:"base_positions"`
			Weights   array
			Triangles [][]int
			Mirrored  bool `json:"is_mirrored"`
		}
		Correspondences []int
		Points          array
	}
}

// hand is a pose, a model of b bones and v vertices, and n points that correspond to vertices, or to places in triangles.
type hand struct {
	Theta  num.Array // f64[26]: rotation, translation, and four angles a finger
	Places num.Array // f64[n,2], in triangles, or f64[0]

	Parents             []int     // of bones, of which a parent comes before its children; -1 has none
	Relatives, Inverses num.Array // f64[b,4,4]: where bones are in their parents, and the way back from the hand at rest
	Positions, Weights  num.Array // f64[v,4] and f64[v,b]
	Corners             num.Array // i64[n,3], or i64[n]: vertices
	Points              num.Array // f64[n,3]
	Mirrored            bool
}

func (in htInput) arg() hand {
	m, n := in.Data.Model, len(in.Data.Correspondences)
	corners := num.FromInts(in.Data.Correspondences, n)
	if in.Us.Size() > 0 {
		var vertices []int
		for _, t := range in.Data.Correspondences {
			vertices = append(vertices, m.Triangles[t]...)
		}
		corners = num.FromInts(vertices, n, 3)
	}
	return hand{
		Theta: in.Theta.Array, Places: in.Us.Array, Parents: m.Parents,
		Relatives: m.Relatives.Array, Inverses: m.Inverses.Array,
		Positions: m.Positions.Array, Weights: m.Weights.Array, Corners: corners, Points: in.Data.Points.Array,
		Mirrored: m.Mirrored,
	}
}

// distances returns the way from the hand to each point, f64[n,3].
func (h hand) distances() num.Array {
	at := num.Take(h.vertices(), h.Corners, 0) // f64[n,3], or f64[n,3,3] with three corners of a triangle
	if h.Places.Size() > 0 {
		last := num.Sub(1, num.KeepDims(num.Sum, h.Places, 1))
		at = num.Einsum("nc,nci->ni", num.Concat(1, h.Places, last), at)
	}
	return num.Sub(h.Points, at)
}

// vertices returns where the vertices are, f64[v,3].
func (h hand) vertices() num.Array {
	bones := num.Slice(num.MatMul(h.bones(), h.Inverses), 0, num.End, 0, 3)
	blends := num.Einsum("vb,bij->vij", h.Weights, bones)
	at := num.Sum(num.Mul(blends, num.ExpandDims(h.Positions, 1)), 2)
	if h.Mirrored {
		at = num.Mul(at, num.Vector(-1, 1, 1))
	}
	turn := rotation(num.Slice(h.Theta, 0, 3))
	return num.Add(num.MatMul(at, num.Transpose(turn)), num.Slice(h.Theta, 3, 6))
}

// bones returns where the bones are, as affine maps from the bone to the hand, f64[b,4,4].
func (h hand) bones() num.Array {
	relative := num.Split(num.MatMul(h.Relatives, h.bends()), len(h.Parents), 0)
	bones := make([]num.Array, len(h.Parents))
	for i, parent := range h.Parents {
		bones[i] = relative[i].At(0)
		if parent >= 0 {
			bones[i] = num.MatMul(bones[parent], bones[i])
		}
	}
	return num.Stack(0, bones...)
}

// bends returns how the joints are bent, f64[b,4,4]: those of a finger about x, the first of them about z, too.
func (h hand) bends() num.Array {
	var bentX, bentZ, angleX, angleZ []int
	for finger := range 5 {
		bone, angle := 2+4*finger, 6+4*finger
		bentX, angleX = append(bentX, bone, bone+1, bone+2), append(angleX, angle, angle+2, angle+3)
		bentZ, angleZ = append(bentZ, bone), append(angleZ, angle+1)
	}
	angles := func(bones, angles []int) num.Array {
		picked := num.Take(h.Theta, num.FromInts(angles, len(angles)), 0)
		return num.Set(num.Zeros(len(h.Parents)), picked, num.FromInts(bones, len(bones)))
	}
	x, z := angles(bentX, angleX), angles(bentZ, angleZ)
	cx, sx, cz, sz := num.Cos(x), num.Sin(x), num.Cos(z), num.Sin(z)
	zero, one := num.ZerosLike(x), num.OnesLike(x)
	return matrix([][]num.Array{
		{cz, num.Neg(num.Mul(sz, cx)), num.Mul(sz, sx), zero},
		{sz, num.Mul(cz, cx), num.Neg(num.Mul(cz, sx)), zero},
		{zero, sx, cx, zero},
		{zero, zero, zero, one},
	})
}

// matrix stacks elements, which may be arrays, as matrices in the last two axes.
func matrix(rows [][]num.Array) num.Array {
	stacked := make([]num.Array, len(rows))
	for i, row := range rows {
		stacked[i] = num.Stack(-1, row...)
	}
	return num.Stack(-2, stacked...)
}

// rotation returns the matrix that turns about an axis by the axis' length, f64[3,3]; less than 1e-4 is none.
func rotation(axis num.Array) num.Array {
	angle := num.Norm(axis)
	v := num.Div(axis, angle)
	x, y, z := v.At(0), v.At(1), v.At(2)
	zero := num.Scalar(0)
	cross := matrix([][]num.Array{{zero, num.Neg(z), y}, {z, zero, num.Neg(x)}, {num.Neg(y), x, zero}})
	along, cos := num.Outer(v, v), num.Cos(angle)
	turn := num.Add(num.Mul(cos, num.Sub(num.Eye(3), along)), along, num.Mul(num.Sin(angle), cross))
	return num.Where(num.Less(angle, 1e-4), num.Eye(3), turn)
}

// jacobian returns the derivatives of distances, f64[3n,26], or f64[3n,28] with those of each by its own place first.
func (h hand) jacobian() num.Array {
	columns := jac.Fwd(func(theta num.Array) num.Array {
		h := h
		h.Theta = theta
		return h.distances()
	})(h.Theta)
	if h.Places.Size() > 0 {
		columns = num.Concat(2, h.byPlaces(), columns)
	}
	return num.Reshape(columns, 3*h.Points.Shape()[0], -1)
}

// byPlaces returns the derivatives of each distance by the two coordinates of its place, f64[n,3,2]. No distance
// depends on the place of another: one direction for the first coordinates of all and one for the second are enough.
func (h hand) byPlaces() num.Array {
	_, push := transforms.Linearize(func(places num.Array) num.Array {
		h := h
		h.Places = places
		return h.distances()
	}, h.Places)
	n := h.Points.Shape()[0]
	directions := num.BroadcastTo(num.ExpandDims(num.Eye(2), 1), 2, n, 2)
	return num.MoveAxis(transforms.Vmap(push)(directions), 0, 2)
}
