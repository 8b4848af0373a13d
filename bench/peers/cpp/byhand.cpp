// Derivatives written by hand.
#include "repeat.hpp"
#include <algorithm>
#include <cmath>
#include <vector>

// glibc has these functions for vectors, and tells it only under -ffast-math. (With -fno-builtin, since a sine and a cosine
// are else one call that there is not for vectors.)
#if defined __x86_64__ && defined __GLIBC__ && __GLIBC_PREREQ(2, 35)
extern "C" {
#pragma omp declare simd notinbranch
double exp(double) noexcept;
#pragma omp declare simd notinbranch
double cos(double) noexcept;
#pragma omp declare simd notinbranch
double sin(double) noexcept;
#pragma omp declare simd notinbranch
double tanh(double) noexcept;
}
#endif

static void rosenbrock(long n, const double *__restrict x, double *__restrict g) {
	g[0] = -400 * (x[1] - x[0] * x[0]) * x[0] - 2 * (1 - x[0]);
	for (long i = 1; i < n - 1; i++) {
		double before = x[i] - x[i - 1] * x[i - 1], here = x[i + 1] - x[i] * x[i];
		g[i] = 200 * before - 400 * here * x[i] - 2 * (1 - x[i]);
	}
	g[n - 1] = 200 * (x[n - 1] - x[n - 2] * x[n - 2]);
}

// The Hessian has three diagonals.
static void rosenbrock_times(long n, const double *__restrict x, const double *__restrict v, double *__restrict h) {
	auto head = [&](long i) { return (1200 * x[i] * x[i] - 400 * x[i + 1] + 2) * v[i] - 400 * x[i] * v[i + 1]; };
	auto tail = [&](long i) { return 200 * v[i] - 400 * x[i - 1] * v[i - 1]; };
	h[0] = head(0);
	for (long i = 1; i < n - 1; i++)
		h[i] = head(i) + tail(i);
	h[n - 1] = tail(n - 1);
}

static void bodies(long n, const double *__restrict x, const double *__restrict mass, double *__restrict g) {
	std::fill(g, g + 3 * n, 0);
	for (long i = 0; i < n; i++) {
		double sum[3] = {};
		for (long j = 0; j < i; j++) {
			double d[3], square = 0;
			for (int k = 0; k < 3; k++) {
				d[k] = x[3 * i + k] - x[3 * j + k];
				square += d[k] * d[k];
			}
			double f = mass[i] * mass[j] / (square * std::sqrt(square));
			for (int k = 0; k < 3; k++) {
				sum[k] += f * d[k];
				g[3 * j + k] -= f * d[k];
			}
		}
		for (int k = 0; k < 3; k++)
			g[3 * i + k] += sum[k];
	}
}

// Each pair adds m m' (w/r³ - 3 (d.w) d/r⁵), where d and w are the differences of the two bodies in x and v.
static void bodies_times(long n, const double *__restrict x, const double *__restrict mass, const double *__restrict v,
                         double *__restrict h) {
	std::fill(h, h + 3 * n, 0);
	for (long i = 0; i < n; i++) {
		double sum[3] = {};
		for (long j = 0; j < i; j++) {
			double d[3], w[3], square = 0, along = 0;
			for (int k = 0; k < 3; k++) {
				d[k] = x[3 * i + k] - x[3 * j + k];
				w[k] = v[3 * i + k] - v[3 * j + k];
				square += d[k] * d[k];
				along += d[k] * w[k];
			}
			double inverse = 1 / square, f = mass[i] * mass[j] * inverse * std::sqrt(inverse);
			for (int k = 0; k < 3; k++) {
				double t = f * (w[k] - 3 * inverse * along * d[k]);
				sum[k] += t;
				h[3 * j + k] -= t;
			}
		}
		for (int k = 0; k < 3; k++)
			h[3 * i + k] += sum[k];
	}
}

