"""What the table against C has: see table.go. Numbers that C takes together are one array."""

import torch

from torch_ways import gradient, hessian_product, jacobian, value, value_and_gradient


def bodies_energy(x, mass):
    places = x.reshape(-1, 3)
    d = places[:, None] - places
    self = torch.eye(len(places))
    pairs = mass[:, None] * mass * (1 - self) / torch.sqrt(torch.sum(d * d, 2) + self)
    return -0.5 * torch.sum(pairs)


def rosenbrock_value(x):
    head, tail = x[:-1], x[1:]
    return torch.sum(100 * (tail - head**2) ** 2 + (1 - head) ** 2)


def adam_step(x, mean, square, gradient):
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    scale = torch.sqrt(square / (1 - 0.999**10)) + 1e-8
    return x - 1e-3 / (1 - 0.9**10) * mean / scale, mean, square


def lotka_step(p, u, h=0.01):
    def rate(u):
        x, y = u.unbind()
        return torch.stack([p[0] * x - p[1] * x * y, p[2] * x * y - p[3] * y])

    k1 = rate(u)
    k2 = rate(u + h / 2 * k1)
    k3 = rate(u + h / 2 * k2)
    k4 = rate(u + h * k3)
    return u + h / 6 * (k1 + k4 + 2 * (k2 + k3))


def lotka(way, p, start, observed):
    observed = observed.reshape(-1, 2)

    def misfit(a, b, d, g):
        p, u, all = (a, b, d, g), start, []
        for _ in observed:
            u = lotka_step(p, u)
            all.append(u)
        return torch.sum((torch.stack(all) - observed) ** 2)

    return gradient(misfit, None)(way, *p.unbind())


def lotka_jacobian(way, p, start):
    def trajectory(args):
        p, u, all = args[2:].unbind(), args[:2], []
        for _ in range(1000):
            u = lotka_step(p, u)
            all.append(u)
        return torch.stack(all)

    return jacobian(trajectory)(way, torch.cat([start, p]))


def waves_value(x, a, b, c):
    return torch.sum(torch.tanh(a * x + b) * c - torch.exp(-(x**2)))


def waves(way, x, abc):
    return value_and_gradient(waves_value)(way, x, *abc.unbind())


def sensors(way, start, grid):
    charges, masses = torch.tensor([[1], [-1.5]]), torch.tensor([[1.0], [2]])

    def rate(s):
        at, velocity = s
        d = at - at.flip(0)
        force = charges * charges.flip(0) * d / torch.sqrt(torch.sum(d * d, 1, keepdim=True)) ** 3
        return velocity, force / masses

    def along(s, h, k):
        return s[0] + h * k[0], s[1] + h * k[1]

    def step(s, h=0.02):
        k1 = rate(s)
        k2 = rate(along(s, h / 2, k1))
        k3 = rate(along(s, h / 2, k2))
        k4 = rate(along(s, h, k3))
        return along(s, h / 6, [a + d + 2 * (b + c) for a, b, c, d in zip(k1, k2, k3, k4)])

    def read(start):
        s = start[:4].reshape(2, 2), start[4:].reshape(2, 2)
        for _ in range(100):
            s = step(s)
        d = grid.reshape(-1, 1, 2) - s[0]
        return torch.sum(charges[:, 0] / torch.sqrt(torch.sum(d * d, 2) + 0.2**2), 1)

    return jacobian(read)(way, start)


def perceptron_loss(x, w1, b1, w2, b2, classes):
    hidden = torch.relu(torch.addmm(b1, x, w1))
    return torch.nn.functional.cross_entropy(torch.addmm(b2, hidden, w2), classes)


def perceptron(way, *args):
    *arrays, labels = args
    return gradient(perceptron_loss, (1, 2, 3, 4))(way, *arrays, labels.argmax(1))


def ten_operations(x, y, z):
    s = x * y + z
    t = x * z - 0.5 * y
    u = s * t + z * z
    return u * s + 1


bodies = gradient(bodies_energy)
bodies_product = hessian_product(bodies_energy)
rosenbrock = gradient(rosenbrock_value)
adam = value(adam_step)
product_nn = value(lambda a, b: a @ b)
product_tn = value(lambda a, b: a.T @ b)
product_nt = value(lambda a, b: a @ b.T)
product_tt = value(lambda a, b: a.T @ b.T)
ten = value(ten_operations)
