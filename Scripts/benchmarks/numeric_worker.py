"""One shape of the section 'numeric', in .venv-bench: LIBRARY D0 N D1 BATCH PRECISION ROUNDS; prints JSON.

Every method gets the same Jacobians of ours, a batch a call, and its ranks are compared with the exact ones in every
round. `differ` counts the matrices on which they are not the exact rank; a method whose ranks change from round to
round ends the program.
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

    torch.set_num_threads(1)
except ImportError:
    torch = None


def main():
    d0, n, d1, batch = map(int, sys.argv[2:6])
    precision, rounds = sys.argv[6], int(sys.argv[7])
    session = backend.Backend(sys.argv[1]).open(threads=1)
    problem = backend.Problem(n, d0, d1)
    matrices = session.jacobians(problem, batch).astype(precision)
    methods = {"fullrank": lambda: session.matrix_singular_values(matrices)[0]["rank"],
               "numpy": lambda: np.linalg.matrix_rank(matrices)}
    if torch is not None:
        tensor = torch.from_numpy(matrices)
        methods["torch"] = lambda: torch.linalg.matrix_rank(tensor).numpy()
    methods["exact"] = lambda: (session.rank_profiles(problem, batch)[0] >= 0).sum(axis=1)
    times, ranks = {name: [] for name in methods}, {name: method() for name, method in methods.items()}
    for _ in range(rounds):
        for name, method in methods.items():
            start = time.thread_time()
            answer = method()
            times[name].append((time.thread_time() - start) / batch)
            if (np.asarray(answer) != ranks[name]).any():
                sys.exit(f"the ranks of {name} differ from round to round")
    differ = {name: int((ranks[name] != ranks["exact"]).sum()) for name in methods if name != "exact"}
    print(json.dumps({"d0": d0, "n": n, "columns": matrices.shape[2], "batch": batch, "precision": precision,
                      "library": session.backend.version, **times, "differ": differ}))


main()
