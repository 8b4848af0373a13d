// What a step is made with: the constants of the method, and the divisors that correct the bias.
typedef struct {
	double rate, beta1, beta2, small, bias1, bias2;
} adam_constants;

void adam_step(long n, long size, adam_constants k, const double *x, const double *m, const double *s, const double *g,
               double *new_x, double *new_m, double *new_s);
