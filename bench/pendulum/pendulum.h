void pendulum_gradient(long n, const double *x, double *g);
