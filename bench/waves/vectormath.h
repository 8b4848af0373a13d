// exp and tanh without branches or tables, for loops that the compiler makes of vectors.
#include "kernel.h"
#include <stdint.h>
#include <string.h>

static inline int64_t bits_of(double x) {
	int64_t i;
	memcpy(&i, &x, sizeof i);
	return i;
}

static inline double double_of(int64_t i) {
	double x;
	memcpy(&x, &i, sizeof x);
	return x;
}

// exp(x) is 2^n exp(r), with r between -ln(2)/2 and ln(2)/2, where exp(r) - 1 - r is r² times a polynomial that is best
// to 1.3e-17. The power of two is multiplied by in two halves, for results below the normal numbers.
static inline double vector_exp(double x) {
	const double magic = 0x1.8p52; // rounds to integers what is added to it
	x = x > 710 ? 710 : x < -746 ? -746 : x;
	double shifted = x * 1.4426950408889634 + magic;
	double n = shifted - magic;
	double r = (x - n * 0.6931471804855391) - n * 7.440617110012397e-11;
	double q = 2.510038549551032e-08;
	q = q * r + 2.7620088445409746e-07;
	q = q * r + 2.7557268459997064e-06;
	q = q * r + 2.4801521295954376e-05;
	q = q * r + 0.00019841269863053618;
	q = q * r + 0.0013888888917213717;
	q = q * r + 0.008333333333330062;
	q = q * r + 0.04166666666662413;
	q = q * r + 0.16666666666666669;
	q = q * r + 0.5;
	double y = 1 + (r + r * r * q);
	int64_t power = bits_of(shifted) - bits_of(magic), half = power >> 1;
	return y * double_of((half + 1023) << 52) * double_of((power - half + 1023) << 52);
}

// tanh is Cephes' rational function below 5/8, and 1 - 2/(exp(2x) + 1) above; one division serves both.
static inline double vector_tanh(double x) {
	double a = fabs(x), z = x * x, e = vector_exp(2 * a);
	double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
	double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
	_Bool small = a < 0.625;
	double quotient = (small ? a * z * p : -2) / (small ? q : e + 1);
	return copysign((small ? a : 1) + quotient, x);
}
