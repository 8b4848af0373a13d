package main

// quotations are the tables of the README.
var quotations = []quotation{
	{part: "modes", title: "function", of: []string{"JVP", "gradient", "Hessian-vector product"},
		text: "As multiples of the function itself, all compiled:\n\n",
		lines: []quoted{
			{"Rosenbrock, 1,000 variables", "Rosenbrock"},
			{"Lennard-Jones, 40 atoms, all pairs", "Lennard-Jones"},
			{"perceptron, 64-64-1, batch of 32, by 4,160 weights", "perceptron"},
		}},
	{part: "growth", title: "how costs grow", of: []string{"JVP", "gradient", "Hessian-vector product", "Jacobian, forward mode", "Jacobian, reverse mode"},
		lines: []quoted{
			{"Rosenbrock, 2 to 8,192 inputs", "^inputs"},
			{"100 to 100,000 steps of leapfrog", "^steps"},
			{"8 inputs to 1 sensor", "^outputs of 8 inputs 1$"},
			{"8 inputs to 50,000 sensors", "^outputs of 8 inputs 50000$"},
		}},
	{part: "c", title: "work",
		text: "Against derivatives written by hand in C (gcc -O3 -march=native) and against libraries, on one thread of a processor with AVX-512: our time as a multiple of\ntheirs.\n\n",
		lines: []quoted{
			{"gradient of the energy of 10 bodies", "10 bodies: gradient"},
			{"Hessian-vector product of the energy of 10 bodies", "10 bodies: Hessian"},
			{"gradient of the energy of a double pendulum", "double pendulum"},
			{"Lotka-Volterra, 1,000 steps of Runge-Kutta in `flow.Scan`: gradient", "Lotka.*gradient"},
			{"the same: 2,000 x 6 Jacobian", "Lotka.*Jacobian"},
			{"Rosenbrock gradient written with slices, 1,000 and 100,000 variables", "Rosenbrock"},
			{"tanh(a x + b) c - exp(-x x) with gradient, 1,000 to 1,000,000 elements, against vector polynomials", "tanh"},
			{"a step of Adam, 1,000 and 100,000 parameters", "Adam"},
			{"matrix products from 64 x 64 to 1,024 x 1,024, all transposes, against OpenBLAS", "product of matrices (64|200|512|1024|32)x"},
			{"matrix products 16 x 16, against OpenBLAS", "product of matrices 16x"},
			{"all 8 columns of the sensors' Jacobian, against C's function alone", "sensors"},
			{"gradient of a perceptron 784-128-10, against PyTorch", "perceptron"},
		}},
	{part: "compiling", title: "gradient", of: []string{"evaluator"},
		text: "What JIT gains over the evaluator, whose time this is as a multiple of the compiled program's:\n\n",
		lines: []quoted{
			{"energy of a double pendulum, 4 variables", "pendulum"},
			{"sum of tanh(1.3 x + 0.2) - exp(-x x), 1,000 and 100,000 variables", "tanh"},
			{"1,000 steps of leapfrog in `flow.For`, 4 variables", "leapfrog"},
			{"Rosenbrock, 1,000 variables", "Rosenbrock"},
			{"Lennard-Jones, 40 atoms", "Lennard"},
			{"perceptron", "perceptron"},
		}},
}
