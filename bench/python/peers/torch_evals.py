"""The evals of GradBench. Each takes a way and an input as the suite has it and returns what to call."""

import math

import torch

import torch_ways
from torch_ways import no_way


def tensor(x):
    return torch.tensor(x, dtype=torch.float64)


def value(f, *names):
    """f of parts of the input."""
    return lambda way, input: torch_ways.value(f)(way, *[tensor(input[n]) for n in names])


def gradient(f, *names, by=(0,)):
    return lambda way, input: torch_ways.gradient(f, by)(way, *[tensor(input[n]) for n in names])


def hello_square(way, x):
    return torch_ways.value(torch.square)(way, tensor(x))


def hello_double(way, x):
    return torch_ways.gradient(torch.square)(way, tensor(x))


def log_sum_exp(x):
    largest = torch.max(x)
    return largest + torch.log(torch.sum(torch.exp(x - largest)))


lse_primal = value(log_sum_exp, "x")
lse_gradient = gradient(log_sum_exp, "x")


def misfit(n):
    t = torch.linspace(-1, 1, n)

    def f(x):
        y = torch.zeros_like(t)
        for c in x.flip(0).unbind():
            y = torch.addcmul(c, y, t)
        return 0.5 * torch.sum((torch.sign(t) - y) ** 2)

    return f


def llsq_primal(way, input):
    return torch_ways.value(misfit(input["n"]))(way, tensor(input["x"]))


def llsq_gradient(way, input):
    return torch_ways.gradient(misfit(input["n"]))(way, tensor(input["x"]))


def kmeans(centroids, points):
    squares = torch.sum(centroids**2, 1) - 2 * points @ centroids.T
    nearest = torch.argmin(squares, 1)
    return torch.sum((points - centroids[nearest]) ** 2)


kmeans_cost = value(kmeans, "centroids", "points")


def kmeans_dir(way, input):
    centroids, points = tensor(input["centroids"]).requires_grad_(), tensor(input["points"])
    ones = torch.ones_like(centroids)

    def call():
        (slope,) = torch.autograd.grad(kmeans(centroids, points), centroids, create_graph=True)
        (curvature,) = torch.autograd.grad(slope, centroids, ones)
        return slope / curvature

    return call


def posterior(alpha, l, mu, q, x, gamma, m):
    (n, d), k = x.shape, len(alpha)
    columns, rows = torch.triu_indices(d, d, 1)
    roots = torch.diag_embed(torch.exp(q))
    roots[:, rows, columns] = l
    z = torch.einsum("kij,nj->nki", roots, x) - torch.einsum("kij,kj->ki", roots, mu)
    logs = alpha + torch.sum(q, 1) - 0.5 * torch.sum(z**2, 2)
    likelihood = torch.sum(torch.logsumexp(logs, 1)) - n * torch.logsumexp(alpha, 0) - 0.5 * n * d * math.log(2 * math.pi)
    freedom = m + d + 1
    constant = freedom * d * (torch.log(gamma) - 0.5 * math.log(2)) - torch.special.multigammaln(0.5 * freedom, d)
    squares = torch.sum(torch.exp(q) ** 2) + torch.sum(l**2)
    return likelihood + k * constant - 0.5 * gamma**2 * squares + m * torch.sum(q)


def mixture(input):
    l = tensor(input["l"]).reshape(input["k"], -1)
    return [tensor(input["alpha"]), l] + [tensor(input[n]) for n in ["mu", "q", "x", "gamma", "m"]]


def gmm_objective(way, input):
    return torch_ways.value(posterior)(way, *mixture(input))


def gmm_jacobian(way, input):
    return torch_ways.gradient(posterior, (0, 1, 2, 3))(way, *mixture(input))


def memory_loss(main, extra, state, sequence):
    b = extra.shape[1]
    weights = [[gate.unbind() for gate in w.unbind()] for w in main.reshape(-1, 2, 4, b).unbind()]
    states, (entry_weight, out_weight, out_bias) = [s.unbind() for s in state.reshape(-1, 2, b).unbind()], extra.unbind()
    predicted = []
    for now in sequence[:-1]:
        y = now * entry_weight
        for i, ((forget, entry, out, change), (forget0, entry0, out0, change0)) in enumerate(weights):
            hidden, cell = states[i]
            forgotten = torch.sigmoid(torch.addcmul(forget0, y, forget))
            entered = torch.sigmoid(torch.addcmul(entry0, hidden, entry))
            shown = torch.sigmoid(torch.addcmul(out0, y, out))
            cell = cell * forgotten + entered * torch.tanh(torch.addcmul(change0, hidden, change))
            y = shown * torch.tanh(cell)
            states[i] = y, cell
        predicted.append(y)
    y = torch.stack(predicted) * out_weight + out_bias
    gains = sequence[1:] * (y - torch.log(2 + torch.sum(torch.exp(y), 1, keepdim=True)))
    return -torch.sum(gains) / gains.numel()


MEMORY = "main_params", "extra_params", "state", "sequence"
lstm_objective = value(memory_loss, *MEMORY)


