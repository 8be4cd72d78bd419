#!/usr/bin/env python3
"""Makes the files of this folder: networks of PyTorch's nn.Sequential, of 1 to 5 layers, in float32 and float64, saved as
.npz, .safetensors and folders of .npy, the data points, and in expected.json their ranks by Scripts/check/networks, which
shares no code with fullrank. Needs torch, numpy and safetensors; python-flint makes it quicker.

Usage: Tests/FullrankCommandTests/Networks/make.py
"""
import importlib.machinery
import importlib.util
import json
import os
import shutil

import numpy as np
import torch
from safetensors.torch import save_file

here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, "..", "..", "..", "Scripts", "check", "networks")
loader = importlib.machinery.SourceFileLoader("networks", path)
spec = importlib.util.spec_from_loader("networks", loader)
check = importlib.util.module_from_spec(spec)
loader.exec_module(check)

WIDTHS = [[3, 2], [3, 4, 1], [3, 4, 3, 2], [3, 5, 4, 3, 1], [3, 4, 4, 3, 3, 2]]


class Plain:
    """A state_dict as Scripts/check/networks takes a network."""

    def __init__(self, state):
        self.weights = [value.tolist() for name, value in state.items() if name.endswith("weight")]
        self.biases = [value.tolist() for name, value in state.items() if name.endswith("bias")]


def main():
    torch.manual_seed(0)
    points = torch.randn(40, 3, dtype=torch.float64)
    np.save(os.path.join(here, "inputs.npy"), points.numpy())
    expected = {"torch": torch.__version__}
    for widths in WIDTHS:
        for kind in [torch.float32, torch.float64]:
            layers = []
            for inputs, units in zip(widths, widths[1:]):
                layers += [torch.nn.Linear(inputs, units, dtype=kind), torch.nn.ReLU()]
            state = torch.nn.Sequential(*layers[:-1]).state_dict()
            name = f"layers-{len(widths) - 1}-{str(kind)[6:]}"
            arrays = {key: value.numpy() for key, value in state.items()}
            np.savez(os.path.join(here, name + ".npz"), **arrays)
            save_file(state, os.path.join(here, name + ".safetensors"))
            if (len(widths) % 2 == 0) == (kind == torch.float64):
                folder = os.path.join(here, name)
                shutil.rmtree(folder, ignore_errors=True)
                os.mkdir(folder)
                for key, value in arrays.items():
                    np.save(os.path.join(folder, key + ".npy"), value)
            rows, zeros = check.jacobian(
                Plain(state), points.tolist(), "relu", set(range(len(widths) - 1)), range(widths[-1]))
            expected[name] = {"widths": widths, "parameters": len(rows[0]), "rank": check.rank(rows)}
    with open(os.path.join(here, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
