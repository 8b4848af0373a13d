package gradcheck_test

import "strings"

// difference is where our derivatives are not those of JAX, and why.
type difference struct {
	why string
	// at gives the arguments, and behind them, after a colon, what differs.
	at []string
}

// differences returns what TestOracles may meet.
func differences() map[string]bool {
	keys := map[string]bool{}
	for row, d := range known {
		for _, at := range d.at {
			at, all, _ := strings.Cut(at, ": ")
			for what := range strings.SplitSeq(all, ", ") {
				keys[row+", "+what+" at ["+at+"]"] = true
			}
		}
	}
	return keys
}

var known = map[string]difference{
	"abs/special": {"0 at 0, in the middle of the subgradients, and NaN at NaN; JAX takes the sign of x >= 0", []string{
		"0: jvp, vjp 0",
		"-0: jvp, vjp 0",
		"nan: jvp, vjp 0",
	}},
	"acosh/special": {"NaN out of the domain, as the value is; JAX computes a real number there, and x*x overflows at 1e300", []string{
		"-1: jvp, vjp 0, hvp 0",
		"-2: jvp, vjp 0, hvp 0",
		"-3: jvp, vjp 0, hvp 0",
		"-20: jvp, vjp 0, hvp 0",
		"-800: jvp, vjp 0, hvp 0",
		"1e+300: jvp, vjp 0",
		"-1e+300: jvp, vjp 0, hvp 0",
		"-inf: jvp, vjp 0",
	}},
	"asinh/special": {"1/|x| where JAX has 0, since its x*x overflows", []string{
		"1e+300: jvp, vjp 0",
		"-1e+300: jvp, vjp 0",
	}},
	"atanh/special": {"2x/(1-x*x)**2 with its sign and its pole; JAX loses digits near 0 in 1-x and 1+x, and has 0/0 at the poles", []string{
		"1: hvp 0",
		"-1: hvp 0",
		"1e-10: hvp 0",
		"-1e-10: hvp 0",
		"inf: hvp 0",
		"-inf: hvp 0",
	}},
	"cbrt/special": {"NaN where the second derivative has two limits, at 0, and 0*Inf at infinities; JAX has +Inf and 0", []string{
		"0: hvp 0",
		"-0: hvp 0",
		"inf: hvp 0",
		"-inf: hvp 0",
	}},
	"digamma/special": {"the limit at poles, which has the sign of the zero as in package math, and at infinities, where JAX's polygamma is NaN; 1/x**k has not underflowed at 1e300", []string{
		"0: value, hvp 0",
		"-0: value, hvp 0",
		"1e+300: jvp, vjp 0",
		"inf: jvp, vjp 0, hvp 0",
		"-inf: jvp, vjp 0",
	}},
	"elu/special": {"exp(x) itself; JAX has expm1(x)+1, which loses digits far below 0", []string{
		"-20: jvp, vjp 0, hvp 0",
	}},
	"expm1/special": {"exp(x) itself; JAX has expm1(x)+1, which loses digits far below 0", []string{
		"-20: jvp, vjp 0, hvp 0",
	}},
	"leaky_relu/special": {"0.01 at 0, as x > 0 is false there; JAX asks x >= 0", []string{
		"0: jvp, vjp 0",
		"-0: jvp, vjp 0",
	}},
	"lgamma/special": {"the limit at poles and infinities, where JAX's polygamma is NaN; 1/x has not underflowed at 1e300", []string{
		"0: jvp, vjp 0",
		"-0: jvp, vjp 0",
		"1e+300: hvp 0",
		"inf: hvp 0",
		"-inf: hvp 0",
	}},
	"relu/special": {"1 at NaN, which is passed on; JAX has 0", []string{
		"nan: jvp, vjp 0",
	}},
	"sigmoid/special": {"sigmoid(x)*sigmoid(-x), in which no digits are lost far above 0 as in JAX's y*(1-y); near 0 the second derivative is a difference of nearly equal numbers here and there", []string{
		"20: jvp, vjp 0, hvp 0",
		"1e-10: hvp 0",
		"-1e-10: hvp 0",
	}},
	"silu/special": {"no digits are lost far above 0, see sigmoid", []string{
		"20: hvp 0",
	}},
	"softplus/special": {"no digits are lost far above 0, see sigmoid", []string{
		"20: hvp 0",
	}},
	"tanh/special": {"-2*y*y', exact near 0, where JAX's (1-y)*(1+y) loses digits", []string{
		"1e-10: hvp 0",
		"-1e-10: hvp 0",
	}},
	"pow/ties": {"pow(x, 0) is 1 for every x, so its derivative by x is 0, also at 0, and by y it is 0 where x and y are 0; poles are infinite where JAX has 0*Inf", []string{
		"0 0: jvp, vjp 0, hvp 0, hvp 1",
		"-0 0: jvp, vjp 0, hvp 0, hvp 1",
		"0 -2: jvp, vjp 1, hvp 0, hvp 1",
	}},
	"hypot/ties": {"0 at the origin, in the middle of the subgradients; at infinities JAX divides them; its second derivatives are 0 where x = y, where it splits max and min", []string{
		"0 0: jvp, vjp 0, vjp 1",
		"-0 0: jvp, vjp 0, vjp 1",
		"inf inf: jvp",
		"-inf 2: jvp, vjp 1",
		"3 inf: jvp, vjp 0",
		"1 1: hvp 0, hvp 1",
		"2 2: hvp 0, hvp 1",
		"-1 -1: hvp 0, hvp 1",
	}},
	"logaddexp/ties": {"sigmoid(x-y), which is 0 here; JAX has exp(x-y) of an infinite difference that it has replaced by 0", []string{
		"3 inf: jvp, vjp 0, hvp 0",
	}},
	"maximum/ties": {"NaN passes into the derivative as into the value; JAX compares and has 0", []string{
		"nan 1: jvp, vjp 0, vjp 1",
		"1 nan: jvp, vjp 0, vjp 1",
	}},
	"minimum/ties": {"NaN passes into the derivative as into the value; JAX compares and has 0", []string{
		"nan 1: jvp, vjp 0, vjp 1",
		"1 nan: jvp, vjp 0, vjp 1",
	}},
	"mod/ties": {"the value is NaN, and so is the derivative; JAX has an infinity", []string{
		"-inf 2: jvp, vjp 1",
	}},
	"xlogy/ties": {"the limit by y at 0 along x = 0 is 0; JAX has 0/0", []string{
		"0 0: jvp, vjp 1, hvp 1",
		"-0 0: jvp, vjp 1, hvp 1",
	}},
	"where/ties": {"the branch that is not taken has no derivative at all; JAX multiplies it by 0, and 0*Inf is NaN", []string{
		"inf inf: vjp 0, vjp 1",
		"1 nan: vjp 0",
		"3 inf: vjp 0",
		"nan 1: vjp 1",
		"-inf 2: vjp 1",
	}},
}
