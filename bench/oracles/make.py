"""Writes what JAX makes of functions, in float64: values, JVPs, VJPs and Hessian-vector products.

    python make.py ../../gradcheck/testdata/jax.json.gz

The functions have the names by which the test that reads the file knows them. Needs jax and scipy.
"""

import gzip
import json
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, nn
from jax.scipy import special

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(20261126)


def draw(*shape):
    return rng.standard_normal(shape)


def positive(*shape):
    return rng.uniform(0.2, 3, shape)


def inside(*shape):
    return rng.uniform(-0.9, 0.9, shape)


SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e-10, -1e-10, 20.0, -20.0,
                    800.0, -800.0, 1e300, -1e300, np.inf, -np.inf, np.nan])

# Elementwise functions of one operand, and where they are asked beside the special points.
UNARY = {
    "abs": (jnp.abs, draw), "acos": (jnp.arccos, inside), "acosh": (jnp.arccosh, lambda *s: 1 + positive(*s)),
    "asin": (jnp.arcsin, inside), "asinh": (jnp.arcsinh, draw), "atan": (jnp.arctan, draw),
    "atanh": (jnp.arctanh, inside), "cbrt": (jnp.cbrt, draw), "ceil": (jnp.ceil, draw), "cos": (jnp.cos, draw),
    "cosh": (jnp.cosh, draw), "digamma": (special.digamma, positive), "elu": (nn.elu, draw), "erf": (special.erf, draw),
    "erfc": (special.erfc, draw), "erfinv": (special.erfinv, inside), "exp": (jnp.exp, draw), "exp2": (jnp.exp2, draw),
    "expm1": (jnp.expm1, draw), "floor": (jnp.floor, draw), "gelu": (lambda x: nn.gelu(x, approximate=False), draw),
    "leaky_relu": (nn.leaky_relu, draw), "lgamma": (special.gammaln, positive), "log": (jnp.log, positive),
    "log10": (jnp.log10, positive), "log1p": (jnp.log1p, positive), "log2": (jnp.log2, positive), "neg": (jnp.negative, draw),
    "reciprocal": (jnp.reciprocal, draw), "relu": (nn.relu, draw), "round": (jnp.round, draw), "sigmoid": (nn.sigmoid, draw),
    "sign": (jnp.sign, draw), "silu": (nn.silu, draw), "sin": (jnp.sin, draw), "sinh": (jnp.sinh, draw),
    "softplus": (nn.softplus, draw), "sqrt": (jnp.sqrt, positive), "square": (jnp.square, draw), "tan": (jnp.tan, inside),
    "tanh": (jnp.tanh, draw), "trunc by where": (lambda x: jnp.where(x < 0, jnp.ceil(x), jnp.floor(x)), draw),
}

BINARY = {
    "add": (jnp.add, draw, draw), "sub": (jnp.subtract, draw, draw), "mul": (jnp.multiply, draw, draw),
    "div": (jnp.divide, draw, positive), "pow": (jnp.power, positive, draw), "atan2": (jnp.arctan2, draw, draw),
    "hypot": (jnp.hypot, draw, draw), "logaddexp": (jnp.logaddexp, draw, draw), "maximum": (jnp.maximum, draw, draw),
    "minimum": (jnp.minimum, draw, draw), "mod": (jnp.mod, draw, positive), "xlogy": (special.xlogy, draw, positive),
    "where": (lambda x, y: jnp.where(x > y, x * y, x - y), draw, draw),
}

TIES = [np.array([0.0, -0.0, 1.0, 2.0, -1.0, 0.0, np.inf, np.nan, 1.0, -np.inf, 3.0, 0.0]),
        np.array([0.0, 0.0, 1.0, 2.0, -1.0, 5.0, np.inf, 1.0, np.nan, 2.0, np.inf, -2.0])]


def spd(x):
    return x @ x.T + 3 * jnp.eye(x.shape[0])


def scanned(x, y):
    def step(c, a):
        c = jnp.sin(c) * a + c
        return c, c * a
    end, ys = lax.scan(step, x, y)
    return jnp.concatenate([ys, end[None]])


def stopped(x):
    def go(s):
        return s[0] < 10.0
    def step(s):
        return s[0] * 1.5 + 0.1 * jnp.sin(s[1]), s[1] * 0.9
    return lax.while_loop(go, step, (jnp.abs(x) + 1, x))[1]