static void bodies_hessian(long n, const double *__restrict x, const double *__restrict mass, double *__restrict h) {
	long columns = 3 * n;
	std::fill(h, h + columns * columns, 0);
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++) {
			double d[3], square = 0;
			for (int k = 0; k < 3; k++) {
				d[k] = x[3 * i + k] - x[3 * j + k];
				square += d[k] * d[k];
			}
			double inverse = 1 / square, f = mass[i] * mass[j] * inverse * std::sqrt(inverse);
			for (int k = 0; k < 3; k++)
				for (int l = 0; l < 3; l++) {
					double b = f * ((k == l) - 3 * inverse * d[k] * d[l]);
					h[(3 * i + k) * columns + 3 * i + l] += b;
					h[(3 * j + k) * columns + 3 * j + l] += b;
					h[(3 * i + k) * columns + 3 * j + l] = -b;
					h[(3 * j + k) * columns + 3 * i + l] = -b;
				}
		}
}

static void pendulum(const double *x, double *g) {
	double a = x[0], b = x[1], va = x[2], vb = x[3];
	double s, c;
	sincos(a - b, &s, &c);
	double turn = va * vb * s;
	g[0] = 19.6 * std::sin(a) - turn;
	g[1] = 9.8 * std::sin(b) + turn;
	g[2] = 2 * va + vb * c;
	g[3] = vb + va * c;
}

namespace {

const double H = 0.01; // the length of a step

struct state {
	double x, y;
	state along(double a, state k) const { return {x + a * k.x, y + a * k.y}; }
};

struct rates {
	double alpha, beta, delta, gamma;

	state at(state u) const { return {alpha * u.x - beta * u.x * u.y, delta * u.x * u.y - gamma * u.y}; }

	// pull takes the derivative by the rate at u, k, back to u, and adds that by the parameters to d.
	state pull(state u, state k, rates &d) const {
		double xy = u.x * u.y;
		d.alpha += u.x * k.x;
		d.beta -= xy * k.x;
		d.delta += xy * k.y;
		d.gamma -= u.y * k.y;
		return {(alpha - beta * u.y) * k.x + delta * u.y * k.y, (delta * u.x - gamma) * k.y - beta * u.x * k.x};
	}
};

struct stages {
	state at[4];
};

} // namespace

// Forward, keeping the four places of each step at which the rate is taken, and back.
static void lotka(const double *parameters, const double *start, long steps, const double *observed, double *g) {
	static std::vector<stages> kept;
	kept.resize(steps + 1);
	rates p = {parameters[0], parameters[1], parameters[2], parameters[3]}, d = {};
	kept[0].at[0] = {start[0], start[1]};
	for (long n = 0; n < steps; n++) {
		state *at = kept[n].at, u = at[0];
		state k1 = p.at(u), k2 = p.at(at[1] = u.along(H / 2, k1)), k3 = p.at(at[2] = u.along(H / 2, k2)),
		      k4 = p.at(at[3] = u.along(H, k3));
		kept[n + 1].at[0] = u.along(H / 6, k1).along(H / 3, k2).along(H / 3, k3).along(H / 6, k4);
	}
	state du = {};
	for (long n = steps - 1; n >= 0; n--) {
		const state *at = kept[n].at, end = kept[n + 1].at[0];
		du.x += 2 * (end.x - observed[2 * n]);
		du.y += 2 * (end.y - observed[2 * n + 1]);
		state once = {H / 6 * du.x, H / 6 * du.y}, twice = {2 * once.x, 2 * once.y};
		state d4 = p.pull(at[3], once, d);
		state d3 = p.pull(at[2], twice.along(H, d4), d);
		state d2 = p.pull(at[1], twice.along(H / 2, d3), d);
		state d1 = p.pull(at[0], once.along(H / 2, d2), d);
		du = du.along(1, d1).along(1, d2).along(1, d3).along(1, d4);
	}
	g[0] = d.alpha, g[1] = d.beta, g[2] = d.delta, g[3] = d.gamma;
}