def lstm_jacobian(way, input):
    call = gradient(memory_loss, *MEMORY, by=(0, 1))(way, input)

    def joined():
        main, extra = call()
        return torch.cat([main.ravel(), extra.ravel()])

    return joined


def integrate(steps):
    h = 2 / steps

    def f(x):
        one, y = torch.ones(1), torch.zeros_like(x)

        def rate(y):
            return x * torch.cat([one, y[:-1]])

        for _ in range(steps):
            k1 = rate(y)
            k2 = rate(y + h / 2 * k1)
            k3 = rate(y + h / 2 * k2)
            k4 = rate(y + h * k3)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return y

    return f


def ode_primal(way, input):
    return torch_ways.value(integrate(input["s"]))(way, tensor(input["x"]))


def ode_gradient(way, input):
    f = integrate(input["s"])
    return torch_ways.gradient(lambda x: f(x)[-1])(way, tensor(input["x"]))


def laplace(a):
    """All minors of a size at once, as a batch."""
    n = a.shape[-1]
    if n == 1:
        return a[..., 0, 0]
    columns = torch.tensor([[k for k in range(n) if k != j] for j in range(n)])
    minors = laplace(a[..., 1:, columns].movedim(-2, -3))
    return torch.sum((-1) ** torch.arange(n) * a[..., 0, :] * minors, -1)


def det_primal(way, input):
    return torch_ways.value(laplace)(way, tensor(input["A"]).reshape(input["ell"], -1))


def det_gradient(way, input):
    return torch_ways.gradient(laplace)(way, tensor(input["A"]).reshape(input["ell"], -1))


def rotate(axis, x):
    square = torch.sum(axis * axis, -1, keepdim=True)
    turned = square != 0
    angle = torch.sqrt(torch.where(turned, square, 1))
    v = axis / angle
    sin, cos = torch.sin(angle), torch.cos(angle)
    along = v * (torch.sum(v * x, -1, keepdim=True) * (1 - cos))
    return torch.where(turned, x * cos + torch.linalg.cross(v, x) * sin + along, x + torch.linalg.cross(axis, x))


def reprojection(p, measured):
    """The errors of observations, by the camera's eleven numbers, the point's three and the weight, all in one array."""
    rotation, center, focus, principal, distortion, point, weight = torch.split(p, [3, 3, 1, 2, 2, 3, 1], -1)
    x = rotate(rotation, point - center)
    flat = x[..., :2] / x[..., 2:]
    r = torch.sum(flat * flat, -1, keepdim=True)
    seen = flat * (1 + distortion[..., :1] * r + distortion[..., 1:] * r * r) * focus + principal
    return weight * (seen - measured)


def bundle(input):
    n, m, p = input["n"], input["m"], input["p"]
    all = torch.arange(p)
    cameras, points = tensor(input["cam"]).repeat(n, 1), tensor(input["x"]).repeat(m, 1)
    weights = tensor(input["w"]).repeat(p)
    return cameras, points, all % n, all % m, weights, tensor(input["feat"]).repeat(p, 1)


def ba_objective(way, input):
    if way != "PyTorch":
        no_way(way)
    cameras, points, camera, point, weights, measured = bundle(input)

    def call():
        p = torch.cat([cameras[camera], points[point], weights[:, None]], 1)
        return reprojection(p, measured), 1 - weights**2

    return call


def ba_jacobian(way, input):
    cameras, points, camera, point, weights, measured = bundle(input)
    if way not in ["PyTorch", "torch.func"]:
        no_way(way)
    by_observation = torch.func.vmap(torch.func.jacrev(reprojection))

    def call():
        p = torch.cat([cameras[camera], points[point], weights[:, None]], 1)
        w = weights.detach().requires_grad_()
        slopes = torch.autograd.grad(torch.sum(1 - w * w), w)
        if way == "torch.func":
            return by_observation(p, measured), *slopes
        p.requires_grad_()
        errors = reprojection(p, measured)
        rows = [torch.autograd.grad(torch.sum(errors[:, k]), p, retain_graph=k == 0)[0] for k in (0, 1)]
        return torch.stack(rows, 1), *slopes

    call.shown = by_columns
    return call


def by_columns(blocks, weights):
    """An array for each column of the blocks, and two of zeros, for what was measured."""
    nothing = torch.zeros(blocks.shape[:2])
    return [*blocks.unbind(2), nothing, nothing, weights]


def matrix(rows):
    return torch.stack([torch.stack(r, -1) for r in rows], -2)


def turn(axis):
    angle = torch.sqrt(torch.dot(axis, axis))
    v = axis / angle
    x, y, z = v.unbind()
    zero = torch.zeros(())
    cross = matrix([[zero, -z, y], [z, zero, -x], [-y, x, zero]])
    along = torch.outer(v, v)
    turned = torch.cos(angle) * (torch.eye(3) - along) + along + torch.sin(angle) * cross
    return torch.where(angle < 1e-4, torch.eye(3), turned)


