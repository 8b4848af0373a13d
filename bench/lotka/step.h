// One step of Runge-Kutta of x' = αx - βxy, y' = δxy - γy.
#define H 0.01

typedef struct {
	double x, y;
} vector;

typedef struct {
	double alpha, beta, delta, gamma;
} params;

static inline params params_of(const double *p) { return (params){p[0], p[1], p[2], p[3]}; }

static inline vector rate(params p, vector u) {
	double xy = u.x * u.y;
	return (vector){p.alpha * u.x - p.beta * xy, p.delta * xy - p.gamma * u.y};
}

static inline vector along(vector u, double a, vector k) { return (vector){u.x + a * k.x, u.y + a * k.y}; }

// advance returns the state after a step from u, and the four places at which it takes the rate.
static inline vector advance(params p, vector u, vector at[4]) {
	vector k1 = rate(p, at[0] = u);
	vector k2 = rate(p, at[1] = along(u, H / 2, k1));
	vector k3 = rate(p, at[2] = along(u, H / 2, k2));
	vector k4 = rate(p, at[3] = along(u, H, k3));
	return (vector){u.x + H / 6 * (k1.x + k4.x + 2 * (k2.x + k3.x)), u.y + H / 6 * (k1.y + k4.y + 2 * (k2.y + k3.y))};
}
