"""Writes elementwise.txt: values and derivatives of the elementwise functions, computed with 400
digits by mpmath (version 1.3.0). A row is: the function, its operands, the value, and the derivatives
of order 1 to 3 of a function of one operand, or dx dy dxx dxy dyy of one of two."""
from mpmath import *

mp.dps = 400
half = mpf(1) / 2
sigmoid = lambda x: 1 / (1 + exp(-x))
wide = ["-700", "-40", "-1.5", "-1e-10", "1e-10", "0.75", "20"]
mid = ["-3", "-1.25", "-0.5", "-1e-10", "1e-8", "0.3", "1.5", "3"]
unit = ["-0.9999999999", "-0.6", "-1e-10", "1e-8", "0.3", "0.95", "0.9999999999"]
positive = ["1e-10", "0.03", "0.5", "0.9999999999", "1.0000001", "2.75", "1e5"]
gammas = ["-20.75", "-3.5", "-1.25", "-0.001", "1e-8", "0.3", "1", "2.5", "9.75", "1e3"]
unary = {
    "square": (lambda x: x * x, mid), "sqrt": (sqrt, positive), "cbrt": (cbrt, positive),
    "reciprocal": (lambda x: 1 / x, mid), "pow3": (lambda x: x**3, mid), "pow-2": (lambda x: x**-2, mid),
    "pow2.5": (lambda x: x ** (5 * half), positive),
    "exp": (exp, wide), "exp2": (lambda x: mpf(2) ** x, mid), "expm1": (expm1, wide),
    "log": (log, positive), "log2": (lambda x: log(x) / log(mpf(2)), positive), "log10": (log10, positive),
    "log1p": (lambda x: log(1 + x), ["-0.999", "-0.5", "-1e-10", "1e-10", "0.5", "1e5"]),
    "sin": (sin, mid), "cos": (cos, mid), "tan": (tan, mid),
    "asin": (asin, unit), "acos": (acos, unit), "atan": (atan, mid + ["1e3"]),
    "sinh": (sinh, mid), "cosh": (cosh, mid), "tanh": (tanh, mid),
    "asinh": (asinh, mid + ["1e5"]), "acosh": (acosh, ["1.0000001", "1.5", "4", "1e5"]), "atanh": (atanh, unit),
    "erf": (erf, mid), "erfc": (erfc, mid + ["10"]), "erfinv": (erfinv, ["-0.95", "-0.5", "1e-8", "0.3", "0.9", "0.999"]),
    "lgamma": (lambda x: log(abs(gamma(x))), gammas), "digamma": (digamma, gammas),
    "sigmoid": (sigmoid, ["-700", "-40", "-1.5", "1e-8", "0.75", "3"]),
    "softplus": (lambda x: log(1 + exp(x)), ["-700", "-40", "-1.5", "1e-8", "0.75", "3"]),
    "gelu": (lambda x: x * erfc(-x / sqrt(mpf(2))) / 2, ["-10", "-3", "-0.5", "1e-8", "0.3", "1.75"]),
    "silu": (lambda x: x * sigmoid(x), ["-40", "-3", "-0.5", "1e-8", "0.3", "3"]),
}
binary = {
    "pow": (lambda x, y: x**y, ["0.3 2.5", "1.5 -3.25", "4 0.5", "1e-3 0.7", "20 3"]),
    "hypot": (lambda x, y: sqrt(x * x + y * y), ["3 4", "-1 0.5", "0.25 -8", "1e-5 2e-5"]),
    "atan2": (lambda y, x: atan2(y, x), ["1 2", "-1 0.5", "0.25 -8", "-1e-5 -2e-5"]),
    "logaddexp": (lambda x, y: log(exp(x) + exp(y)), ["0.5 -1", "1 1", "-700 -703", "600 595"]),
    "xlogy": (lambda x, y: x * log(y), ["0.5 3", "-2 0.25", "1e-8 20"]),
}


def text(v):
    return nstr(v, 18, strip_zeros=True) if v != 0 else "0"


def exact(s):
    return mpf(float(s))  # the float64 nearest to the decimal


with open("elementwise.txt", "w") as out:
    for name, (f, points) in unary.items():
        for p in points:
            x = exact(p)
            vals = [f(x)] + [diff(f, x, n, h=mpf(10) ** -45) for n in (1, 2, 3)]
            print(name, p, *map(text, vals), file=out)
    for name, (f, points) in binary.items():
        for p in points:
            x, y = map(exact, p.split())
            d = lambda i, j: diff(f, (x, y), (i, j), h=mpf(10) ** -45)
            vals = [f(x, y), d(1, 0), d(0, 1), d(2, 0), d(1, 1), d(0, 2)]
            print(name, p, *map(text, vals), file=out)
