#pragma once

extern "C" {
#include "work.h"
}

// repeat does something n times, and keeps the compiler from seeing that it is always the same.
template <class F> void repeat(long n, F f) {
	for (long i = 0; i < n; i++) {
		f();
		asm volatile("" ::: "memory");
	}
}
