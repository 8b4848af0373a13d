"""Small functions at many points, Hessians, and derivatives of derivatives: see batches.go and orders.go."""

import jax
import jax.numpy as jnp

from jax_physics import accelerations, pendulum_energy
from jax_table import rosenbrock_value

pendulums = jax.vmap(jax.grad(pendulum_energy))
curvatures = jax.vmap(jax.hessian(pendulum_energy))
motions = jax.vmap(accelerations)

rosenbrock = jax.hessian(rosenbrock_value)


def misfit(w, x, y):
    return jnp.mean(jax.nn.softplus(-y * (x @ w))) + 0.01 * jnp.dot(w, w)


def cluster_energy(x):
    places = x.reshape(-1, 3)
    d = places[:, None] - places
    self = jnp.eye(len(places))
    s = (1 / (jnp.sum(d * d, 2) + self)) ** 3
    return 2 * jnp.sum((s * s - s) * (1 - self))


logistic = jax.hessian(misfit)
cluster = jax.hessian(cluster_energy)


def wave(x):
    return jnp.exp(jnp.sin(x)) * jnp.tanh(x)


def order(n):
    f = wave
    for _ in range(n):
        f = jax.grad(f)
    return f


order_1, order_2, order_3, order_4, order_5, order_6 = [order(n) for n in range(1, 7)]
