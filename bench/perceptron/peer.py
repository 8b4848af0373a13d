"""The gradient by PyTorch. Orders come on the standard input and answers go to the standard output, JSON a line each."""

import json
import sys
import time

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def loss(x, classes, w1, b1, w2, b2):
    hidden = torch.relu(torch.addmm(b1, x, w1))
    return torch.nn.functional.cross_entropy(torch.addmm(b2, hidden, w2), classes)


def main():
    for line in sys.stdin:
        order = json.loads(line)
        answer = {}
        if order["do"] == "load":
            arrays = [torch.tensor(a).reshape(s) for a, s in zip(order["arrays"], order["shapes"])]
            x, weights = arrays[0], [w.requires_grad_() for w in arrays[1:]]
            classes = torch.tensor(order["classes"])
            answer["version"] = torch.__version__
        elif order["do"] == "time":
            clock = time.process_time if order["cpu"] else time.perf_counter
            start = clock()
            for _ in range(order["n"]):
                gradient = torch.autograd.grad(loss(x, classes, *weights), weights)
            answer["seconds"] = clock() - start
        elif order["do"] == "result":
            answer["arrays"] = [g.flatten().tolist() for g in gradient]
        print(json.dumps(answer), flush=True)


main()
