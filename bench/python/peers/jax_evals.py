"""The evals of GradBench. Each takes an input as the suite has it and returns a function of arrays, these arrays and, where
its result is not what Gradus returns, what to make of that; or None and why there is nothing."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln, logsumexp


def array(x):
    return np.array(x, np.float64)


def of(f, *names):
    """An eval whose arguments are parts of the input."""
    return lambda input: (f, [array(input[n]) for n in names])


def hello_square(x):
    return jnp.square, [array(x)]


def hello_double(x):
    return jax.grad(jnp.square), [array(x)]


def log_sum_exp(x):
    largest = jnp.max(x)
    return largest + jnp.log(jnp.sum(jnp.exp(x - largest)))


lse_primal = of(log_sum_exp, "x")
lse_gradient = of(jax.grad(log_sum_exp), "x")


def misfit(n):
    t = np.linspace(-1, 1, n)

    def f(x):
        y = jnp.polyval(x[::-1], t, unroll=len(x))
        return 0.5 * jnp.sum((jnp.sign(t) - y) ** 2)

    return f


def llsq_primal(input):
    return misfit(input["n"]), [array(input["x"])]


def llsq_gradient(input):
    return jax.grad(misfit(input["n"])), [array(input["x"])]


def kmeans(centroids, points):
    squares = jnp.sum(centroids**2, 1) - 2 * points @ centroids.T
    nearest = jnp.argmin(squares, 1)
    return jnp.sum((points - centroids[nearest]) ** 2)


def newton(centroids, points):
    slope, curvature = jax.jvp(jax.grad(lambda c: kmeans(c, points)), (centroids,), (jnp.ones_like(centroids),))
    return slope / curvature


kmeans_cost = of(kmeans, "centroids", "points")
kmeans_dir = of(newton, "centroids", "points")


def posterior(alpha, l, mu, q, x, gamma, m):
    n, d = x.shape
    k = len(alpha)
    columns, rows = np.triu_indices(d, 1)
    roots = jax.vmap(lambda q, l: jnp.diag(jnp.exp(q)).at[rows, columns].set(l))(q, l)
    z = jnp.einsum("kij,nj->nki", roots, x) - jnp.einsum("kij,kj->ki", roots, mu)
    logs = alpha + jnp.sum(q, 1) - 0.5 * jnp.sum(z**2, 2)
    likelihood = jnp.sum(logsumexp(logs, 1)) - n * logsumexp(alpha) - 0.5 * n * d * math.log(2 * math.pi)
    freedom = m + d + 1
    gammas = 0.25 * d * (d - 1) * math.log(math.pi) + jnp.sum(gammaln(0.5 * freedom - 0.5 * np.arange(d)))
    constant = freedom * d * (jnp.log(gamma) - 0.5 * math.log(2)) - gammas
    squares = jnp.sum(jnp.exp(q) ** 2) + jnp.sum(l**2)
    return likelihood + k * constant - 0.5 * gamma**2 * squares + m * jnp.sum(q)


def gmm_objective(input):
    l = array(input["l"]).reshape(input["k"], -1)
    return posterior, [array(input["alpha"]), l] + [array(input[n]) for n in ["mu", "q", "x", "gamma", "m"]]


def gmm_jacobian(input):
    f, args = gmm_objective(input)
    return jax.grad(f, (0, 1, 2, 3)), args


def memory_loss(main, extra, state, sequence):
    b = extra.shape[1]
    layers = main.reshape(-1, 2, 4, b)

    def layer(s, w, x):
        (forget, entry, out, change), (forget0, entry0, out0, change0) = w
        hidden, cell = s
        forget = jax.nn.sigmoid(x * forget + forget0)
        entry = jax.nn.sigmoid(hidden * entry + entry0)
        out = jax.nn.sigmoid(x * out + out0)
        cell = cell * forget + entry * jnp.tanh(hidden * change + change0)
        return out * jnp.tanh(cell), cell

    def step(states, letters):
        now, following = letters
        y, after = now * extra[0], []
        for s, w in zip(states, layers):
            y, cell = layer(s, w, y)
            after.append((y, cell))
        y = y * extra[1] + extra[2]
        return after, jnp.dot(following, y - jnp.log(2 + jnp.sum(jnp.exp(y))))

    states = [(s[0], s[1]) for s in state.reshape(-1, 2, b)]
    _, gains = jax.lax.scan(step, states, (sequence[:-1], sequence[1:]))
    return -jnp.sum(gains) / (len(gains) * b)


def memory_slopes(*args):
    main, extra = jax.grad(memory_loss, (0, 1))(*args)
    return jnp.concatenate([main.ravel(), extra.ravel()])


lstm_objective = of(memory_loss, "main_params", "extra_params", "state", "sequence")
lstm_jacobian = of(memory_slopes, "main_params", "extra_params", "state", "sequence")


def integrate(steps):
    h = 2 / steps

    def f(x):
        def rate(y):
            return x * jnp.concatenate([jnp.ones(1), y[:-1]])

        def step(_, y):
            k1 = rate(y)
            k2 = rate(y + h / 2 * k1)
            k3 = rate(y + h / 2 * k2)
            k4 = rate(y + h * k3)
            return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

        return jax.lax.fori_loop(0, steps, step, jnp.zeros_like(x))

    return f


def ode_primal(input):
    return integrate(input["s"]), [array(input["x"])]


def ode_gradient(input):
    f = integrate(input["s"])
    return jax.grad(lambda x: f(x)[-1]), [array(input["x"])]


def laplace(a):
    """All minors of a size at once, as a batch."""
    n = len(a)
    if n == 1:
        return a[0, 0]
    columns = np.array([[k for k in range(n) if k != j] for j in range(n)])
    minors = jax.vmap(laplace)(jnp.moveaxis(a[1:, columns], 1, 0))
    return jnp.sum((-1.0) ** np.arange(n) * a[0] * minors)


def det_primal(input):
    return laplace, [array(input["A"]).reshape(input["ell"], -1)]


def det_gradient(input):
    f, args = det_primal(input)
    return lambda a: jax.grad(f)(a).ravel(), args


def rotate(axis, x):
    square = jnp.dot(axis, axis)
    turned = square != 0
    angle = jnp.sqrt(jnp.where(turned, square, 1))
    v = axis / angle
    sin, cos = jnp.sin(angle), jnp.cos(angle)
    return jnp.where(turned, x * cos + jnp.cross(v, x) * sin + v * (jnp.dot(v, x) * (1 - cos)), x + jnp.cross(axis, x))


def reprojection(p, measured):
    """The error of an observation by the camera's eleven numbers, the point's three and the weight, all in one array."""
    rotation, center, focus, principal, distortion, point, weight = jnp.split(p, [3, 6, 7, 9, 11, 14])
    x = rotate(rotation, point - center)
    flat = x[:2] / x[2]
    r = jnp.dot(flat, flat)
    seen = flat * (1 + distortion[0] * r + distortion[1] * r * r) * focus + principal
    return weight * (seen - measured)


def bundle(input):
    n, m, p = input["n"], input["m"], input["p"]
    camera, point = np.arange(p) % n, np.arange(p) % m
    cameras, points = np.tile(array(input["cam"]), (n, 1)), np.tile(array(input["x"]), (m, 1))
    return [cameras, points, camera, point, np.full(p, input["w"]), np.tile(array(input["feat"]), (p, 1))]


def sights(cameras, points, camera, point, weights):
    return jnp.concatenate([cameras[camera], points[point], weights[:, None]], 1)


def bundle_errors(cameras, points, camera, point, weights, measured):
    return jax.vmap(reprojection)(sights(cameras, points, camera, point, weights), measured), 1 - weights**2


def bundle_slopes(cameras, points, camera, point, weights, measured):
    blocks = jax.vmap(jax.jacrev(reprojection))(sights(cameras, points, camera, point, weights), measured)
    return blocks, jax.vmap(jax.grad(lambda w: 1 - w * w))(weights)


def ba_objective(input):
    return bundle_errors, bundle(input)


def ba_jacobian(input):
    return bundle_slopes, bundle(input), by_columns


def by_columns(blocks, weights):
    """An array for each column of the blocks, and two of zeros, for what was measured."""
    return [*np.moveaxis(blocks, 2, 0), *np.zeros((2, *blocks.shape[:2])), weights]


def matrix(rows):
    return jnp.stack([jnp.stack(r, -1) for r in rows], -2)


def turn(axis):
    angle = jnp.sqrt(jnp.dot(axis, axis))
    x, y, z = v = axis / angle
    zero = jnp.zeros(())
    cross = matrix([[zero, -z, y], [z, zero, -x], [-y, x, zero]])
    along = jnp.outer(v, v)
    turned = jnp.cos(angle) * (jnp.eye(3) - along) + along + jnp.sin(angle) * cross
    return jnp.where(angle < 1e-4, jnp.eye(3), turned)


BENT_X = np.array([2 + 4 * f + k for f in range(5) for k in (0, 1, 2)])
ANGLE_X = np.array([6 + 4 * f + k for f in range(5) for k in (0, 2, 3)])
BENT_Z, ANGLE_Z = 2 + 4 * np.arange(5), 7 + 4 * np.arange(5)


def distances(input):
    model = input["data"]["model"]
    parents, mirrored = model["parents"], model["is_mirrored"]
    corners = np.array(input["data"]["correspondences"])
    if input["us"]:
        corners = np.array(model["triangles"])[corners]
    arrays = [array(input["theta"]), array(input["us"]), array(model["base_relatives"]), array(model["inverse_base_absolutes"])]
    arrays += [array(model["base_positions"]), array(model["weights"]), array(input["data"]["points"])]

    def f(theta, places, relatives, inverses, positions, weights, points):
        x = jnp.zeros(len(parents)).at[BENT_X].set(theta[ANGLE_X])
        z = jnp.zeros(len(parents)).at[BENT_Z].set(theta[ANGLE_Z])
        cx, sx, cz, sz = jnp.cos(x), jnp.sin(x), jnp.cos(z), jnp.sin(z)
        zero, one = jnp.zeros_like(x), jnp.ones_like(x)
        bends = matrix([[cz, -sz * cx, sz * sx, zero], [sz, cz * cx, -cz * sx, zero], [zero, sx, cx, zero], [zero, zero, zero, one]])
        relative, bones = relatives @ bends, []
        for i, parent in enumerate(parents):
            bones.append(bones[parent] @ relative[i] if parent >= 0 else relative[i])
        bones = (jnp.stack(bones) @ inverses)[:, :3]
        at = jnp.einsum("vb,bij,vj->vi", weights, bones, positions)
        if mirrored:
            at = at * np.array([-1, 1, 1])
        at = (at @ turn(theta[:3]).T + theta[3:6])[corners]
        if places.size:
            at = jnp.einsum("nc,nci->ni", jnp.concatenate([places, 1 - jnp.sum(places, 1, keepdims=True)], 1), at)
        return points - at

    return f, arrays


def ht_objective(input):
    return distances(input)


def ht_jacobian(input):
    f, args = distances(input)

    def jacobian(theta, places, *rest):
        columns = jax.jacfwd(f)(theta, places, *rest)
        if places.size:
            n = len(places)
            push = lambda d: jax.jvp(lambda p: f(theta, p, *rest), (places,), (jnp.broadcast_to(d, (n, 2)),))[1]
            columns = jnp.concatenate([jax.vmap(push, out_axes=2)(jnp.eye(2)), columns], 2)
        return columns.reshape(3 * len(columns), -1)

    return jacobian, args


def argmin(f, start, grad):
    """Descends: the step doubles after ten successes, and is halved after a failure."""
    slope_of = grad(f)

    def near(x):
        return jnp.linalg.norm(jax.lax.stop_gradient(x)) <= 1e-5

    def stop(s):
        return (*s[:5], True)

    def resize(factor):
        return lambda s: (*s[:3], s[3] * factor, 0, s[5])

    def attempt(s):
        x, value, slope, step, successes, done = s
        following = x - step * slope
        value_there = f(following)
        succeed = lambda s: (following, value_there, slope_of(following), step, successes + 1, done)
        return jax.lax.cond(value_there < value, succeed, resize(0.5), s)

    def move(s):
        return jax.lax.cond(near(s[3] * s[2]), stop, attempt, s)

    def body(s):
        go = lambda s: jax.lax.cond(s[4] == 10, resize(2.0), move, s)
        return jax.lax.cond(near(s[2]), stop, go, s)

    first = (start, f(start), slope_of(start), 1e-5, 0, False)
    return jax.lax.while_loop(lambda s: ~s[5], body, first)[0]


def landing(w, grad, dt=0.1):
    charges = jnp.array([[10.0, 10], [10, 0]]) + w * jnp.array([[0.0, -1], [0, 0]])
    pull = grad(lambda x: jnp.sum(1 / jnp.sqrt(jnp.sum((x - charges) ** 2, 1))))

    def step(s):
        x, v, _ = s
        return x + dt * v, v - dt * pull(x), v

    first = jnp.array([0.0, 8]), jnp.array([0.75, 0]), jnp.array([0.75, 0])
    x, _, before = jax.lax.while_loop(lambda s: s[0][1] > 0, step, first)
    return x[0] - x[1] / before[1] * before[0]


def charge(outer, inner):
    return lambda w: argmin(lambda w: landing(w, inner) ** 2, w, outer)


def saddle_point(outer, inner):
    def f(x, y):
        return jnp.dot(x, x) - jnp.dot(y, y)

    def find(start):
        argmax = lambda x: argmin(lambda y: -f(x, y), start, inner)
        x = argmin(lambda x: f(x, argmax(x)), start, outer)
        return jnp.concatenate([x, argmax(x)])

    return find


def refused(input):
    return None, "no reverse mode through while_loop"


particle_ff = of(charge(jax.jacfwd, jax.jacfwd), "w")
particle_fr = of(charge(jax.jacfwd, jax.grad), "w")
particle_rf = particle_rr = refused
saddle_ff = of(saddle_point(jax.jacfwd, jax.jacfwd), "start")
saddle_fr = of(saddle_point(jax.jacfwd, jax.grad), "start")
saddle_rf = saddle_rr = refused
