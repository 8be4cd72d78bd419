"""Networks as callers give them: layers in order, activations, trained layers."""
from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import as_array
from ._errors import DataError
from ._session import integer

Layer = tuple[NDArray[np.float64], "NDArray[np.float64] | None"]


def _named(arrays: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Layers in order, of names such as W1, b1 or 0.weight, 0.bias or layers.2.weight."""
    weights: dict[int, Any] = {}
    biases: dict[int, Any] = {}
    patterns = set()
    for name, value in arrays.items():
        short = re.fullmatch(r"([WwBb])(\d{1,9})", name)
        long = re.fullmatch(r"(?:(.*?)(\d{1,9})(\D*)\.)?(weight|bias)", name)
        if short:
            pattern, number, is_bias = "W#", int(short[2]), short[1] in "Bb"
        elif long:
            pattern = f"{long[1] or ''}#{long[3] or ''}"
            number, is_bias = int(long[2] or 0), long[4] == "bias"
        else:
            raise DataError(f"{name!r} names no layer; W1, b1, W2, ... or 0.weight, 0.bias, 2.weight, ... do")
        patterns.add(pattern)
        known = biases if is_bias else weights
        if number in known:
            raise DataError(f"{name!r} is a second array of layer {number}")
        known[number] = value
    if len(patterns) > 1:
        raise DataError(f"the names {', '.join(map(repr, arrays))} tell no chain of layers")
    if set(biases) - set(weights):
        raise DataError(f"there is a bias without a weight of layer {min(set(biases) - set(weights))}")
    return [(weights[number], biases.get(number)) for number in sorted(weights)]


_ACTIVATIONS = {"ReLU": "relu", "Identity": "identity"}


def _of_modules(net: Any) -> tuple[list[tuple[Any, Any]], str | None]:
    """Of an nn.Sequential: its linear layers, and the activation between them."""
    layers, found, expects_linear = [], set(), True
    for module in net:
        kind = type(module).__name__
        if kind == "Linear":
            if not expects_linear:
                found.add("identity")
            layers.append((module.weight, module.bias))
            expects_linear = False
        elif kind in ("ReLU", "LeakyReLU", "Identity") and not expects_linear:
            found.add(f"leaky:{float(module.negative_slope)!r}" if kind == "LeakyReLU" else _ACTIVATIONS[kind])
            expects_linear = True
        else:
            raise TypeError(f"a module of {kind} is not ranked; Linear with ReLU, LeakyReLU or Identity between are")
    if layers and expects_linear:
        raise TypeError("the last module is an activation; the output must be that of a Linear")
    if len(found) > 1:
        raise TypeError(f"activations {', '.join(sorted(found))} differ from layer to layer")
    return layers, found.pop() if found else None


def layers_of(net: Any) -> tuple[list[Layer], str | None]:
    activation = None
    if isinstance(net, (str, os.PathLike)):
        path = os.fspath(net)
        if os.path.isdir(path):
            net = {name[:-4]: np.load(os.path.join(path, name)) for name in sorted(os.listdir(path))
                   if name.endswith(".npy")}
        elif path.endswith(".safetensors"):
            try:
                from safetensors.numpy import load_file
            except ImportError:
                raise ImportError(f"{path}: safetensors is not installed; a .npz file needs nothing") from None
            net = load_file(path)
        else:
            loaded = np.load(path)
            if not isinstance(loaded, np.lib.npyio.NpzFile):
                raise DataError(f"{path} is one array; a .npz file or a folder of .npy files is needed")
            with loaded:
                net = dict(loaded)
    if isinstance(net, Mapping):
        pairs = _named(net)
    elif hasattr(net, "state_dict"):
        pairs, activation = _of_modules(net)
    elif isinstance(net, Sequence):
        pairs = [(pair[0], pair[1]) if isinstance(pair, tuple) and len(pair) == 2 else (pair, None) for pair in net]
    else:
        raise TypeError(f"net is of {type(net).__name__}; an nn.Sequential, a state_dict, a list of (W, b), a dict of "
                        "arrays or a path is needed")
    layers: list[Layer] = []
    below = None
    for index, (weight, bias) in enumerate(pairs, start=1):
        matrix = np.ascontiguousarray(as_array(weight, f"W{index}"), np.float64)
        vector = None if bias is None else np.ascontiguousarray(as_array(bias, f"b{index}"), np.float64)
        if matrix.ndim != 2 or matrix.shape[0] < 1 or below not in (None, matrix.shape[1]):
            raise DataError(f"W{index} has shape {matrix.shape}; (units, {'inputs' if below is None else below}) is needed")
        if vector is not None and vector.shape != (matrix.shape[0],):
            raise DataError(f"b{index} has shape {vector.shape}; ({matrix.shape[0]},) is needed")
        if not np.isfinite(matrix).all() or vector is not None and not np.isfinite(vector).all():
            raise DataError(f"layer {index}: a number is not finite")
        layers.append((matrix, vector))
        below = matrix.shape[0]
    if not layers:
        raise DataError("the network has no layers")
    return layers, activation


def activation_of(text: str) -> tuple[int, int, float]:
    """Kind, exponent and slope, of relu, identity, leaky:SLOPE or power:R."""
    name, _, value = text.partition(":")
    try:
        if text in ("relu", "identity"):
            return (0 if text == "relu" else 2), 0, 0.0
        if name == "leaky" and np.isfinite(float(value)):
            return 1, 0, float(value)
        if name == "power" and 1 <= int(value) <= 1000:
            return 3, int(value), 0.0
    except ValueError:
        pass
    raise ValueError(f"activation is {text!r}; relu, leaky:SLOPE, identity, power:R (R from 1 to 1000)")


def trained_flags(trained: str | Sequence[int], count: int) -> list[bool]:
    if isinstance(trained, str):
        if trained not in ("all", "hidden"):
            raise ValueError(f"trained is {trained!r}; all, hidden or layers from 1 to {count}")
        flags = [trained == "all" or index < count - 1 for index in range(count)]
    else:
        numbers = {integer(number, "trained", 1, count) for number in trained}
        flags = [index + 1 in numbers for index in range(count)]
    if not any(flags):
        raise ValueError("no layer is trained: the Jacobian has no columns")
    return flags
