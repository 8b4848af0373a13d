package lotka

type vector [2]float64

// stages are the four places at which a step takes the rate.
type stages [4]vector

func rateAt(p *[4]float64, u vector) vector {
	xy := u[0] * u[1]
	return vector{p[0]*u[0] - p[1]*xy, p[2]*xy - p[3]*u[1]}
}

func advance(p *[4]float64, u vector) (next vector, at stages) {
	k1 := rateAt(p, u)
	u2 := vector{u[0] + h/2*k1[0], u[1] + h/2*k1[1]}
	k2 := rateAt(p, u2)
	u3 := vector{u[0] + h/2*k2[0], u[1] + h/2*k2[1]}
	k3 := rateAt(p, u3)
	u4 := vector{u[0] + h*k3[0], u[1] + h*k3[1]}
	k4 := rateAt(p, u4)
	next[0] = u[0] + h/6*(k1[0]+k4[0]+2*(k2[0]+k3[0]))
	next[1] = u[1] + h/6*(k1[1]+k4[1]+2*(k2[1]+k3[1]))
	return next, stages{u, u2, u3, u4}
}

// newGradient returns what computes the gradient: forward, keeping the stages of each step, and back.
func newGradient() func(in, out [][]float64) {
	var kept [steps]stages
	var ends [steps]vector
	return func(in, out [][]float64) {
		p, u, observed := (*[4]float64)(in[0]), vector(in[1]), in[2]
		for n := range steps {
			u, kept[n] = advance(p, u)
			ends[n] = u
		}
		var dp [4]float64
		var du vector // the derivative by the state after step n
		for n := steps - 1; n >= 0; n-- {
			du[0] += 2 * (ends[n][0] - observed[2*n])
			du[1] += 2 * (ends[n][1] - observed[2*n+1])
			at := &kept[n]
			k := vector{h / 6 * du[0], h / 6 * du[1]}
			d4 := pull(p, at[3], k, &dp)
			d3 := pull(p, at[2], vector{2*k[0] + h*d4[0], 2*k[1] + h*d4[1]}, &dp)
			d2 := pull(p, at[1], vector{2*k[0] + h/2*d3[0], 2*k[1] + h/2*d3[1]}, &dp)
			d1 := pull(p, at[0], vector{k[0] + h/2*d2[0], k[1] + h/2*d2[1]}, &dp)
			du[0] += d1[0] + d2[0] + d3[0] + d4[0]
			du[1] += d1[1] + d2[1] + d3[1] + d4[1]
		}
		for i, d := range dp {
			out[i][0] = d
		}
	}
}

// pull takes the derivative by a rate, k, back to the place u where the rate is taken, and to the parameters.
func pull(p *[4]float64, u, k vector, dp *[4]float64) vector {
	x, y := u[0], u[1]
	dp[0] += x * k[0]
	dp[1] -= x * y * k[0]
	dp[2] += x * y * k[1]
	dp[3] -= y * k[1]
	return vector{(p[0]-p[1]*y)*k[0] + p[2]*y*k[1], (p[2]*x-p[3])*k[1] - p[1]*x*k[0]}
}

// tangents are the derivatives of a state in six directions: the two of the start and the four parameters.
type tangents struct{ x, y [6]float64 }

// push returns the derivatives of the rate at u.
func push(p *[4]float64, u vector, t *tangents) (k tangents) {
	x, y := u[0], u[1]
	xx, xy, yx, yy := p[0]-p[1]*y, -p[1]*x, p[2]*y, p[2]*x-p[3]
	for d := range t.x {
		k.x[d] = xx*t.x[d] + xy*t.y[d]
		k.y[d] = yx*t.x[d] + yy*t.y[d]
	}
	k.x[2] += x
	k.x[3] -= x * y
	k.y[4] += x * y
	k.y[5] -= y
	return k
}

func (t *tangents) along(a float64, k *tangents) (s tangents) {
	for d := range t.x {
		s.x[d] = t.x[d] + a*k.x[d]
		s.y[d] = t.y[d] + a*k.y[d]
	}
	return s
}

func jacobian(in, out [][]float64) {
	p, u, rows := (*[4]float64)(in[0]), vector(in[1]), out[0]
	var t tangents
	t.x[0], t.y[1] = 1, 1
	for n := range steps {
		next, at := advance(p, u)
		k1 := push(p, at[0], &t)
		t2 := t.along(h/2, &k1)
		k2 := push(p, at[1], &t2)
		t3 := t.along(h/2, &k2)
		k3 := push(p, at[2], &t3)
		t4 := t.along(h, &k3)
		k4 := push(p, at[3], &t4)
		for d := range t.x {
			t.x[d] += h / 6 * (k1.x[d] + k4.x[d] + 2*(k2.x[d]+k3.x[d]))
			t.y[d] += h / 6 * (k1.y[d] + k4.y[d] + 2*(k2.y[d]+k3.y[d]))
		}
		copy(rows[12*n:], t.x[:])
		copy(rows[12*n+6:], t.y[:])
		u = next
	}
}
