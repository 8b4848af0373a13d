// Bounce: the exact derivative of a program that is wrong.
//
// A ball falls at constant speed, hits the floor and flies back. Started higher, it hits later and ends lower:
// the derivative of its last height by its first is -1. A simulation that turns the ball round in the step in
// which it would cross the floor says +1. That is no fault of differentiation, as differences of the
// simulation say +1 too: the number of the step does not change with a small change of the start. A simulation
// that computes when, within the step, the ball hits the floor has the right derivative.
package main

import (
	"math"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

const (
	floor  = 0.1
	dt     = 0.002
	steps  = 203
	height = 0.5015 // at the start
	speed  = -2.0
)

// Ball is where the ball is and how fast it rises.
type Ball struct{ Y, V num.Array }

// A simulation makes one step.
type simulation func(Ball) Ball

func fly(b Ball) Ball { return Ball{num.Add(b.Y, num.Mul(dt, b.V)), b.V} }

// hits reports whether a ball would be below the floor after the next step.
func hits(b Ball) num.Array { return num.Less(fly(b).Y, floor) }

// naive turns the ball round at the start of the step in which it hits the floor.
func naive(b Ball) Ball {
	bounce := func(b Ball) Ball { return fly(Ball{b.Y, num.Neg(b.V)}) }
	return flow.Cond(hits(b), bounce, fly, b)
}

// impact turns the ball round when it hits the floor: a part of the step down, the rest of it up.
func impact(b Ball) Ball {
	bounce := func(b Ball) Ball {
		down := num.Div(num.Sub(floor, b.Y), b.V)
		up := num.Neg(b.V)
		return Ball{num.Add(floor, num.Mul(num.Sub(dt, down), up)), up}
	}
	return flow.Cond(hits(b), bounce, fly, b)
}

// end returns the height after all steps.
func end(step simulation) func(Ball) num.Array {
	return func(b Ball) num.Array {
		return flow.For(0, steps, func(_ num.Array, b Ball) Ball { return step(b) }, b).Y
	}
}

// exact returns the height at the end for the height at the start, by hand.
func exact(y float64) float64 { return 2*floor - (y + speed*steps*dt) }

func ball(y float64) Ball { return Ball{num.Scalar(y), num.Scalar(speed)} }

func main() { report.Main(run) }

func run(r *report.Report) error {
	r.Printf("d(last height) / d(first height), which is -1 since a ball from higher up hits the floor later:\n")
	r.Printf("stepping that turns the ball round in the step of the impact says +1, however it is differentiated:\n")
	checkSlopes(r, naive, 1)
	r.Printf("it is the slope of what this program computes: it turns round in step %d for all starts nearby, so that a\n"+
		"start higher up ends higher up. Only from step to step does the end jump down (see the picture).\n\n", turn())

	r.Printf("stepping that computes the time of impact depends on it, and so has the right derivatives:\n")
	checkSlopes(r, impact, -1)
	r.Check("last height", exact(height), end(impact)(ball(height)).Float64(), 1e-13)
	r.Check("its derivative by the speed", -steps*dt, transforms.Grad(end(impact))(ball(height)).V.Float64(), 1e-13)

	const target = 0.6
	r.Printf("\nwhich start ends at %g? five gradient steps on the square of the distance:\n", target)
	r.Check("by the time of impact, from", 2*floor-speed*steps*dt-target, aim(impact, target), 1e-8)
	r.Printf("  by naive stepping, from %.4f: farther away than at the start, %g\n", aim(naive, target), height)
	return draw(r)
}

// checkSlopes checks what forward mode, reverse mode and differences say.
func checkSlopes(r *report.Report, step simulation, want float64) {
	f := end(step)
	up := Ball{num.Scalar(1), num.Scalar(0)}
	_, forward := transforms.JVP(f, ball(height), up)
	r.Check("forward mode", want, forward.Float64(), 1e-13)
	r.Check("reverse mode", want, transforms.Grad(f)(ball(height)).Y.Float64(), 1e-13)
	const h = 1e-4
	difference := (f(ball(height+h)).Float64() - f(ball(height-h)).Float64()) / (2 * h)
	r.Check("central difference, step 1e-4", want, difference, 1e-10)
}

// turn returns the number of the step in which the ball hits the floor.
func turn() int { return int(math.Floor((floor-height)/(speed*dt))) + 1 }

// aim moves the start down the gradient of half the squared distance between the end and a target.
func aim(step simulation, target float64) float64 {
	miss := func(b Ball) num.Array { return num.Mul(0.5, num.Square(num.Sub(end(step)(b), target))) }
	slope := transforms.JIT(transforms.Grad(miss))
	y := height
	for range 5 {
		y -= 0.98 * slope(ball(y)).Y.Float64()
	}
	return y
}
