//go:build cgo

#include "kernel.h"
#include "lotka.h"
#include "step.h"
#include <string.h>

// The derivatives in six directions, the two of the start and the four parameters, and two more that fill a vector up.
typedef double lanes __attribute__((vector_size(64)));
enum { DIRECTIONS = 6 };

typedef struct {
	lanes x, y;
} tangents;

static inline lanes unit(int direction, double a) {
	lanes l = {0};
	l[direction] = a;
	return l;
}

// push returns the derivatives of the rate at u.
static inline tangents push(params p, vector u, tangents t) {
	double xy = u.x * u.y;
	return (tangents){
	    (p.alpha - p.beta * u.y) * t.x - p.beta * u.x * t.y + (unit(2, u.x) + unit(3, -xy)),
	    p.delta * u.y * t.x + (p.delta * u.x - p.gamma) * t.y + (unit(4, xy) + unit(5, -u.y)),
	};
}

static inline tangents tangents_along(tangents t, double a, tangents k) {
	return (tangents){t.x + a * k.x, t.y + a * k.y};
}

static void jacobian(const double *restrict p_, const double *restrict start, double *restrict rows) {
	params p = params_of(p_);
	vector u = {start[0], start[1]}, at[4];
	tangents t = {unit(0, 1), unit(1, 1)};
	for (int n = 0; n < STEPS; n++) {
		u = advance(p, u, at);
		tangents k1 = push(p, at[0], t);
		tangents k2 = push(p, at[1], tangents_along(t, H / 2, k1));
		tangents k3 = push(p, at[2], tangents_along(t, H / 2, k2));
		tangents k4 = push(p, at[3], tangents_along(t, H, k3));
		t.x += H / 6 * (k1.x + k4.x + 2 * (k2.x + k3.x));
		t.y += H / 6 * (k1.y + k4.y + 2 * (k2.y + k3.y));
		memcpy(rows, &t.x, DIRECTIONS * sizeof *rows);
		memcpy(rows + DIRECTIONS, &t.y, DIRECTIONS * sizeof *rows);
		rows += 2 * DIRECTIONS;
	}
}

void lotka_jacobian(long n, const double *p, const double *start, double *rows) { REPEAT(n, jacobian(p, start, rows)) }
