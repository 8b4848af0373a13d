enum { BODIES = 10 };

void nbody_gradient(long n, const double *x, const double *mass, double *g);
void nbody_product(long n, const double *x, const double *mass, const double *v, double *h);
