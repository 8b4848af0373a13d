"""Works in PyTorch: functions that make a call ready in one of its ways, which are in torch_ways."""

import importlib
import json

import torch

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
