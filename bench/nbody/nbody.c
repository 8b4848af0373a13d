//go:build cgo

#include "kernel.h"
#include "nbody.h"
#include <string.h>

static void gradient(const double *restrict x, const double *restrict mass, double *restrict g) {
	memset(g, 0, 3 * BODIES * sizeof *g);
	for (int i = 0; i < BODIES; i++) {
		double gx = 0, gy = 0, gz = 0;
		for (int j = 0; j < i; j++) {
			double dx = x[3 * i] - x[3 * j], dy = x[3 * i + 1] - x[3 * j + 1], dz = x[3 * i + 2] - x[3 * j + 2];
			double square = dx * dx + dy * dy + dz * dz;
			double f = mass[i] * mass[j] / (square * sqrt(square));
			gx += f * dx;
			gy += f * dy;
			gz += f * dz;
			g[3 * j] -= f * dx;
			g[3 * j + 1] -= f * dy;
			g[3 * j + 2] -= f * dz;
		}
		g[3 * i] += gx;
		g[3 * i + 1] += gy;
		g[3 * i + 2] += gz;
	}
}

// Each pair adds m m' (w/r³ - 3 (d.w) d/r⁵), where d and w are the differences of the two bodies in x and v.
static void product(const double *restrict x, const double *restrict mass, const double *restrict v, double *restrict h) {
	memset(h, 0, 3 * BODIES * sizeof *h);
	for (int i = 0; i < BODIES; i++) {
		double hx = 0, hy = 0, hz = 0;
		for (int j = 0; j < i; j++) {
			double dx = x[3 * i] - x[3 * j], dy = x[3 * i + 1] - x[3 * j + 1], dz = x[3 * i + 2] - x[3 * j + 2];
			double wx = v[3 * i] - v[3 * j], wy = v[3 * i + 1] - v[3 * j + 1], wz = v[3 * i + 2] - v[3 * j + 2];
			double inverse = 1 / (dx * dx + dy * dy + dz * dz);
			double f = mass[i] * mass[j] * inverse * sqrt(inverse);
			double along = 3 * inverse * (dx * wx + dy * wy + dz * wz);
			double tx = f * (wx - along * dx), ty = f * (wy - along * dy), tz = f * (wz - along * dz);
			hx += tx;
			hy += ty;
			hz += tz;
			h[3 * j] -= tx;
			h[3 * j + 1] -= ty;
			h[3 * j + 2] -= tz;
		}
		h[3 * i] += hx;
		h[3 * i + 1] += hy;
		h[3 * i + 2] += hz;
	}
}

void nbody_gradient(long n, const double *x, const double *mass, double *g) { REPEAT(n, gradient(x, mass, g)) }

void nbody_product(long n, const double *x, const double *mass, const double *v, double *h) {
	REPEAT(n, product(x, mass, v, h))
}
