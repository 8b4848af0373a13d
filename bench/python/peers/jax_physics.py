"""Small functions of physics: see physics.go."""

import jax
import jax.numpy as jnp


def spring_energy(x):
    q, p = x
    return 0.5 * 2.5 * q * q + 0.5 * p * p / 1.3


def morse_potential(x):
    r, depth, width = x
    return depth * (1 - jnp.exp(-width * (r - 1.1))) ** 2


def gas_pressure(x):
    volume, temperature = x
    return 1.5 * 8.314 * temperature / (volume - 1.5 * 0.04) - 1.4 * 1.5**2 / volume**2


def pendulum_energy(x):
    a, b, va, vb = x
    kinetic = va * va + 0.5 * vb * vb + va * vb * jnp.cos(a - b)
    return kinetic - 9.8 * (2 * jnp.cos(a) + jnp.cos(b))


def pair_energy(x):
    d = x[:3] - x[3:]
    s = (1 / jnp.dot(d, d)) ** 3
    return 4 * (s * s - s)


def anomaly(x):
    mean, e = x
    a = mean
    for _ in range(6):
        a = a - (a - e * jnp.sin(a) - mean) / (1 - e * jnp.cos(a))
    return a


def satellite_energy(x):
    at, velocity = x[:3], x[3:]
    square = jnp.dot(at, at)
    flat = 1.08e-3 / square * (1.5 * at[2] ** 2 / square - 0.5)
    return 0.5 * jnp.dot(velocity, velocity) - (1 - flat) / jnp.sqrt(square)


def water_energy(x):
    o, h1, h2 = x.reshape(3, 3)
    a, b = h1 - o, h2 - o
    ra, rb = jnp.sqrt(jnp.dot(a, a)), jnp.sqrt(jnp.dot(b, b))
    bend = jnp.arccos(jnp.dot(a, b) / (ra * rb)) - 1.824
    return 0.5 * 1.06 * ((ra - 0.96) ** 2 + (rb - 0.96) ** 2) + 0.5 * 0.15 * bend**2


def trap_energy(x, charge):
    places = x.reshape(-1, 3)
    d = places[:, None] - places
    self = jnp.eye(len(places))
    pairs = charge[:, None] * charge * (1 - self) / jnp.sqrt(jnp.sum(d * d, 2) + self)
    return 0.5 * jnp.sum(pairs) + 0.5 * jnp.sum(x * x)


def ring_energy(x):
    return jnp.sum(1 - jnp.cos(x)) + 0.5 * 0.7 * jnp.sum((x - jnp.roll(x, 1)) ** 2)


def lagrangian(q, v):
    a, b = q
    va, vb = v
    return va * va + 0.5 * vb * vb + va * vb * jnp.cos(a - b) + 9.8 * (2 * jnp.cos(a) + jnp.cos(b))


def accelerations(x):
    q, v = x[:2], x[2:]
    mass = jax.hessian(lagrangian, 1)(q, v)
    turning = jax.jacfwd(jax.grad(lagrangian, 1), 0)(q, v)
    f = jax.grad(lagrangian, 0)(q, v) - turning @ v
    det = mass[0, 0] * mass[1, 1] - mass[0, 1] * mass[1, 0]
    return jnp.stack([mass[1, 1] * f[0] - mass[0, 1] * f[1], mass[0, 0] * f[1] - mass[1, 0] * f[0]]) / det


spring = jax.grad(spring_energy)
morse = jax.grad(morse_potential)
gas = jax.grad(gas_pressure)
pendulum = jax.grad(pendulum_energy)
pair = jax.grad(pair_energy)
kepler = jax.grad(anomaly)
satellite = jax.grad(satellite_energy)
water = jax.grad(water_energy)
trap = jax.grad(trap_energy)
ring = jax.grad(ring_energy)


def water_product(x, v):
    return jax.jvp(water, (x,), (v,))[1]
