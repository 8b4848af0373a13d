//go:build cgo

#include "rosenbrock.h"
#include "kernel.h"

// Each element is made on its own, so that the loop is of vectors: x[i] - x[i-1]² is cheaper made twice than carried.
static void gradient(long size, const double *restrict x, double *restrict g) {
	g[0] = -400 * (x[1] - x[0] * x[0]) * x[0] - 2 * (1 - x[0]);
	for (long i = 1; i < size - 1; i++) {
		double before = x[i] - x[i - 1] * x[i - 1], here = x[i + 1] - x[i] * x[i];
		g[i] = 200 * before - 400 * here * x[i] - 2 * (1 - x[i]);
	}
	g[size - 1] = 200 * (x[size - 1] - x[size - 2] * x[size - 2]);
}

void rosenbrock_gradient(long n, long size, const double *x, double *g) { REPEAT(n, gradient(size, x, g)) }
