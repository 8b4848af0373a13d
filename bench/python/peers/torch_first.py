"""Functions that are differentiated from nothing, which is no other work than later calls are."""

import torch

import torch_physics
import torch_scans
from torch_ways import gradient


def thousand_equations(x):
    s, t, u, v = x.unbind()
    for _ in range(142):
        s = s * u + t
        t = torch.sin(t) - s * v
        u = 0.9 * (u + t)
    return s * t


def perceptron_loss(w1, b1, w2, b2, w3, b3, x, y):
    h = torch.tanh(x @ w1 + b1)
    h = torch.tanh(h @ w2 + b2)
    return torch.mean((h @ w3 + b3 - y) ** 2)


thousand = gradient(thousand_equations)
pendulum = gradient(torch_physics.pendulum_energy)
perceptron = gradient(perceptron_loss, range(6))
swing = torch_scans.swing_1000
