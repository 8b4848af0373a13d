//go:build cgo

#ifdef __AVX512F__
#pragma GCC target("prefer-vector-width=512")
#endif

#include "sensors.h"
#include "kernel.h"

#define DT 0.02
#define HEIGHT 0.2

static const double charge[2] = {1, -1.5}, mass[2] = {1, 2};

// The places of both bodies and then their velocities.
typedef struct {
	double at[8];
} phase;

static inline phase rate(phase s) {
	double dx = s.at[0] - s.at[2], dy = s.at[1] - s.at[3], square = dx * dx + dy * dy;
	double f = charge[0] * charge[1] / (square * sqrt(square));
	return (phase){{s.at[4], s.at[5], s.at[6], s.at[7], f * dx / mass[0], f * dy / mass[0], -f * dx / mass[1],
	                -f * dy / mass[1]}};
}

static inline phase along(phase s, double a, phase k) {
	for (int i = 0; i < 8; i++)
		s.at[i] += a * k.at[i];
	return s;
}

static phase move(phase s) {
	for (int n = 0; n < STEPS; n++) {
		phase k1 = rate(s), k2 = rate(along(s, DT / 2, k1)), k3 = rate(along(s, DT / 2, k2)), k4 = rate(along(s, DT, k3));
		for (int i = 0; i < 8; i++)
			s.at[i] += DT / 6 * (k1.at[i] + k4.at[i] + 2 * (k2.at[i] + k3.at[i]));
	}
	return s;
}

static void read(const double *restrict start, const double *restrict grid, double *restrict potential) {
	phase s;
	for (int i = 0; i < 8; i++)
		s.at[i] = start[i];
	s = move(s);
	for (int n = 0; n < SENSORS; n++) {
		double sum = 0;
		for (int body = 0; body < 2; body++) {
			double dx = grid[2 * n] - s.at[2 * body], dy = grid[2 * n + 1] - s.at[2 * body + 1];
			sum += charge[body] / sqrt(dx * dx + dy * dy + HEIGHT * HEIGHT);
		}
		potential[n] = sum;
	}
}

void sensors_read(long n, const double *start, const double *grid, double *potential) {
	REPEAT(n, read(start, grid, potential))
}
