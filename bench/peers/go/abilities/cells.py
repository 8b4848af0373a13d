"""The cells of JAX and PyTorch. Orders come on the standard input and answers go to the standard output, JSON a line each."""

import json
import re
import sys

AT = 0.5


def partly(note):
    def mark(f):
        f.note = note
        return f

    return mark


def absent(pattern, *modules):
    """A cell that looks through the names of modules."""

    def cell():
        found = [n for m in modules for n in dir(m) if re.search(pattern, n, re.I) and not n.startswith("_")]
        return ("?", found) if found else ("no", [])

    return cell


def jax_cells():
    import jax
    import jax.numpy as jnp
    from jax import lax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    point = jnp.array([AT, 2.0])

    def mixed(x):
        return x[0] * x[1] + jnp.sin(x[0])

    def three(x):
        return jnp.stack([x[0] * x[1], jnp.sin(x[0]), x[1] ** 2])

    def product(f, x, v):
        return jax.jvp(jax.grad(f), (jnp.array(x),), (jnp.array(v),))[1]

    @jax.custom_vjp
    def ruled(x):
        return x * x

    ruled.defvjp(lambda x: (x * x, x), lambda x, ct: (10 * x * ct,))

    def newton(x):
        return lax.while_loop(lambda y: abs(y * y - x) > 1e-12, lambda y: 0.5 * (y + x / y), x)

    def solver(f, x):
        return lax.fori_loop(0, 50, lambda _, x: x - f(x) / jax.grad(f)(x), x)

    def root(p):
        return lax.custom_root(lambda x: x**3 + x - p, 0.0, solver, lambda g, y: y / g(1.0))

    def sized(a):
        return jnp.sum(jnp.linalg.solve(jnp.array([[a, 1.0], [1.0, 3.0]]), jnp.array([1.0, 2.0])))

    def checked(f):
        try:
            check_grads(f, (jnp.array(3.0),), order=1, modes=["rev"])
            return True
        except AssertionError:
            return False

    @partly("an example library")
    def descent():
        from jax.example_libraries import optimizers

        start, update, get = optimizers.sgd(0.1)
        return [get(update(0, jax.grad(lambda x: x * x)(1.0), start(1.0)))]

    twice = {"x": AT, "y": 2.0}
    return jax.__version__, {
        "reverse": lambda: jax.grad(mixed)(point),
        "forward": lambda: [jax.jvp(mixed, (point,), (jnp.array([1.0, 2.0]),))[1]],
        "vjp": lambda: jax.vjp(lambda x: three(x)[:2], point)[1](jnp.array([3.0, 4.0]))[0],
        "second": lambda: [jax.grad(jax.grad(lambda x: x**3))(AT)],
        "third": lambda: [jax.grad(jax.grad(jax.grad(lambda x: x**4)))(AT)],
        "slices": lambda: product(lambda x: jnp.sum((x[1:] - x[:-1] ** 2) ** 2), [1.0, 2.0, 3.0], [1.0, 0.0, 0.0]),
        "product": lambda: product(lambda x: jnp.sum(x**3), [1.0, 2.0], [3.0, 4.0]),
        "jacobian": lambda: (jax.jacfwd(three)(point) + jax.jacrev(three)(point)).flatten() / 2,
        "vmap": lambda: jax.vmap(jax.grad(jnp.sin))(jnp.array([AT, 1.0])),
        "compile": lambda: jax.jit(jax.grad(mixed))(point),
        "loop": lambda: [jax.grad(lambda x: lax.fori_loop(0, 10, lambda _, y: x * y + 1, 1.0))(AT)],
        "while": lambda: [jax.grad(newton)(2.0)],
        "branch": lambda: jax.grad(lambda x: jnp.sum(jnp.where(x > 0, jnp.log(x), 0)))(jnp.array([0.0, 2.0])),
        "checkpoint": lambda: [jax.grad(lambda x: jnp.sin(jax.checkpoint(jnp.sin)(x)))(AT)],
        "custom": lambda: [jax.grad(ruled)(3.0)],
        "struct": lambda: jax.tree.leaves(jax.grad(lambda p: p["x"] * p["y"] + jnp.sin(p["x"]))(twice)),
        "solve": lambda: [jax.grad(sized)(2.0)],
        "implicit": lambda: [jax.grad(root)(2.0), jax.grad(jax.grad(root))(2.0)],
        "optimize": None,
        "network": descent,
        "check": lambda: [float(checked(lambda x: x * x) and not checked(ruled))],
        "float32": lambda: [jax.grad(lambda x: x * x)(jnp.float32(3))],
        "complex": lambda: [abs(jax.grad(lambda z: jnp.real(z * jnp.conj(z)))(3 + 4j))],
        "sparse": absent("sparse.*jac|jac.*sparse|colou?ring", jax, jax.experimental),
    }


