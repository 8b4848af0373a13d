// Derivatives by ADOL-C. A tape is recorded once and used again, or recorded each time, which is what code whose course depends on
// numbers needs.
#include "repeat.hpp"
#include <adolc/adolc.h>
#include <vector>

namespace {

typedef std::vector<adouble> active;

adouble rosenbrock(const active &x, const work &) {
	adouble sum = 0;
	for (size_t i = 0; i + 1 < x.size(); i++) {
		adouble t = x[i + 1] - x[i] * x[i], u = 1 - x[i];
		sum += 100 * t * t + u * u;
	}
	return sum;
}

adouble bodies(const active &x, const work &w) {
	const double *mass = w.data[0];
	adouble sum = 0;
	for (long i = 0; i < w.sizes[0]; i++)
		for (long j = 0; j < i; j++) {
			adouble dx = x[3 * i] - x[3 * j], dy = x[3 * i + 1] - x[3 * j + 1], dz = x[3 * i + 2] - x[3 * j + 2];
			sum -= mass[i] * mass[j] / sqrt(dx * dx + dy * dy + dz * dz);
		}
	return sum;
}

adouble pendulum(const active &x, const work &) {
	adouble kinetic = x[2] * x[2] + 0.5 * x[3] * x[3] + x[2] * x[3] * cos(x[0] - x[1]);
	return kinetic - 9.8 * (2 * cos(x[0]) + cos(x[1]));
}

adouble lotka(const active &p, const work &w) {
	const double h = 0.01;
	auto prey = [&](const adouble &x, const adouble &y) { return adouble(p[0] * x - p[1] * x * y); };
	auto hunters = [&](const adouble &x, const adouble &y) { return adouble(p[2] * x * y - p[3] * y); };
	adouble x = w.data[0][0], y = w.data[0][1], sum = 0;
	for (long n = 0; n < w.sizes[1]; n += 2) {
		adouble k1 = prey(x, y), l1 = hunters(x, y);
		adouble x2 = x + h / 2 * k1, y2 = y + h / 2 * l1, k2 = prey(x2, y2), l2 = hunters(x2, y2);
		adouble x3 = x + h / 2 * k2, y3 = y + h / 2 * l2, k3 = prey(x3, y3), l3 = hunters(x3, y3);
		adouble x4 = x + h * k3, y4 = y + h * l3, k4 = prey(x4, y4), l4 = hunters(x4, y4);
		x += h / 6 * (k1 + k4 + 2 * (k2 + k3));
		y += h / 6 * (l1 + l4 + 2 * (l2 + l3));
		adouble d = x - w.data[1][n], e = y - w.data[1][n + 1];
		sum += d * d + e * e;
	}
	return sum;
}

adouble perceptron(const active &a, const work &w) {
	long samples = w.sizes[1], inputs = w.sizes[0] / samples, hidden = (w.size - 1) / (inputs + 2);
	const adouble *b1 = &a[inputs * hidden], *w2 = b1 + hidden, *b2 = w2 + hidden;
	adouble sum = 0;
	for (long s = 0; s < samples; s++) {
		adouble out = *b2;
		for (long j = 0; j < hidden; j++) {
			adouble h = b1[j];
			for (long i = 0; i < inputs; i++)
				h += w.data[0][s * inputs + i] * a[i * hidden + j];
			out += tanh(h) * w2[j];
		}
		out -= w.data[1][s];
		sum += out * out;
	}
	return sum / double(samples);
}

adouble curve(const active &p, double t) {
	adouble sum = 0;
	for (size_t k = 0; k < p.size(); k += 4)
		sum += p[k] * exp(-p[k + 1] * t) * cos(p[k + 2] * t + p[k + 3]);
	return sum;
}

// record writes the tape of a scalar function.
template <class F> void record(int tape, const work &w, F f) {
	trace_on(tape);
	active x(w.size);
	for (long i = 0; i < w.size; i++)
		x[i] <<= w.x[i];
	double y;
	f(x, w) >>= y;
	trace_off();
}

void record_curve(int tape, const work &w) {
	trace_on(tape);
	active x(w.size);
	for (long i = 0; i < w.size; i++)
		x[i] <<= w.x[i];
	double y;
	for (long i = 0; i < w.sizes[0]; i++)
		curve(x, w.data[0][i]) >>= y;
	trace_off();
}

int tapes = 0;

// replay uses a tape that is recorded the first time, again that is recorded each time.
template <class R, class D> void replay(long n, work *w, R record, D derivative) {
	if (!w->tape)
		record(w->tape = ++tapes, *w);
	repeat(n, [&] { derivative(w->tape, *w); });
}

template <class R, class D> void again(long n, work *w, R record, D derivative) {
	if (!w->tape)
		w->tape = ++tapes;
	repeat(n, [&] {
		record(w->tape, *w);
		derivative(w->tape, *w);
	});
}

void gradient_of(int tape, const work &w) { gradient(tape, w.size, w.x, w.out); }

void product_of(int tape, const work &w) {
	hess_vec(tape, w.size, const_cast<double *>(w.x), const_cast<double *>(w.v), w.out);
}

std::vector<double *> rows(long n, long columns, double *out) {
	std::vector<double *> r(n);
	for (long i = 0; i < n; i++)
		r[i] = out + i * columns;
	return r;
}

void jacobian_of(int tape, const work &w) {
	jacobian(tape, w.sizes[0], w.size, w.x, rows(w.sizes[0], w.size, w.out).data());
}

// hessian fills the lower triangle.
void hessian_of(int tape, const work &w) {
	hessian(tape, w.size, const_cast<double *>(w.x), rows(w.size, w.size, w.out).data());
	for (long i = 0; i < w.size; i++)
		for (long j = 0; j < i; j++)
			w.out[j * w.size + i] = w.out[i * w.size + j];
}

} // namespace

#define KERNELS(name, recorder, driver)                                                                                \
	extern "C" void name(long n, work *w) { replay(n, w, recorder, driver); }                                          \
	extern "C" void name##_again(long n, work *w) { again(n, w, recorder, driver); }
#define RECORD(f) [](int tape, const work &w) { record(tape, w, f); }

KERNELS(rosenbrock_gradient, RECORD(rosenbrock), gradient_of)
KERNELS(rosenbrock_product, RECORD(rosenbrock), product_of)
KERNELS(bodies_gradient, RECORD(bodies), gradient_of)
KERNELS(bodies_product, RECORD(bodies), product_of)
KERNELS(bodies_Hessian, RECORD(bodies), hessian_of)
KERNELS(pendulum_gradient, RECORD(pendulum), gradient_of)
KERNELS(lotka_gradient, RECORD(lotka), gradient_of)
KERNELS(perceptron_gradient, RECORD(perceptron), gradient_of)
KERNELS(curve_Jacobian, record_curve, jacobian_of)
