// value and gradient of the sum of tanh(ax + b)c - exp(-x²): sums are the value and the derivatives by a, b and c.
void waves_gradient(long n, long size, const double *x, const double *abc, double *dx, double *sums);

void waves_exp(long size, const double *x, double *y);
void waves_tanh(long size, const double *x, double *y);
