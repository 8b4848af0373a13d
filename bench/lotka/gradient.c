//go:build cgo

#include "kernel.h"
#include "lotka.h"
#include "step.h"

// pull takes the derivative by a rate, k, back to the place u where the rate is taken, and to the parameters.
static inline vector pull(params p, vector u, vector k, params *dp) {
	double xy = u.x * u.y;
	dp->alpha += u.x * k.x;
	dp->beta -= xy * k.x;
	dp->delta += xy * k.y;
	dp->gamma -= u.y * k.y;
	return (vector){(p.alpha - p.beta * u.y) * k.x + p.delta * u.y * k.y,
	                (p.delta * u.x - p.gamma) * k.y - p.beta * u.x * k.x};
}

static void gradient(const double *restrict p_, const double *restrict start, const double *restrict observed,
                     double *restrict out) {
	static vector kept[STEPS + 1][4];
	params p = params_of(p_), dp = {0};
	vector u = {start[0], start[1]}, du = {0};
	for (int n = 0; n < STEPS; n++)
		u = advance(p, u, kept[n]);
	kept[STEPS][0] = u;
	for (int n = STEPS - 1; n >= 0; n--) {
		vector *at = kept[n], end = kept[n + 1][0];
		du.x += 2 * (end.x - observed[2 * n]);
		du.y += 2 * (end.y - observed[2 * n + 1]);
		vector k = {H / 6 * du.x, H / 6 * du.y}, twice = {2 * k.x, 2 * k.y};
		vector d4 = pull(p, at[3], k, &dp);
		vector d3 = pull(p, at[2], along(twice, H, d4), &dp);
		vector d2 = pull(p, at[1], along(twice, H / 2, d3), &dp);
		vector d1 = pull(p, at[0], along(k, H / 2, d2), &dp);
		du.x += d1.x + d2.x + d3.x + d4.x;
		du.y += d1.y + d2.y + d3.y + d4.y;
	}
	out[0] = dp.alpha;
	out[1] = dp.beta;
	out[2] = dp.delta;
	out[3] = dp.gamma;
}

void lotka_gradient(long n, const double *p, const double *start, const double *observed, double *dp) {
	REPEAT(n, gradient(p, start, observed, dp))
}
