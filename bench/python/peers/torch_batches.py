"""Small functions at many points, Hessians, and derivatives of derivatives: see batches.go and orders.go."""

import torch

from torch_physics import acceleration, pendulum_energy
from torch_table import rosenbrock_value
from torch_ways import gradients_of_points, hessian, no_way

pendulums = gradients_of_points(pendulum_energy)
rosenbrock = hessian(rosenbrock_value)


def curvatures(way, x):
    if way != "torch.func":
        no_way(way)
    h = torch.func.vmap(torch.func.hessian(pendulum_energy))
    return lambda: h(x)


def motions(way, x):
    if way != "torch.func":
        no_way(way)
    f = torch.func.vmap(acceleration)
    return lambda: f(x)


def misfit(w, x, y):
    return torch.mean(torch.nn.functional.softplus(-y * (x @ w), threshold=1000)) + 0.01 * torch.dot(w, w)


def cluster_energy(x):
    places = x.reshape(-1, 3)
    d = places[:, None] - places
    self = torch.eye(len(places))
    s = (1 / (torch.sum(d * d, 2) + self)) ** 3
    return 2 * torch.sum((s * s - s) * (1 - self))


logistic = hessian(misfit)
cluster = hessian(cluster_energy)


def wave(x):
    return torch.exp(torch.sin(x)) * torch.tanh(x)


def order(n):
    def make(way, x):
        if way == "torch.func":
            f = wave
            for _ in range(n):
                f = torch.func.grad(f)
            return lambda: f(x)
        if way != "PyTorch":
            no_way(way)
        x = x.clone().requires_grad_()

        def call():
            y = wave(x)
            for k in range(n):
                (y,) = torch.autograd.grad(y, x, create_graph=k < n - 1)
            return y

        return call

    return make


order_1, order_2, order_3, order_4, order_5, order_6 = [order(n) for n in range(1, 7)]