// One sample after another: the hidden layer forward, its derivative, and what both add to the gradient.
static void perceptron(long inputs, long hidden, long samples, const double *__restrict w, const double *__restrict x,
                       const double *__restrict y, double *__restrict g) {
	const double *b1 = w + inputs * hidden, *w2 = b1 + hidden, *b2 = w2 + hidden;
	double *gb1 = g + inputs * hidden, *gw2 = gb1 + hidden, *gb2 = gw2 + hidden;
	static std::vector<double> a, d;
	a.resize(hidden), d.resize(hidden);
	double *__restrict h = a.data(), *__restrict e = d.data();
	std::fill(g, gb2 + 1, 0);
	for (long s = 0; s < samples; s++) {
		const double *in = x + s * inputs;
		std::copy(b1, b1 + hidden, h);
		for (long i = 0; i < inputs; i++)
			for (long j = 0; j < hidden; j++)
				h[j] += in[i] * w[i * hidden + j];
		double out = *b2;
#pragma omp simd reduction(+ : out)
		for (long j = 0; j < hidden; j++) {
			h[j] = tanh(h[j]);
			out += h[j] * w2[j];
		}
		double error = 2 * (out - y[s]) / samples;
		*gb2 += error;
		for (long j = 0; j < hidden; j++) {
			gw2[j] += error * h[j];
			e[j] = error * w2[j] * (1 - h[j] * h[j]);
			gb1[j] += e[j];
		}
		for (long i = 0; i < inputs; i++)
			for (long j = 0; j < hidden; j++)
				g[i * hidden + j] += in[i] * e[j];
	}
}

// A row for each time; the exponentials, sines and cosines are glibc's for vectors.
static void curve(const double *p, long times, const double *__restrict t, double *__restrict rows) {
	for (int k = 0; k < 2; k++) {
		double size = p[4 * k], damping = p[4 * k + 1], frequency = p[4 * k + 2], phase = p[4 * k + 3];
#pragma omp simd
		for (long i = 0; i < times; i++) {
			double decay = exp(-damping * t[i]), angle = frequency * t[i] + phase;
			double c = decay * cos(angle), s = size * decay * sin(angle);
			rows[8 * i + 4 * k] = c;
			rows[8 * i + 4 * k + 1] = -t[i] * size * c;
			rows[8 * i + 4 * k + 2] = -t[i] * s;
			rows[8 * i + 4 * k + 3] = -s;
		}
	}
}

extern "C" {

void rosenbrock_gradient(long n, work *w) {
	repeat(n, [&] { rosenbrock(w->size, w->x, w->out); });
}
void rosenbrock_product(long n, work *w) {
	repeat(n, [&] { rosenbrock_times(w->size, w->x, w->v, w->out); });
}
void bodies_gradient(long n, work *w) {
	repeat(n, [&] { bodies(w->sizes[0], w->x, w->data[0], w->out); });
}
void bodies_product(long n, work *w) {
	repeat(n, [&] { bodies_times(w->sizes[0], w->x, w->data[0], w->v, w->out); });
}
void bodies_Hessian(long n, work *w) {
	repeat(n, [&] { bodies_hessian(w->sizes[0], w->x, w->data[0], w->out); });
}
void pendulum_gradient(long n, work *w) {
	repeat(n, [&] { pendulum(w->x, w->out); });
}
void lotka_gradient(long n, work *w) {
	repeat(n, [&] { lotka(w->x, w->data[0], w->sizes[1] / 2, w->data[1], w->out); });
}
void perceptron_gradient(long n, work *w) {
	long samples = w->sizes[1], inputs = w->sizes[0] / samples, hidden = (w->size - 1) / (inputs + 2);
	repeat(n, [&] { perceptron(inputs, hidden, samples, w->x, w->data[0], w->data[1], w->out); });
}
void curve_Jacobian(long n, work *w) {
	repeat(n, [&] { curve(w->x, w->sizes[0], w->data[0], w->out); });
}
}
