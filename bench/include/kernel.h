// What the C of the benchmarks shares.
#ifndef GRADUS_BENCH_KERNEL_H
#define GRADUS_BENCH_KERNEL_H

#include <math.h>

// A square root that need not set errno is one instruction, also of vectors.
double sqrt(double) __attribute__((const));

// REPEAT does something n times, and keeps the compiler from seeing that it is always the same.
#define REPEAT(n, what)                                                                                                \
	for (long repeat_ = 0; repeat_ < (n); repeat_++) {                                                                 \
		what;                                                                                                          \
		__asm__ volatile("" ::: "memory");                                                                             \
	}

#endif
