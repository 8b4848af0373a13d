package main

// arrays are what the libraries of arrays have in common. Arrays are matrices; T is a library's own array.
type arrays[T any] interface {
	constant(matrix) T
	add(a, b T) T
	sub(a, b T) T
	mul(a, b T) T             // element by element
	product(a, b T) T         // of matrices
	addRow(a, row T) T        // to each row of a
	scale(a T, by float64) T  // by a number
	shift(a T, by float64) T  // by a number
	rows(a T, from, to int) T // of a vector
	square(a T) T
	inverseSqrt(a T) T
	exp(a T) T
	cos(a T) T
	tanh(a T) T
	sum(a T) T // of all elements, a scalar
}

// function is a scalar function of arrays. It is made of the library's constants first.
type function[T any] func(l arrays[T]) func(x []T) T

// engine is a library of arrays. The functions that it returns compute derivatives by the first so many of the arguments, each with
// what the arguments then hold, and return arrays like these.
type engine[T any] interface {
	gradient(f function[T], arguments []matrix, by int) func() [][]float64
	product(f function[T], arguments, direction []matrix) func() [][]float64
}

// tensorLibrary does all work by gradients and Hessian-vector products.
func tensorLibrary[T any](e engine[T]) library {
	return func(o order) task {
		f := tensorFunction[T](o)
		switch o.Derivative {
		case "gradient":
			return kept(e.gradient(f, o.Arguments, len(o.Arguments)))
		case "product":
			return kept(e.product(f, o.Arguments, o.Direction))
		case "Hessian":
			return hessian(e, f, o)
		case "Jacobian":
			return jacobian(e, f, o)
		}
		panic("no " + o.Derivative)
	}
}

// kept keeps what a function returned last.
func kept(f func() [][]float64) task {
	var last [][]float64
	return task{func() { last = f() }, func() [][]float64 { return last }}
}

// hessian is a product with each unit vector.
func hessian[T any](e engine[T], f function[T], o order) task {
	x := o.Arguments[0]
	n := len(x.Values)
	unit, out := make([]float64, n), make([]float64, n*n)
	row := e.product(f, o.Arguments, []matrix{{x.Rows, x.Columns, unit}})
	return task{func() {
		for i := range n {
			unit[i] = 1
			copy(out[i*n:], row()[0])
			unit[i] = 0
		}
	}, whole(out)}
}

// jacobian is that of the curve: a gradient for each time, which is the function's second argument.
func jacobian[T any](e engine[T], f function[T], o order) task {
	times, n := o.Data[0].Values, len(o.Arguments[0].Values)
	at, out := []float64{0}, make([]float64, len(times)*n)
	row := e.gradient(f, []matrix{o.Arguments[0], {1, 1, at}}, 1)
	return task{func() {
		for i, t := range times {
			at[0] = t
			copy(out[i*n:], row()[0])
		}
	}, whole(out)}
}

func tensorFunction[T any](o order) function[T] {
	switch o.Work {
	case "rosenbrock":
		return rosenbrock[T](len(o.Arguments[0].Values))
	case "bodies":
		return bodies[T](o.Data[0].Values)
	case "pendulum":
		return pendulum[T]
	case "lotka":
		return lotka[T](o.Data[0].Values, o.Data[1].Values)
	case "perceptron":
		return perceptron[T](o.Data[0], o.Data[1])
	case "curve":
		return curve[T]
	}
	panic("no " + o.Work)
}

func rosenbrock[T any](n int) function[T] {
	return func(l arrays[T]) func(x []T) T {
		return func(x []T) T {
			head, tail := l.rows(x[0], 0, n-1), l.rows(x[0], 1, n)
			t, u := l.sub(tail, l.square(head)), l.shift(head, -1)
			return l.sum(l.add(l.scale(l.square(t), 100), l.square(u)))
		}
	}
}

