"""The procedure of the published experiment, written anew from its description; runs in .venv-bench, asked by lines of
JSON on standard input.

    {"ask": "time", "cells": [[d0, n, d1], ...], "threads": T}    -> seconds of one draw of each, wall
    {"ask": "check", "cells": ..., "trial": t}                    -> ranks of our own samples: exact, float64, float32

A draw: a fresh network by torch.nn's initialisation, standard normal inputs, the Jacobian by all its weights through
autograd (jacrev of the whole batch), float32, torch.linalg.matrix_rank. Without PyTorch the same by NumPy, the
Jacobian written down instead of differentiated: quicker than the original.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python"))
sys.dont_write_bytecode = True
import numpy as np

from fullrank import backend

try:
    import torch
except ImportError:
    torch = None


class Torch:
    name = f"PyTorch {torch.__version__}" if torch else ""

    def threads(self, count):
        torch.set_num_threads(count)

    def draw(self, d0, n, d1):
        network = torch.nn.Sequential(torch.nn.Linear(d0, d1), torch.nn.ReLU(), torch.nn.Linear(d1, 1, bias=False))
        try:
            return self.rank(network, torch.randn(n, d0))
        except torch.linalg.LinAlgError:  # LAPACK's iteration gave up, seldom: it took its time, and has no answer
            return -1

    def rank(self, network, inputs):
        parameters = dict(network.named_parameters())
        by_parameter = torch.func.jacrev(lambda p: torch.func.functional_call(network, p, (inputs,)))(parameters)
        jacobian = torch.cat([j.reshape(len(inputs), -1) for j in by_parameter.values()], dim=1)
        return int(torch.linalg.matrix_rank(jacobian))

    def rank_of(self, inputs, weights, biases, precision):
        d1, d0 = weights.shape
        network = torch.nn.Sequential(torch.nn.Linear(d0, d1), torch.nn.ReLU(), torch.nn.Linear(d1, 1, bias=False))
        network = network.to(torch.float64)
        with torch.no_grad():
            network[0].weight.copy_(torch.from_numpy(weights))
            network[0].bias.copy_(torch.from_numpy(biases))
        kind = torch.float64 if precision == "float64" else torch.float32
        return self.rank(network.to(kind), torch.from_numpy(inputs).to(kind))


class NumPy:
    name = f"NumPy {np.__version__} in place of PyTorch"

    def __init__(self):
        self.random = np.random.default_rng(0)

    def threads(self, count):
        pass

    def draw(self, d0, n, d1):
        bound = d0**-0.5
        return self.rank(self.random.standard_normal((n, d0), np.float32),
                         self.random.uniform(-bound, bound, (d1, d0)).astype(np.float32),
                         self.random.uniform(-bound, bound, d1).astype(np.float32))

    def rank(self, inputs, weights, biases):
        active = inputs @ weights.T + biases > 0
        extended = np.column_stack([inputs, np.ones(len(inputs), inputs.dtype)])
        return int(np.linalg.matrix_rank((active[:, :, None] * extended[:, None, :]).reshape(len(inputs), -1)))

    def rank_of(self, inputs, weights, biases, precision):
        return self.rank(*(array.astype(precision) for array in (inputs, weights, biases)))


def check(procedure, session, cells, trial):
    answers = []
    for d0, n, d1 in cells:
        inputs, weights, biases = session.samples(backend.Problem(n, d0, d1), trial)
        pivots, _ = session.rank_profiles(backend.Problem(n, d0, d1), 1, first_trial=trial)
        answers.append([int((pivots >= 0).sum())] +
                       [procedure.rank_of(inputs, weights, biases, kind) for kind in ("float64", "float32")])
    return answers


def main():
    procedure = Torch() if torch else NumPy()
    session = backend.Backend(sys.argv[1]).open()
    print(json.dumps({"procedure": procedure.name, "authors": bool(torch)}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["ask"] == "check":
            answer = check(procedure, session, asked["cells"], asked["trial"])
        else:
            procedure.threads(asked["threads"])
            answer = []
            for cell in asked["cells"]:
                start = time.perf_counter()
                procedure.draw(*cell)
                answer.append(time.perf_counter() - start)
        print(json.dumps(answer), flush=True)


main()
