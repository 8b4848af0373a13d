// What a kernel works on. Arguments and results are the elements of all arrays, one after another.
#ifndef GRADUS_PEERS_WORK_H
#define GRADUS_PEERS_WORK_H

struct work {
	long size; // of all arguments
	const double *x;
	const double *v;       // the direction of a Hessian-vector product
	const double *data[2]; // what else the function depends on
	long sizes[2];
	double *out;
	int tape; // the number of the tape that has been recorded for it, or 0
};

// A kernel does the work n times.
typedef void kernel(long n, struct work *w);

#endif
