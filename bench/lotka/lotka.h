enum { STEPS = 1000 };

// The parameters p are α, β, δ, γ.
void lotka_gradient(long n, const double *p, const double *start, const double *observed, double *dp);
void lotka_jacobian(long n, const double *p, const double *start, double *rows);
