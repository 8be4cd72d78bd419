"""Exact ranks of a caller's own network, where the library has them."""
from __future__ import annotations

import ctypes as c
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _primes
from . import _table as t
from ._errors import BackendUnavailable, DataError
from ._library import library
from ._arrays import as_array
from ._session import Progress, borrowed, check_outcome, integer

Layer = tuple[NDArray[np.float64], "NDArray[np.float64] | None"]


@dataclass(frozen=True)
class NetworkRank:
    """The exact rank of a network's Jacobian, and how far it is proved.

    Attributes
    ----------
    rank : int
        Modulo the primes: never too high.
    bound : int
        No weights of this architecture have a higher rank on these points.
    parameters : int
        Columns of the Jacobian: the trained parameters.
    rows : int
        Points times outputs.
    proved : bool
        The rank is the bound, or full: there is no chance of error.
    zero_preactivations : int
        Pre-activations that are exactly 0 at a kink; they count as inactive.
    chance_wrong : float
        The chance that the rank is too low; 0 if it is proved.
    primes : tuple of int
    """

    rank: int
    bound: int
    parameters: int
    rows: int
    proved: bool
    zero_preactivations: int
    chance_wrong: float
    primes: tuple[int, ...]


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


def _layers(net: Any) -> tuple[list[Layer], str | None]:
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


def _activation(text: str) -> tuple[int, int, float]:
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


def _trained(trained: str | Sequence[int], count: int) -> list[bool]:
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


def _fingerprint(points: NDArray[np.float64]) -> str:
    """The hash of shape and bits that draws the primes, as of the program."""
    function = library("cpu").loaded.fr_fingerprint
    function.restype, function.argtypes = c.c_uint64, [c.c_uint64, c.c_void_p, c.c_size_t]
    shape = np.array(points.shape, "<u8")
    bits = points.astype("<f8", copy=False)
    state = function(0xcbf29ce484222325, shape.ctypes.data, shape.nbytes)
    return f"{function(state, bits.ctypes.data, bits.nbytes):016x}"


def _content_seed(seed: int, content: bytes) -> int:
    state = _primes.mixed(seed ^ len(content))
    whole = len(content) & ~7
    for place in range(0, whole, 8):
        state = _primes.mixed(state ^ int.from_bytes(content[place:place + 8], "little"))
    for byte in content[whole:]:
        state = _primes.mixed(state ^ byte)
    return state


def network_rank(net: Any, X: ArrayLike, *, trained: str | Sequence[int] = "all", outputs: Sequence[int] | None = None,
                 activation: str | None = None, primes: int = 2, seed: int = 0, threads: int | None = None,
                 progress: Progress | None = None) -> NetworkRank:
    """Exact rank of the Jacobian of a network at data, by its trained parameters: its functional dimension there.

    The Jacobian is that of the real function: signs of pre-activations are exact through all layers, and no entry is
    rounded (docs/networks.md).

    Parameters
    ----------
    net : nn.Sequential, mapping of arrays (a state_dict), list of (W, b) or W, or path
        W has shape (units, inputs). A path is of a .npz file, of a folder of .npy files, or of a
        .safetensors file if safetensors is installed. Names are W1, b1, W2, ... or
        0.weight, 0.bias, 2.weight, ...
    X : array_like, shape (n, inputs)
    trained : {"all", "hidden"} or list of int
        Layers whose parameters have columns, from 1; "hidden" is all but the last.
    outputs : list of int, optional
        Those that have rows, from 0; all by default.
    activation : str, optional
        "relu", "leaky:SLOPE", "identity" or "power:R"; by default that of the modules, else "relu".
    primes, seed
        As of `rank`; the primes are drawn from the data.
    threads : int, optional
    progress : callable, optional

    Returns
    -------
    NetworkRank

    Raises
    ------
    BackendUnavailable
        This library has no networks of one's own.
    TypeError, ValueError, DataError, MemoryError

    Examples
    --------
    >>> import numpy as np, fullrank
    >>> net = [(np.eye(2), np.ones(2)), (np.ones((1, 2)), np.zeros(1))]
    >>> answer = fullrank.network_rank(net, np.arange(12.0).reshape(6, 2))
    >>> answer.rank, answer.parameters
    (2, 9)
    """
    layers, own = _layers(net)
    kind, exponent, slope = _activation(activation or own or "relu")
    points = np.ascontiguousarray(as_array(X, "X"), np.float64)
    points = points[:, None] if points.ndim == 1 else points
    width = layers[0][0].shape[1]
    if points.ndim != 2 or points.shape[1] != width:
        raise DataError(f"X has shape {points.shape}; (points, {width}) is needed")
    if not np.isfinite(points).all():
        raise DataError("X: a number is not finite")
    primes, seed = integer(primes, "primes", 1, 8), integer(seed, "seed", 0, (1 << 64) - 1)
    flags = _trained(trained, len(layers))
    most = layers[-1][0].shape[0] - 1
    chosen = None if outputs is None else np.array(sorted({integer(o, "outputs", 0, most) for o in outputs}), np.int64)
    if not library("cpu").function("network_ranks"):
        raise BackendUnavailable("this library has no networks of one's own")

    parts = [part.ravel() for layer in layers for part in layer if part is not None]
    parameters = np.concatenate(parts)
    rows = (t.NetworkLayer * len(layers))(*[
        t.NetworkLayer(len(weight), int(bias is not None), int(flag), kind, exponent, slope)
        for (weight, bias), flag in zip(layers, flags)])
    asked = t.Network(struct_size=c.sizeof(t.Network), inputs=width, layer_count=len(layers), layers=c.addressof(rows),
                      sets=1, parameters=parameters.ctypes.data, points=len(points), point_values=points.ctypes.data)
    if chosen is not None:
        asked.outputs, asked.output_count = chosen.ctypes.data, len(chosen)
    asked.kept = (rows, parameters, points, chosen)  # as long as a call may use their addresses
    work = float(len(points)) * parameters.size * min(len(points), parameters.size)
    drawn = _primes.drawn(_content_seed(seed, _fingerprint(points).encode()), primes + 1)

    tried: list[t.NetworkRankResult] = []
    with borrowed(threads=threads) as session:
        def ranked(prime: int) -> None:
            answer, outcome = t.NetworkRankResult(), c.c_int(0)
            session.call("network_ranks", asked, prime, answer, outcome,
                         work=work, progress=progress)
            check_outcome(outcome.value, "")
            tried.append(answer)

        ranked(drawn[0])
        for prime in drawn[1:primes] if tried[0].rank < tried[0].bound else []:
            ranked(prime)
        if len({answer.rank for answer in tried}) > 1:
            ranked(drawn[primes])
    best = max(tried, key=lambda answer: int(answer.rank))
    used = drawn[:len(tried)]
    proved = best.rank >= best.bound
    chance = 0.0
    if not proved:
        passed = 1.0
        for prime in used:
            passed *= best.rows / prime**2
        chance = _primes.shortfall_bound(best.bound, used) + passed
    return NetworkRank(best.rank, best.bound, best.columns, best.rows, proved, best.zeros, chance, tuple(used))