BENT_X = torch.tensor([2 + 4 * f + k for f in range(5) for k in (0, 1, 2)])
ANGLE_X = torch.tensor([6 + 4 * f + k for f in range(5) for k in (0, 2, 3)])
BENT_Z, ANGLE_Z = 2 + 4 * torch.arange(5), 7 + 4 * torch.arange(5)


def distances(input):
    model = input["data"]["model"]
    parents, mirrored = model["parents"], model["is_mirrored"]
    corners = torch.tensor(input["data"]["correspondences"])
    if input["us"]:
        corners = torch.tensor(model["triangles"])[corners]
    relatives, inverses = tensor(model["base_relatives"]), tensor(model["inverse_base_absolutes"])
    positions, weights, points = tensor(model["base_positions"]), tensor(model["weights"]), tensor(input["data"]["points"])

    def f(theta, places):
        none = torch.zeros(len(parents))
        x = none.index_put((BENT_X,), theta[ANGLE_X])
        z = none.index_put((BENT_Z,), theta[ANGLE_Z])
        cx, sx, cz, sz = torch.cos(x), torch.sin(x), torch.cos(z), torch.sin(z)
        zero, one = torch.zeros_like(x), torch.ones_like(x)
        bends = matrix([[cz, -sz * cx, sz * sx, zero], [sz, cz * cx, -cz * sx, zero], [zero, sx, cx, zero], [zero, zero, zero, one]])
        relative, bones = relatives @ bends, []
        for i, parent in enumerate(parents):
            bones.append(bones[parent] @ relative[i] if parent >= 0 else relative[i])
        bones = (torch.stack(bones) @ inverses)[:, :3]
        at = torch.einsum("vb,bij,vj->vi", weights, bones, positions)
        if mirrored:
            at = at * torch.tensor([-1.0, 1, 1])
        at = (at @ turn(theta[:3]).T + theta[3:6])[corners]
        if places.numel():
            at = torch.einsum("nc,nci->ni", torch.cat([places, 1 - torch.sum(places, 1, keepdim=True)], 1), at)
        return points - at

    return f, tensor(input["theta"]), tensor(input["us"])


def ht_objective(way, input):
    if way != "PyTorch":
        no_way(way)
    f, theta, places = distances(input)
    return lambda: f(theta, places)


def ht_jacobian(way, input):
    if way != "torch.func":
        no_way(way)
    f, theta, places = distances(input)
    by_theta = torch.func.jacfwd(f, 0)
    push = lambda d: torch.func.jvp(lambda p: f(theta, p), (places,), (d.expand(len(places), 2),))[1]
    by_places, directions = torch.func.vmap(push, out_dims=2), torch.eye(2)

    def call():
        columns = by_theta(theta, places)
        if places.numel():
            columns = torch.cat([by_places(directions), columns], 2)
        return columns.reshape(3 * len(columns), -1)

    return call


def argmin(f, x):
    """Descends: the step doubles after ten successes, and is halved after a failure. f gives a tensor, by which x is to
    be found; what is found depends on what f does."""
    slope_of = lambda x: reverse(f, x)
    value, slope, step, successes = f(x), slope_of(x), 1e-5, 0
    while slope.detach().norm() > 1e-5:
        if successes == 10:
            step, successes = 2 * step, 0
            continue
        if (step * slope).detach().norm() <= 1e-5:
            break
        following = x - step * slope
        there = f(following)
        if there < value:
            x, value, slope, successes = following, there, slope_of(following), successes + 1
        else:
            step, successes = step / 2, 0
    return x


def reverse(f, x):
    """The gradient, which may be differentiated again if x is being."""
    again = x.requires_grad
    x = x if again else x.detach().requires_grad_()
    return torch.autograd.grad(f(x), x, create_graph=again)[0]


def landing(w, dt=0.1):
    charges = torch.tensor([[10.0, 10], [10, 0]]) + w * torch.tensor([[0.0, -1], [0, 0]])
    potential = lambda x: torch.sum(1 / torch.sqrt(torch.sum((x - charges) ** 2, 1)))
    x, v = torch.tensor([0.0, 8]), torch.tensor([0.75, 0])
    while x[1] > 0:
        at = x if x.requires_grad else x.detach().requires_grad_()
        (pull,) = torch.autograd.grad(potential(at), at, create_graph=w.requires_grad)
        x, v, before = x + dt * v, v - dt * pull, v
    return x[0] - x[1] / before[1] * before[0]


def particle_rr(way, input):
    w = tensor(input["w"])
    return lambda: argmin(lambda w: landing(w) ** 2, w)


def saddle_rr(way, input):
    start = tensor(input["start"])

    def f(x, y):
        return torch.dot(x, x) - torch.dot(y, y)

    def call():
        argmax = lambda x: argmin(lambda y: -f(x, y), start)
        x = argmin(lambda x: f(x, argmax(x)), start)
        return torch.cat([x, argmax(x)])

    return call


def only_reverse(way, input):
    raise NotImplementedError("only rr is written: its autograd is reverse")


particle_ff = particle_fr = particle_rf = saddle_ff = saddle_fr = saddle_rf = only_reverse
