"""The ways to a derivative in PyTorch. Each function here makes a work of a function f of tensors: given a way and
arguments, it returns what to call, or says that the way does not exist."""

import torch


def no_way(way):
    raise NotImplementedError("no " + way)


def leaves(args, by):
    """Arguments of which those numbered by are varied."""
    return [a.clone().requires_grad_() if i in by else a for i, a in enumerate(args)]


def compiled(f):
    torch._dynamo.reset()
    return torch.compile(f, fullgraph=True)


def value(f):
    def make(way, *args):
        g = {"PyTorch": lambda: f, "torch.compile": lambda: compiled(f)}.get(way, lambda: no_way(way))()
        return lambda: g(*args)

    return make


def gradient(f, by=(0,)):
    """The gradient by some arguments, by all if by is None."""

    def make(way, *args):
        which = tuple(range(len(args))) if by is None else by
        if way == "torch.func":
            g = torch.func.grad(f, argnums=which)
            return lambda: g(*args)
        g = {"PyTorch": lambda: f, "torch.compile": lambda: compiled(f)}.get(way, lambda: no_way(way))()
        args = leaves(args, which)
        varied = [args[i] for i in which]
        return lambda: torch.autograd.grad(g(*args), varied)

    return make


def value_and_gradient(f, by=None):
    def make(way, *args):
        which = tuple(range(len(args))) if by is None else by
        if way == "torch.func":
            g = torch.func.grad_and_value(f, argnums=which)

            def call():
                slopes, y = g(*args)
                return (y, *slopes)

            return call
        g = {"PyTorch": lambda: f, "torch.compile": lambda: compiled(f)}.get(way, lambda: no_way(way))()
        args = leaves(args, which)
        varied = [args[i] for i in which]

        def call():
            y = g(*args)
            return (y, *torch.autograd.grad(y, varied))

        return call

    return make


def gradients_of_points(f):
    """The gradient of a function at each row of points. f is written so that it takes many points at once, too."""

    def make(way, points):
        if way == "torch.func":
            g = torch.func.vmap(torch.func.grad(f))
            return lambda: g(points)
        return gradient(lambda x: f(x).sum())(way, points)

    return make


def hessian_product(f):
    """The product of the Hessian at the first argument with the last."""

    def make(way, x, *rest):
        *constants, v = rest
        g = lambda x: f(x, *constants)
        if way == "torch.func":
            slope = torch.func.grad(g)
            return lambda: torch.func.jvp(slope, (x,), (v,))[1]
        if way != "PyTorch":
            no_way(way)
        x = x.clone().requires_grad_()

        def call():
            (slope,) = torch.autograd.grad(g(x), x, create_graph=True)
            return torch.autograd.grad(slope, x, v)

        return call

    return make


def hessian(f):
    """The Hessian by the first argument: row by row, or all rows in one batch."""

    def make(way, x, *constants):
        g = lambda x: f(x, *constants)
        if way == "torch.func":
            h = torch.func.hessian(g)
            return lambda: h(x)
        if way != "PyTorch":
            no_way(way)
        return lambda: torch.autograd.functional.hessian(g, x)

    return make


def jacobian(f, by=(0,)):
    """The Jacobian by few inputs: one batch of tangents, or row by row in reverse mode, which nobody would do here."""

    def make(way, *args):
        if way != "torch.func":
            raise NotImplementedError("no forward mode of many tangents without torch.func")
        j = torch.func.jacfwd(f, argnums=by)
        return lambda: j(*args)

    return make
