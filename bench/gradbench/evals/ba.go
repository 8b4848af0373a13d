package evals

import (
	"encoding/json"

	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// The eval ba, bundle adjustment: where cameras see points and where they should, and the sparse Jacobian of that.
var ba = Eval{
	"objective": compiled(bundle.errors, baInput.arg),
	"jacobian":  finished(bundle.blocks, baInput.arg, bundle.assemble),
}

// baInput is one camera, point and observation, which stand for all of them.
type baInput struct {
	N, M, P      int
	Cam, X, Feat array
	W            array
}

// bundle is n cameras, m points and p observations of a point by a camera. A camera is its rotation, an axis of the
// angle's length, center, focal length, principal point and two coefficients of distortion.
type bundle struct {
	Cameras, Points       num.Array // f64[n,11] and f64[m,3]
	CameraOf, PointOf     num.Array // i64[p]
	Weights, Measurements num.Array // f64[p] and f64[p,2]
}

func (in baInput) arg() bundle {
	camera, point := make([]int, in.P), make([]int, in.P)
	for i := range in.P {
		camera[i], point[i] = i%in.N, i%in.M
	}
	return bundle{
		Cameras: num.Tile(in.Cam.Array, in.N, 1), Points: num.Tile(in.X.Array, in.M, 1),
		CameraOf: num.FromInts(camera, in.P), PointOf: num.FromInts(point, in.P),
		Weights: num.Tile(in.W.Array, in.P), Measurements: num.Tile(in.Feat.Array, in.P, 1),
	}
}

// sight is an observation with its camera and its point, in the order of the Jacobian's columns.
type sight struct {
	Rotation, Center      vector
	Focus                 num.Array
	Principal, Distortion [2]num.Array
	Point                 vector
	Weight                num.Array

	Measured [2]num.Array `grad:"-"`
}

// sights returns all observations: each array of a sight has length p.
func (b bundle) sights() sight {
	camera := columns(num.Take(b.Cameras, b.CameraOf, 0))
	point, measured := columns(num.Take(b.Points, b.PointOf, 0)), columns(b.Measurements)
	return sight{
		Rotation: vector(camera[0:3]), Center: vector(camera[3:6]), Focus: camera[6],
		Principal: [2]num.Array(camera[7:9]), Distortion: [2]num.Array(camera[9:11]),
		Point: vector(point), Weight: b.Weights, Measured: [2]num.Array(measured),
	}
}

// columns returns the columns of a matrix.
func columns(x num.Array) []num.Array {
	xs := num.Split(x, x.Shape()[1], 1)
	for i := range xs {
		xs[i] = num.Ravel(xs[i])
	}
	return xs
}

// reprojection returns how far what the camera sees is from what was measured, times the weight: f64[2].
func (s sight) reprojection() num.Array {
	x := rotate(s.Rotation, s.Point.minus(s.Center))
	flat := [2]num.Array{num.Div(x[0], x[2]), num.Div(x[1], x[2])}
	r := num.Add(num.Square(flat[0]), num.Square(flat[1]))
	distortion := num.Add(1, num.Mul(s.Distortion[0], r), num.Mul(s.Distortion[1], num.Square(r)))
	var errors [2]num.Array
	for i := range errors {
		seen := num.Add(num.Mul(flat[i], distortion, s.Focus), s.Principal[i])
		errors[i] = num.Mul(s.Weight, num.Sub(seen, s.Measured[i]))
	}
	return num.Stack(0, errors[:]...)
}

// rotate turns x about an axis by the axis' length, by Rodrigues' formula.
func rotate(axis, x vector) vector {
	square := axis.dot(axis)
	angle := num.Sqrt(square)
	v := axis.times(num.Reciprocal(angle))
	sin, cos := num.Sin(angle), num.Cos(angle)
	turned := x.times(cos).plus(v.cross(x).times(sin)).plus(v.times(num.Mul(v.dot(x), num.Sub(1, cos))))
	still := x.plus(axis.cross(x))
	for i := range turned {
		turned[i] = num.Where(num.NotEqual(square, 0), turned[i], still[i])
	}
	return turned
}

// vector is a vector in space, whose components may be arrays.
type vector [3]num.Array

func (a vector) plus(b vector) vector {
	return vector{num.Add(a[0], b[0]), num.Add(a[1], b[1]), num.Add(a[2], b[2])}
}

func (a vector) minus(b vector) vector {
	return vector{num.Sub(a[0], b[0]), num.Sub(a[1], b[1]), num.Sub(a[2], b[2])}
}

func (a vector) times(c num.Array) vector {
	return vector{num.Mul(a[0], c), num.Mul(a[1], c), num.Mul(a[2], c)}
}

func (a vector) dot(b vector) num.Array {
	return num.Add(num.Mul(a[0], b[0]), num.Mul(a[1], b[1]), num.Mul(a[2], b[2]))
}

func (a vector) cross(b vector) vector {
	minor := func(i, j int) num.Array { return num.Sub(num.Mul(a[i], b[j]), num.Mul(a[j], b[i])) }
	return vector{minor(1, 2), minor(2, 0), minor(0, 1)}
}

func weightError(w num.Array) num.Array { return num.Sub(1, num.Square(w)) }

// misfits is all that should vanish: errors of reprojections, f64[p,2], and of weights, f64[p].
type misfits struct{ Reprojections, Weights num.Array }

func (b bundle) errors() misfits {
	return misfits{transforms.Vmap(sight.reprojection)(b.sights()), weightError(b.Weights)}
}

// MarshalJSON writes the first of the errors and how many there are, which is what the suite wants to see.
func (m misfits) MarshalJSON() ([]byte, error) {
	type object map[string]any
	p := m.Weights.Size()
	return json.Marshal(object{
		"reproj_error": object{"elements": m.Reprojections.At(0).Float64s(), "repeated": p},
		"w_err":        object{"element": m.Weights.At(0).Float64(), "repeated": p},
	})
}

// blocks is what is not zero in the Jacobian of the errors: derivatives of reprojections, f64[p,2] by each number
// of a sight, and of the weights' errors by the weights, f64[p].
type blocks struct {
	Sights  sight
	Weights num.Array
}

func (b bundle) blocks() blocks {
	slope := transforms.Vmap(transforms.Grad(weightError))(b.Weights)
	return blocks{transforms.Vmap(jac.Rev(sight.reprojection))(b.sights()), slope}
}

// sparse is a matrix in compressed rows: row i has the values from Rows[i] to Rows[i+1], in columns Cols.
type sparse struct {
	Rows, Cols []int
	Vals       []float64
}

// MarshalJSON writes the first thirty and the last of each list.
func (s sparse) MarshalJSON() ([]byte, error) {
	const n = 30
	return json.Marshal(map[string]any{
		"rows": append(s.Rows[:n:n], s.Rows[len(s.Rows)-1]),
		"cols": append(s.Cols[:n:n], s.Cols[len(s.Cols)-1]),
		"vals": append(s.Vals[:n:n], s.Vals[len(s.Vals)-1]),
	})
}

// assemble puts the blocks where they belong in the Jacobian: two rows an observation, with 15 columns each, and
// then one row a weight.
func (b bundle) assemble(blocks blocks) sparse {
	p, cameras, points := b.Weights.Size(), b.Cameras.Shape()[0], b.Points.Shape()[0]
	s := sparse{make([]int, 0, 3*p+1), make([]int, 0, 31*p), make([]float64, 0, 31*p)}
	s.Rows = append(s.Rows, 0)
	camera, point := b.CameraOf.Ints(), b.PointOf.Ints()
	var slopes [15][]float64
	for k, x := range tree.Leaves(blocks.Sights)[:15] {
		slopes[k] = x.Float64s()
	}
	for row := range 2 * p {
		i := row / 2
		for k := range 11 {
			s.Cols = append(s.Cols, 11*camera[i]+k)
		}
		for k := range 3 {
			s.Cols = append(s.Cols, 11*cameras+3*point[i]+k)
		}
		s.Cols = append(s.Cols, 11*cameras+3*points+i)
		for k := range slopes {
			s.Vals = append(s.Vals, slopes[k][row])
		}
		s.Rows = append(s.Rows, len(s.Cols))
	}
	for i, slope := range blocks.Weights.Float64s() {
		s.Cols, s.Vals = append(s.Cols, 11*cameras+3*points+i), append(s.Vals, slope)
		s.Rows = append(s.Rows, len(s.Cols))
	}
	return s
}
