package main

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval kmeans: the sum of squared distances of points to the nearest of some centroids, and the step of Newton's
// method for the centroids. The Hessian is diagonal, so that its product with ones is its diagonal.
var kmeans = eval{
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

func (c clusters) cost() num.Array {
	between := num.Sub(num.ExpandDims(c.Points, 1), c.Centroids) // f64[n,k,d]
	return num.Sum(num.Amin(num.Sum(num.Square(between), 2), 1))
}
