package sensors

import "math"

// dual is a number with its derivatives by the eight initial conditions.
type dual struct {
	v float64
	d [8]float64
}

// axpy returns a x + y.
func axpy(a float64, x, y *dual) (z dual) {
	z.v = a*x.v + y.v
	for i := range z.d {
		z.d[i] = a*x.d[i] + y.d[i]
	}
	return z
}

// phase is the places and the velocities, in the order of start.
type phase [8]dual

func (s *phase) along(a float64, k *phase) (next phase) {
	for i := range s {
		next[i] = axpy(a, &k[i], &s[i])
	}
	return next
}

// rateOf is the equation of motion. The force is f d/|d|³, so its derivative is f (d' - 3 d (d.d')/|d|²)/|d|³.
func rateOf(s *phase) (k phase) {
	copy(k[:4], s[4:])
	dx, dy := axpy(-1, &s[2], &s[0]), axpy(-1, &s[3], &s[1]) // from the second body to the first
	square := dx.v*dx.v + dy.v*dy.v
	f := charges[0] * charges[1] / (square * math.Sqrt(square))
	fx, fy := dual{v: f * dx.v}, dual{v: f * dy.v}
	for i := range dx.d {
		along := 3 * (dx.v*dx.d[i] + dy.v*dy.d[i]) / square
		fx.d[i] = f * (dx.d[i] - along*dx.v)
		fy.d[i] = f * (dy.d[i] - along*dy.v)
	}
	var zero dual
	for body, sign := range []float64{1, -1} {
		k[4+2*body] = axpy(sign/masses[body], &fx, &zero)
		k[5+2*body] = axpy(sign/masses[body], &fy, &zero)
	}
	return k
}

// jacobian by dual numbers until the bodies have moved; the rest by hand.
func jacobian(in, out [][]float64) {
	var s phase
	for i, v := range in[0] {
		s[i].v, s[i].d[i] = v, 1
	}
	for range steps {
		k1 := rateOf(&s)
		s2 := s.along(dt/2, &k1)
		k2 := rateOf(&s2)
		s3 := s.along(dt/2, &k2)
		k3 := rateOf(&s3)
		s4 := s.along(dt, &k3)
		k4 := rateOf(&s4)
		for i := range s {
			s[i] = axpy(dt/6, &k1[i], &s[i])
			s[i] = axpy(dt/3, &k2[i], &s[i])
			s[i] = axpy(dt/3, &k3[i], &s[i])
			s[i] = axpy(dt/6, &k4[i], &s[i])
		}
	}
	grid, rows := in[1], out[0]
	for n := range sensors {
		row := (*[8]float64)(rows[8*n:])
		*row = [8]float64{}
		for body, q := range charges {
			x, y := &s[2*body], &s[2*body+1]
			dx, dy := grid[2*n]-x.v, grid[2*n+1]-y.v
			square := dx*dx + dy*dy + height*height
			f := q / (square * math.Sqrt(square))
			for i := range row {
				row[i] += f * (dx*x.d[i] + dy*y.d[i])
			}
		}
	}
}