# Functions of arrays: what, and at what.
ARRAYS = {
    "sum": (lambda x: jnp.sum(x), draw(3, 4)), "sum 0": (lambda x: jnp.sum(x, 0), draw(3, 4)),
    "sum -1": (lambda x: jnp.sum(x, -1), draw(2, 3, 4)), "mean": (lambda x: jnp.mean(x, 1), draw(3, 4)),
    "prod": (lambda x: jnp.prod(x), draw(5)), "prod 0": (lambda x: jnp.prod(x, 0), draw(4, 3)),
    "prod one zero": (jnp.prod, np.array([2.0, 0.0, 3.0, -1.0])), "prod two zeros": (jnp.prod, np.array([2.0, 0.0, 3.0, 0.0])),
    "var": (lambda x: jnp.var(x, 0), draw(4, 3)), "std": (lambda x: jnp.std(x, 1), draw(4, 3)),
    "amax": (lambda x: jnp.max(x, 0), draw(4, 3)), "amin": (lambda x: jnp.min(x, 1), draw(4, 3)),
    "amax ties": (jnp.max, np.array([1.0, 3.0, 3.0, 2.0, 3.0])), "amin ties": (jnp.min, np.array([1.0, 1.0, 3.0])),
    "logsumexp": (lambda x: special.logsumexp(x, 1), draw(3, 4)),
    "logsumexp large": (special.logsumexp, np.array([1000.0, 1000.5, -3.0])),
    "logsumexp -inf": (special.logsumexp, np.array([1.0, -np.inf, 2.0])),
    "norm": (jnp.linalg.norm, draw(6)), "norm 0": (lambda x: jnp.linalg.norm(x, axis=0), draw(4, 3)),
    "cumsum": (lambda x: jnp.cumsum(x, 0), draw(5, 2)), "cumprod": (lambda x: jnp.cumprod(x, 0), draw(5, 2)),
    "cumprod zero": (lambda x: jnp.cumprod(x, 0), np.array([1.5, 0.0, 2.0, -1.0])),
    "cummax": (lambda x: lax.cummax(x, 0), draw(6)), "cummin": (lambda x: lax.cummin(x, 0), draw(6)),
    "softmax": (lambda x: nn.softmax(x, 1), draw(3, 4)), "log_softmax": (lambda x: nn.log_softmax(x, 0), draw(4, 3)),
    "sort": (lambda x: jnp.sort(x, 0), draw(7)), "sort rows": (lambda x: jnp.sort(x, 1), draw(3, 5)),
    "top_k": (lambda x: lax.top_k(x, 3)[0], draw(7)),
    "dot": (jnp.dot, draw(5), draw(5)), "matmul": (jnp.matmul, draw(3, 4), draw(4, 2)),
    "matmul batched": (jnp.matmul, draw(2, 3, 4), draw(2, 4, 2)), "matmul vector": (jnp.matmul, draw(3, 4), draw(4)),
    "outer": (jnp.outer, draw(3), draw(4)), "cross": (jnp.cross, draw(3), draw(3)),
    "einsum trace": (lambda x: jnp.einsum("ii->", x), draw(4, 4)),
    "einsum": (lambda x, y, z: jnp.einsum("bij,bjk,k->bi", x, y, z), draw(2, 3, 4), draw(2, 4, 3), draw(3)),
    "diag": (jnp.diag, draw(4, 4)), "trace": (jnp.trace, draw(4, 4)), "tril": (jnp.tril, draw(4, 3)), "triu 1": (lambda x: jnp.triu(x, 1), draw(4, 4)),
    "transpose": (lambda x: jnp.transpose(x, (2, 0, 1)) ** 2, draw(2, 3, 4)), "flip": (lambda x: jnp.flip(x, 1) ** 3, draw(2, 3)),
    "roll": (lambda x: jnp.roll(x, 2, 0) * x, draw(5)), "repeat": (lambda x: jnp.repeat(x, 3, 0) ** 2, draw(2, 2)),
    "tile": (lambda x: jnp.tile(x, (2, 3)) ** 2, draw(2, 2)), "pad": (lambda x: jnp.pad(x, ((1, 2), (0, 1))) ** 2, draw(2, 3)),
    "concat": (lambda x, y: jnp.concatenate([x, y, x], 0) ** 2, draw(2, 3), draw(1, 3)), "stack": (lambda x, y: jnp.stack([x, y], 1) ** 2, draw(3), draw(3)),
    "take": (lambda x: jnp.take(x, jnp.array([2, 0, 2]), 0) ** 2, draw(4, 2)),
    "take along": (lambda x: jnp.take_along_axis(x, jnp.array([[1], [0]]), 1) ** 2, draw(2, 3)),
    "set": (lambda x, v: x.at[jnp.array([3, 1])].set(v) ** 2, draw(5), draw(2)),
    "add at": (lambda x, v: x.at[jnp.array([3, 1, 3])].add(v) ** 2, draw(5), draw(3)),
    "slice": (lambda x: x[1:3, ::2] ** 2, draw(4, 5)), "clip": (lambda x: jnp.clip(x, -0.5, 0.5) ** 2, draw(8)),
    "stop_gradient": (lambda x: lax.stop_gradient(x) * x, draw(4)),
    "cholesky": (lambda x: jnp.linalg.cholesky(spd(x)), draw(4, 4)), "det": (jnp.linalg.det, draw(4, 4)),
    "inv": (lambda x: jnp.linalg.inv(x), draw(3, 3)), "logdet": (lambda x: jnp.linalg.slogdet(x)[1], draw(4, 4)),
    "solve": (lambda a, b: jnp.linalg.solve(a, b), draw(4, 4), draw(4, 2)),
    "solve vector": (lambda a, b: jnp.linalg.solve(a, b), draw(3, 3), draw(3)),
    "triangular lower": (lambda a, b: jax.scipy.linalg.solve_triangular(a, b, lower=True), np.tril(draw(4, 4)) + 3 * np.eye(4), draw(4, 2)),
    "triangular upper": (lambda a, b: jax.scipy.linalg.solve_triangular(a, b, lower=False), np.triu(draw(4, 4)) + 3 * np.eye(4), draw(4)),
    "lstsq": (lambda a, b: jnp.linalg.solve(a.T @ a, a.T @ b), draw(6, 3), draw(6)),
    "scan": (scanned, draw(3), draw(5, 3)), "cond": (lambda x: lax.cond(jnp.sum(x) > 0, jnp.sin, lambda x: x * x * x, x), draw(3)),
    "fori": (lambda x: lax.fori_loop(0, 5, lambda i, c: jnp.cos(c) * x + i, x), draw(3)),
    "map": (lambda x: lax.map(lambda r: jnp.sum(r) * r, x), draw(4, 3)),
    "associative_scan": (lambda x: lax.associative_scan(jnp.multiply, x), draw(6)),
    "perceptron": (lambda x, w, v: jnp.mean((jnp.tanh(x @ w) @ v) ** 2), draw(5, 4), draw(4, 3), draw(3)),
    "mixture": (lambda x, m: jnp.sum(special.logsumexp(-jnp.sum((x[:, None] - m) ** 2, -1), 1)), draw(6, 2), draw(3, 2)),
}


