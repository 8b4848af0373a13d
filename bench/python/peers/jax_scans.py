"""Loops of many steps, in reverse mode: see scans.go."""

import jax
import jax.numpy as jnp


def swing_end(x, steps, h=0.01):
    def step(_, s):
        q, p = s
        p = p - h * x[2] * jnp.sin(q)
        return q + h * p, p

    q, p = jax.lax.fori_loop(0, steps, step, (x[0], x[1]))
    return q * q + p * p


def chain_end(q, steps):
    h = 10 / steps

    def step(_, s):
        q, p = s
        stretch = jnp.roll(q, -1) - q
        force = stretch + 0.3 * stretch**3
        p = p + h * (force - jnp.roll(force, 1) - jnp.sin(q))
        return q + h * p, p

    q, p = jax.lax.fori_loop(0, steps, step, (q, jnp.zeros_like(q)))
    return jnp.sum(q**4) + jnp.sum(p * p)


def network_loss(weights, x):
    w, u, b = weights

    def step(h, x):
        h = jnp.tanh(h @ w + x @ u + b)
        return h, jnp.sum(h * h)

    return jnp.mean(jax.lax.scan(step, jnp.zeros((x.shape[1], len(w))), x)[1])


def swing_1000(x):
    return jax.grad(swing_end)(x, 1000)


def swing_100000(x):
    return jax.grad(swing_end)(x, 100000)


def chain_1000(q):
    return jax.grad(chain_end)(q, 1000)


def chain_100000(q):
    return jax.grad(chain_end)(q, 100000)


def network(w, u, b, x):
    return jax.grad(network_loss)((w, u, b), x)
