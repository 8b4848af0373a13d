"""Loops of many steps, in reverse mode: see scans.go."""

import torch

from torch_ways import gradient


def swing_end(x, steps, h=0.01):
    q, p, rate = x.unbind()
    for _ in range(steps):
        p = p - h * rate * torch.sin(q)
        q = q + h * p
    return q * q + p * p


def chain_end(q, steps):
    h = 10 / steps
    p = torch.zeros_like(q)
    for _ in range(steps):
        stretch = torch.roll(q, -1) - q
        force = stretch + 0.3 * stretch**3
        p = p + h * (force - torch.roll(force, 1) - torch.sin(q))
        q = q + h * p
    return torch.sum(q**4) + torch.sum(p * p)


def network_loss(w, u, b, x):
    h, loss = torch.zeros(x.shape[1], len(w)), 0
    for now in x:
        h = torch.tanh(h @ w + now @ u + b)
        loss = loss + torch.sum(h * h)
    return loss / len(x)


swing_1000 = gradient(lambda x: swing_end(x, 1000))
swing_100000 = gradient(lambda x: swing_end(x, 100000))
chain_1000 = gradient(lambda q: chain_end(q, 1000))
network = gradient(network_loss, (0, 1, 2))


def chain_100000(way, q):
    raise NotImplementedError("its tape takes gigabytes")
