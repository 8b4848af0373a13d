void rosenbrock_gradient(long n, long size, const double *x, double *g);
