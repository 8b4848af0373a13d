//go:build cgo && (linux || darwin)

#include "openblas.h"
#include "kernel.h"
#include <dlfcn.h>
#include <stdlib.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

typedef void gemm(int order, int trans_a, int trans_b, int m, int n, int k, double alpha, const double *a, int lda,
                  const double *b, int ldb, double beta, double *c, int ldc);

static gemm *multiply;
static char *(*config)(void), *(*core)(void);

// prefer_vectors names the processor, unless that has been done: versions that do not know it fall back to code from 2004.
static void prefer_vectors(void) {
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512dq"))
		setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
	else if (__builtin_cpu_supports("fma"))
		setenv("OPENBLAS_CORETYPE", "Haswell", 0);
#endif
}

int openblas_open(const char *path) {
	prefer_vectors();
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return 0;
	multiply = (gemm *)dlsym(library, "cblas_dgemm");
	void (*threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
	config = (char *(*)(void))dlsym(library, "openblas_get_config");
	core = (char *(*)(void))dlsym(library, "openblas_get_corename");
	if (!multiply || !threads || !config || !core)
		return 0;
	threads(1);
	return 1;
}

const char *openblas_version(void) { return config(); }

const char *openblas_core(void) { return core(); }

void openblas_product(long n, int trans_a, int trans_b, int m, int columns, int k, const double *a, const double *b,
                      double *c) {
	REPEAT(n, multiply(ROW_MAJOR, trans_a ? TRANS : NO_TRANS, trans_b ? TRANS : NO_TRANS, m, columns, k, 1, a,
	                   trans_a ? m : k, b, trans_b ? k : columns, 0, c, columns))
}
