//go:build cgo

#pragma GCC optimize("no-trapping-math")
#ifdef __AVX512F__
#pragma GCC target("prefer-vector-width=512")
#endif

#include "waves.h"
#include "vectormath.h"

static void gradient(long size, const double *restrict x, const double *restrict abc, double *restrict dx,
                     double *restrict sums) {
	double a = abc[0], b = abc[1], c = abc[2];
	double value = 0, da = 0, db = 0, dc = 0;
#pragma omp simd reduction(+ : value, da, db, dc)
	for (long i = 0; i < size; i++) {
		double u = x[i], t = vector_tanh(a * u + b), e = vector_exp(-(u * u));
		double slope = c * (1 - t * t);
		value += t * c - e;
		dx[i] = slope * a + 2 * u * e;
		da += slope * u;
		db += slope;
		dc += t;
	}
	sums[0] = value;
	sums[1] = da;
	sums[2] = db;
	sums[3] = dc;
}

void waves_gradient(long n, long size, const double *x, const double *abc, double *dx, double *sums) {
	REPEAT(n, gradient(size, x, abc, dx, sums))
}

void waves_exp(long size, const double *x, double *y) {
	for (long i = 0; i < size; i++)
		y[i] = vector_exp(x[i]);
}

void waves_tanh(long size, const double *x, double *y) {
	for (long i = 0; i < size; i++)
		y[i] = vector_tanh(x[i]);
}