// bodies takes the differences of all pairs by a product with a matrix of 1 and -1.
func bodies[T any](mass []float64) function[T] {
	n := len(mass)
	pairs := n * (n - 1) / 2
	difference, product := matrix{pairs, n, make([]float64, pairs*n)}, matrix{pairs, 1, nil}
	for i := range n {
		for j := range i {
			row := difference.Values[len(product.Values)*n:]
			row[i], row[j] = 1, -1
			product.Values = append(product.Values, -mass[i]*mass[j])
		}
	}
	return func(l arrays[T]) func(x []T) T {
		d, m, ones := l.constant(difference), l.constant(product), l.constant(matrix{3, 1, []float64{1, 1, 1}})
		return func(x []T) T {
			square := l.product(l.square(l.product(d, x[0])), ones)
			return l.sum(l.mul(m, l.inverseSqrt(square)))
		}
	}
}

func pendulum[T any](l arrays[T]) func(x []T) T {
	return func(x []T) T {
		at := func(i int) T { return l.rows(x[0], i, i+1) }
		a, b, va, vb := at(0), at(1), at(2), at(3)
		kinetic := l.add(l.add(l.square(va), l.scale(l.square(vb), 0.5)), l.mul(l.mul(va, vb), l.cos(l.sub(a, b))))
		return l.sum(l.sub(kinetic, l.scale(l.add(l.scale(l.cos(a), 2), l.cos(b)), 9.8)))
	}
}

func lotka[T any](start, observed []float64) function[T] {
	const h = 0.01
	return func(l arrays[T]) func(p []T) T {
		x0, y0 := l.constant(matrix{1, 1, start[:1]}), l.constant(matrix{1, 1, start[1:]})
		return func(p []T) T {
			rate := func(x, y T) (T, T) {
				xy := l.mul(x, y)
				return l.sub(l.mul(p[0], x), l.mul(p[1], xy)), l.sub(l.mul(p[2], xy), l.mul(p[3], y))
			}
			along := func(x T, by float64, k T) T { return l.add(x, l.scale(k, by)) }
			next := func(x, k1, k2, k3, k4 T) T {
				return along(x, h/6, l.add(l.add(k1, k4), l.scale(l.add(k2, k3), 2)))
			}
			x, y := x0, y0
			var total T
			for n := 0; n < len(observed); n += 2 {
				k1, l1 := rate(x, y)
				k2, l2 := rate(along(x, h/2, k1), along(y, h/2, l1))
				k3, l3 := rate(along(x, h/2, k2), along(y, h/2, l2))
				k4, l4 := rate(along(x, h, k3), along(y, h, l3))
				x, y = next(x, k1, k2, k3, k4), next(y, l1, l2, l3, l4)
				misfit := l.add(l.square(l.shift(x, -observed[n])), l.square(l.shift(y, -observed[n+1])))
				if n == 0 {
					total = misfit
				} else {
					total = l.add(total, misfit)
				}
			}
			return l.sum(total)
		}
	}
}

func perceptron[T any](samples, answers matrix) function[T] {
	return func(l arrays[T]) func(w []T) T {
		x, y := l.constant(samples), l.constant(answers)
		return func(w []T) T {
			hidden := l.tanh(l.addRow(l.product(x, w[0]), w[1]))
			out := l.addRow(l.product(hidden, w[2]), w[3])
			return l.scale(l.sum(l.square(l.sub(out, y))), 1/float64(answers.Rows))
		}
	}
}

// curve is a function of eight parameters and a time.
func curve[T any](l arrays[T]) func(x []T) T {
	return func(x []T) T {
		wave := func(k int) T {
			at := func(i int) T { return l.rows(x[0], 4*k+i, 4*k+i+1) }
			decay := l.exp(l.scale(l.mul(at(1), x[1]), -1))
			return l.mul(l.mul(at(0), decay), l.cos(l.add(l.mul(at(2), x[1]), at(3))))
		}
		return l.sum(l.add(wave(0), wave(1)))
	}
}
