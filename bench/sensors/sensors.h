enum { SENSORS = 50000, STEPS = 100 };

// start is two places and two velocities, grid the places of the sensors.
void sensors_read(long n, const double *start, const double *grid, double *potential);
