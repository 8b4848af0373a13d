"""What the table against C has: see table.go. Numbers that C takes together are one array."""

import jax
import jax.numpy as jnp
import numpy as np


def bodies_energy(x, mass):
    places = x.reshape(-1, 3)
    d = places[:, None] - places
    self = jnp.eye(len(places))
    pairs = mass[:, None] * mass * (1 - self) / jnp.sqrt(jnp.sum(d * d, 2) + self)
    return -0.5 * jnp.sum(pairs)


bodies = jax.grad(bodies_energy)


def bodies_product(x, mass, v):
    return jax.jvp(lambda x: bodies(x, mass), (x,), (v,))[1]


def rosenbrock_value(x):
    head, tail = x[:-1], x[1:]
    return jnp.sum(100 * (tail - head**2) ** 2 + (1 - head) ** 2)


rosenbrock = jax.grad(rosenbrock_value)


def adam(x, mean, square, gradient):
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    scale = jnp.sqrt(square / (1 - 0.999**10)) + 1e-8
    return x - 1e-3 / (1 - 0.9**10) * mean / scale, mean, square


def lotka_step(p, u, h=0.01):
    def rate(u):
        x, y = u
        return jnp.stack([p[0] * x - p[1] * x * y, p[2] * x * y - p[3] * y])

    k1 = rate(u)
    k2 = rate(u + h / 2 * k1)
    k3 = rate(u + h / 2 * k2)
    k4 = rate(u + h * k3)
    return u + h / 6 * (k1 + k4 + 2 * (k2 + k3))


def lotka_misfit(p, start, observed):
    def step(u, observed):
        u = lotka_step(p, u)
        return u, jnp.sum((u - observed) ** 2)

    return jnp.sum(jax.lax.scan(step, start, observed)[1])


def lotka(p, start, observed):
    return tuple(jax.grad(lotka_misfit)(p, start, observed.reshape(-1, 2)))


def lotka_trajectory(args):
    def step(u, _):
        u = lotka_step(args[2:], u)
        return u, u

    return jax.lax.scan(step, args[:2], length=1000)[1]


def lotka_jacobian(p, start):
    return jax.jacfwd(lotka_trajectory)(jnp.concatenate([start, p]))


def waves_value(x, a, b, c):
    return jnp.sum(jnp.tanh(a * x + b) * c - jnp.exp(-(x**2)))


def waves(x, abc):
    value, slopes = jax.value_and_grad(waves_value, (0, 1, 2, 3))(x, *abc)
    return value, *slopes


def product_nn(a, b):
    return a @ b


def product_tn(a, b):
    return a.T @ b


def product_nt(a, b):
    return a @ b.T


def product_tt(a, b):
    return a.T @ b.T


CHARGES, MASSES = np.array([[1], [-1.5]]), np.array([[1.0], [2]])


def sensors_read(start, grid):
    def rate(s):
        at, velocity = s
        d = at - at[::-1]
        force = CHARGES * CHARGES[::-1] * d / jnp.sqrt(jnp.sum(d * d, 1, keepdims=True)) ** 3
        return velocity, force / MASSES

    def along(s, h, k):
        return s[0] + h * k[0], s[1] + h * k[1]

    def step(s, _, h=0.02):
        k1 = rate(s)
        k2 = rate(along(s, h / 2, k1))
        k3 = rate(along(s, h / 2, k2))
        k4 = rate(along(s, h, k3))
        sums = [a + d + 2 * (b + c) for a, b, c, d in zip(k1, k2, k3, k4)]
        return along(s, h / 6, sums), None

    (at, _), _ = jax.lax.scan(step, (start[:4].reshape(2, 2), start[4:].reshape(2, 2)), length=100)
    d = grid.reshape(-1, 1, 2) - at
    return jnp.sum(CHARGES[:, 0] / jnp.sqrt(jnp.sum(d * d, 2) + 0.2**2), 1)


sensors = jax.jacfwd(sensors_read)


def perceptron_loss(weights, x, labels):
    w1, b1, w2, b2 = weights
    logits = jax.nn.relu(x @ w1 + b1) @ w2 + b2
    return -jnp.mean(jnp.sum(labels * jax.nn.log_softmax(logits), 1))


def perceptron(x, w1, b1, w2, b2, labels):
    return jax.grad(perceptron_loss)((w1, b1, w2, b2), x, labels)


def ten(x, y, z):
    s = x * y + z
    t = x * z - 0.5 * y
    u = s * t + z * z
    return u * s + 1
