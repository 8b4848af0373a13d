// openblas_open looks for the library at run time, so that nothing is needed to build. It returns 0 if there is none.
int openblas_open(const char *path);

const char *openblas_version(void);
const char *openblas_core(void);

// c = a b, row-major, n times, where a and b may be transposed.
void openblas_product(long n, int trans_a, int trans_b, int m, int columns, int k, const double *a, const double *b,
                      double *c);