def row(name, f, xs):
    xs = [jnp.asarray(x) for x in xs]
    ts = [jnp.asarray(draw(*x.shape)) for x in xs]
    y, dy = jax.jvp(f, tuple(xs), tuple(ts))
    ct = jnp.asarray(draw(*y.shape))
    pull = lambda *xs: jax.vjp(f, *xs)[1](ct)
    r = {"name": name, "in": xs, "tangents": ts, "cotangent": ct, "out": y, "jvp": dy, "vjp": pull(*xs)}
    r["hvp"] = jax.jvp(pull, tuple(xs), tuple(ts))[1]
    return r


def forward(name, f, xs):
    """A function that JAX has no reverse mode for."""
    xs = [jnp.asarray(x) for x in xs]
    ts = [jnp.asarray(draw(*x.shape)) for x in xs]
    y, dy = jax.jvp(f, tuple(xs), tuple(ts))
    return {"name": name, "in": xs, "tangents": ts, "out": y, "jvp": dy}


def plain(x):
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    if not hasattr(x, "shape"):
        return x
    word = lambda v: v if np.isfinite(v) else str(v)
    return {"shape": list(x.shape), "data": [word(float(v)) for v in np.asarray(x).ravel()]}


def main():
    rows = []
    for name, (f, at) in UNARY.items():
        rows += [row(name + "/" + k, f, [x]) for k, x in (("scalar", at()), ("row", at(5)), ("block", at(2, 3)), ("special", SPECIAL))]
    for name, (f, a, b) in BINARY.items():
        for k, x, y in (("scalar", a(), b()), ("same", a(4), b(4)), ("rows", a(3, 2), b(2)), ("columns", a(3, 1), b(1, 2)), ("ties", *TIES)):
            rows.append(row(name + "/" + k, f, [x, y]))
    for name, (f, *xs) in ARRAYS.items():
        rows.append(row(name, f, xs))
    rows.append(forward("while", stopped, [draw()]))
    text = json.dumps({"jax": jax.__version__, "rows": [{k: plain(v) for k, v in r.items()} for r in rows]}, separators=(",", ":"))
    with open(sys.argv[1], "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as z:
        z.write(text.encode())
    print(len(rows), "rows")


main()
