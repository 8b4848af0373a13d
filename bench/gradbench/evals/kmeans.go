package evals

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval kmeans: the sum of squared distances of points to the nearest of some centroids, and the step of Newton's
// method for the centroids. The Hessian is diagonal, so that its product with ones is its diagonal.
var kmeans = Eval{
	"cost": compiled(clusters.cost, kmeansInput.arg),
	"dir": compiled(func(c clusters) num.Array {
		gradient := transforms.Grad(func(centroids num.Array) num.Array { return clusters{c.Points, centroids}.cost() })
		slope, curvature := transforms.JVP(gradient, c.Centroids, num.OnesLike(c.Centroids))
		return num.Div(slope, curvature)
	}, kmeansInput.arg),
}

type kmeansInput struct{ Points, Centroids array }

func (in kmeansInput) arg() clusters { return clusters{in.Points.Array, in.Centroids.Array} }

type clusters struct{ Points, Centroids num.Array } // f64[n,d] and f64[k,d]

// cost takes the nearest centroid of each point. Which one it is is an integer, and has no derivative.
func (c clusters) cost() num.Array {
	nearest := num.Argmin(c.distances(), 1)
	return num.Sum(num.Square(num.Sub(c.Points, num.Take(c.Centroids, nearest, 0))))
}

// distances returns squared distances, less that of the point from the origin, f64[n,k].
func (c clusters) distances() num.Array {
	products := num.MatMul(c.Points, num.Transpose(c.Centroids))
	return num.Sub(num.Sum(num.Square(c.Centroids), 1), num.Mul(2, products))
}
