"""Works in PyTorch: functions that make a call ready in one of its ways, which are in torch_ways."""

import importlib
import json

import torch
import torch._inductor.config

import inputs
import peer

torch.set_default_dtype(torch.float64)


def version():
    return torch.__version__


def load(order):
    module, name = order["work"].split(".")
    work = getattr(importlib.import_module("torch_" + module), name, None)
    if work is None:
        raise NotImplementedError("not written")
    if module == "first" and order["way"] == "torch.compile":
        return First(work, order)
    if "text" in order:
        call = work(order["way"], json.loads(order["text"]))
    else:
        call = work(order["way"], *[torch.tensor(a) for a in inputs.read(order)])
    shown = getattr(call, "shown", lambda *result: result)
    return peer.Call(call, None, lambda result: arrays(shown(*result) if isinstance(result, tuple) else result))


def arrays(result):
    if isinstance(result, torch.Tensor):
        result = [result]
    return [a.detach().double().numpy().ravel() for a in result]


class First:
    """A gradient from nothing: each time the function is compiled anew, with the caches off, and called once."""

    def __init__(self, work, order):
        self.work, self.way = work, order["way"]
        self.args = [torch.tensor(a) for a in inputs.read(order)]
        self.once()

    def once(self):
        with torch._inductor.config.patch(force_disable_caches=True):
            self.last = self.work(self.way, *self.args)()

    def time(self, n, clock):
        start = clock()
        for _ in range(n):
            self.once()
        return clock() - start

    def result(self):
        return arrays(self.last)
