//go:build cgo

#include "adam.h"
#include "kernel.h"

static void step(long size, adam_constants k, const double *restrict x, const double *restrict m,
                 const double *restrict s, const double *restrict g, double *restrict new_x, double *restrict new_m,
                 double *restrict new_s) {
	double r1 = k.rate / k.bias1, r2 = 1 / k.bias2;
	for (long i = 0; i < size; i++) {
		double mean = k.beta1 * m[i] + (1 - k.beta1) * g[i];
		double square = k.beta2 * s[i] + (1 - k.beta2) * (g[i] * g[i]);
		new_m[i] = mean;
		new_s[i] = square;
		new_x[i] = x[i] - r1 * mean / (sqrt(r2 * square) + k.small);
	}
}

void adam_step(long n, long size, adam_constants k, const double *x, const double *m, const double *s, const double *g,
               double *new_x, double *new_m, double *new_s) {
	REPEAT(n, step(size, k, x, m, s, g, new_x, new_m, new_s))
}