def torch_cells():
    import torch
    from torch import func

    torch.set_default_dtype(torch.float64)
    t = torch.tensor
    point = t([AT, 2.0])

    def mixed(x):
        return x[0] * x[1] + torch.sin(x[0])

    def three(x):
        return torch.stack([x[0] * x[1], torch.sin(x[0]), x[1] ** 2])

    def product(f, x, v):
        return func.jvp(func.grad(f), (t(x),), (t(v),))[1]

    class Ruled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, ct):
            return 10 * ctx.saved_tensors[0] * ct

    def derivative(f, x):
        x = t(x, requires_grad=True)
        return [torch.autograd.grad(f(x), x)[0]]

    def horner(x):
        y = torch.ones(())
        for _ in range(10):
            y = x * y + 1
        return y

    def newton(x):
        y = x
        while abs(y * y - x) > 1e-12:
            y = 0.5 * (y + x / y)
        return y

    def checked(f):
        x = t(3.0, requires_grad=True)
        return torch.autograd.gradcheck(f, (x,), raise_exception=False)

    def single():
        x = t(3.0, dtype=torch.float32, requires_grad=True)
        return [torch.autograd.grad(x * x, x)[0]]

    def sized(a):
        m = torch.stack([torch.stack([a, t(1.0)]), t([1.0, 3.0])])
        return torch.linalg.solve(m, t([1.0, 2.0])).sum()

    def complexed():
        z = t(3 + 4j, requires_grad=True)
        return [abs(torch.autograd.grad((z * z.conj()).real, z)[0])]

    def descent():
        x = torch.ones((), requires_grad=True)
        (x * x).backward()
        torch.optim.SGD([x], lr=0.1).step()
        return [x]

    pair = {"x": t(AT), "y": t(2.0)}
    return torch.__version__, {
        "reverse": lambda: func.grad(mixed)(point),
        "forward": lambda: [func.jvp(mixed, (point,), (t([1.0, 2.0]),))[1]],
        "vjp": lambda: func.vjp(lambda x: three(x)[:2], point)[1](t([3.0, 4.0]))[0],
        "second": lambda: [func.grad(func.grad(lambda x: x**3))(t(AT))],
        "third": lambda: [func.grad(func.grad(func.grad(lambda x: x**4)))(t(AT))],
        "slices": lambda: product(lambda x: ((x[1:] - x[:-1] ** 2) ** 2).sum(), [1.0, 2.0, 3.0], [1.0, 0.0, 0.0]),
        "product": lambda: product(lambda x: (x**3).sum(), [1.0, 2.0], [3.0, 4.0]),
        "jacobian": lambda: (func.jacfwd(three)(point) + func.jacrev(three)(point)).flatten() / 2,
        "vmap": lambda: func.vmap(func.grad(torch.sin))(t([AT, 1.0])),
        "compile": lambda: torch.compile(func.grad(mixed))(point),
        "loop": partly("unrolled on the tape")(lambda: derivative(horner, AT)),
        "while": lambda: derivative(newton, 2.0),
        "branch": lambda: func.grad(lambda x: torch.where(x > 0, torch.log(x), t(0.0)).sum())(t([0.0, 2.0])),
        "checkpoint": lambda: derivative(
            lambda x: torch.sin(torch.utils.checkpoint.checkpoint(torch.sin, x, use_reentrant=False)), AT
        ),
        "custom": lambda: derivative(Ruled.apply, 3.0),
        "struct": lambda: list(func.grad(lambda p: p["x"] * p["y"] + torch.sin(p["x"]))(pair).values()),
        "solve": lambda: derivative(sized, 2.0),
        "implicit": absent("implicit|custom_root|fixed_point", torch, torch.autograd, torch.autograd.functional, func),
        "optimize": None,
        "network": descent,
        "check": lambda: [float(checked(lambda x: x * x) and not checked(Ruled.apply))],
        "float32": single,
        "complex": complexed,
        "sparse": absent("sparse.*jac|jac.*sparse|colou?ring", torch, torch.autograd, torch.autograd.functional, func),
    }


def answer(cells, key):
    f = cells[key]
    if f is None:
        return {"verdict": "-"}
    try:
        numbers = f()
        if isinstance(numbers, tuple) and isinstance(numbers[0], str):
            return {"verdict": numbers[0], "note": ", ".join(numbers[1])}
        return {"numbers": [float(n) for n in numbers], "note": getattr(f, "note", "")}
    except Exception as e:
        return {"error": str(e)}


def main():
    libraries = {}
    for line in sys.stdin:
        order = json.loads(line)
        name = order["library"]
        try:
            if name not in libraries:
                libraries[name] = {"jax": jax_cells, "torch": torch_cells}[name]()
            version, cells = libraries[name]
            reply = {"version": version} if order["key"] == "" else answer(cells, order["key"])
        except Exception as e:
            reply = {"missing": str(e)}
        text = json.dumps(reply)
        text = re.sub(r"\bNaN\b", '"NaN"', re.sub(r"-?Infinity", '"Inf"', text))
        print(text, flush=True)


main()
