"""Small functions of physics: see physics.go."""

import torch

from torch_ways import gradient, hessian_product, no_way


def spring_energy(x):
    q, p = x.unbind()
    return 0.5 * 2.5 * q * q + 0.5 * p * p / 1.3


def morse_potential(x):
    r, depth, width = x.unbind()
    return depth * (1 - torch.exp(-width * (r - 1.1))) ** 2


def gas_pressure(x):
    volume, temperature = x.unbind()
    return 1.5 * 8.314 * temperature / (volume - 1.5 * 0.04) - 1.4 * 1.5**2 / volume**2


def pendulum_energy(x):
    a, b, va, vb = x.unbind(-1)
    kinetic = va * va + 0.5 * vb * vb + va * vb * torch.cos(a - b)
    return kinetic - 9.8 * (2 * torch.cos(a) + torch.cos(b))


def pair_energy(x):
    d = x[:3] - x[3:]
    s = (1 / torch.dot(d, d)) ** 3
    return 4 * (s * s - s)


def anomaly(x):
    mean, e = x.unbind()
    a = mean
    for _ in range(6):
        a = a - (a - e * torch.sin(a) - mean) / (1 - e * torch.cos(a))
    return a


def satellite_energy(x):
    at, velocity = x[:3], x[3:]
    square = torch.dot(at, at)
    flat = 1.08e-3 / square * (1.5 * at[2] ** 2 / square - 0.5)
    return 0.5 * torch.dot(velocity, velocity) - (1 - flat) / torch.sqrt(square)


def water_energy(x):
    o, h1, h2 = x.reshape(3, 3).unbind()
    a, b = h1 - o, h2 - o
    ra, rb = torch.sqrt(torch.dot(a, a)), torch.sqrt(torch.dot(b, b))
    bend = torch.arccos(torch.dot(a, b) / (ra * rb)) - 1.824
    return 0.5 * 1.06 * ((ra - 0.96) ** 2 + (rb - 0.96) ** 2) + 0.5 * 0.15 * bend**2


def trap_energy(x, charge):
    places = x.reshape(-1, 3)
    d = places[:, None] - places
    self = torch.eye(len(places))
    pairs = charge[:, None] * charge * (1 - self) / torch.sqrt(torch.sum(d * d, 2) + self)
    return 0.5 * torch.sum(pairs) + 0.5 * torch.sum(x * x)


def ring_energy(x):
    return torch.sum(1 - torch.cos(x)) + 0.5 * 0.7 * torch.sum((x - torch.roll(x, 1)) ** 2)


def lagrangian(q, v):
    a, b = q.unbind()
    va, vb = v.unbind()
    return va * va + 0.5 * vb * vb + va * vb * torch.cos(a - b) + 9.8 * (2 * torch.cos(a) + torch.cos(b))


def acceleration(x):
    grad, jacfwd = torch.func.grad, torch.func.jacfwd
    q, v = x[:2], x[2:]
    by_v = grad(lagrangian, 1)
    mass = jacfwd(by_v, 1)(q, v)
    f = grad(lagrangian, 0)(q, v) - jacfwd(by_v, 0)(q, v) @ v
    det = mass[0, 0] * mass[1, 1] - mass[0, 1] * mass[1, 0]
    return torch.stack([mass[1, 1] * f[0] - mass[0, 1] * f[1], mass[0, 0] * f[1] - mass[1, 0] * f[0]]) / det


def accelerations(way, x):
    if way != "torch.func":
        no_way(way)
    return lambda: acceleration(x)


spring = gradient(spring_energy)
morse = gradient(morse_potential)
gas = gradient(gas_pressure)
pendulum = gradient(pendulum_energy)
pair = gradient(pair_energy)
kepler = gradient(anomaly)
satellite = gradient(satellite_energy)
water = gradient(water_energy)
trap = gradient(trap_energy)
ring = gradient(ring_energy)
water_product = hessian_product(water_energy)
