//go:build cgo

#include "pendulum.h"
#include "kernel.h"

static void gradient(const double *restrict x, double *restrict g) {
	double a = x[0], b = x[1], va = x[2], vb = x[3];
	double turn = va * vb * sin(a - b), c = cos(a - b);
	g[0] = 19.6 * sin(a) - turn;
	g[1] = 9.8 * sin(b) + turn;
	g[2] = 2 * va + vb * c;
	g[3] = vb + va * c;
}

void pendulum_gradient(long n, const double *x, double *g) { REPEAT(n, gradient(x, g)) }
