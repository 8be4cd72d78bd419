"""One random network and its data by the sampling contract (docs/sampling.md)."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._questions import Question
from ._session import borrowed, check_outcome, integer, require_memory


@dataclass(frozen=True)
class Trial:
    """One random network and its data, as `fullrank export` writes them.

    Attributes
    ----------
    inputs : ndarray of float64, shape (n, d0)
    weights : ndarray of float64, shape (d1, d0), or None
        None where patterns are drawn without weights.
    biases : ndarray of float64, shape (d1,), or None
    pattern : ndarray of uint8, shape (d1, n)
        1 where the unit is active at the point: the exact sign of ``w @ x + b``; a tie is inactive.
    jacobian : ndarray of float64, shape (n, d1 * k)
        Column ``u * k + c`` is coordinate c of unit u, the bias last; k = d0 + 1 with biases, d0 without. Entries are
        inputs or 0, so it is exact.
    """

    inputs: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    biases: NDArray[np.float64] | None
    pattern: NDArray[np.uint8]
    jacobian: NDArray[np.float64]


def trial(*, d0: int | None = None, n: int | None = None, d1: int, seed: int = 0, trial: int = 0, bias: bool = True,
          inputs: str | ArrayLike = "normal", init: str = "uniform", patterns: str | None = None) -> Trial:
    """The numbers of one trial, bit for bit those of ``fullrank export`` with the same options.

    Parameters
    ----------
    d0, n, d1 : int
        Input dimension, points, hidden units; d0 and n are those of `inputs` where these are an array.
    seed, trial : int
        0 to 2**64 - 1, and 0 to 2**56 - 1.
    bias : bool
        Whether units have biases.
    inputs : {"normal", "uniform", "cube"} or array_like, shape (points, d0)
        How points are drawn, or the points; of an array the first n rows.
    init : {"uniform", "he-uniform", "normal"}
        How weights and biases are drawn.
    patterns : {"init", "bernoulli", "regions"}, optional
        Activation patterns of the weights, or drawn by themselves.

    Returns
    -------
    Trial

    Raises
    ------
    ValueError, TypeError
        An argument out of range, or of another type.
    DataError
        `inputs` with a NaN or of another shape.
    MemoryError

    Examples
    --------
    >>> import fullrank
    >>> one = fullrank.trial(d0=2, n=5, d1=3, seed=7)
    >>> one.jacobian.shape, one.pattern.dtype
    ((5, 9), dtype('uint8'))
    >>> bool((one.pattern == (one.weights @ one.inputs.T + one.biases[:, None] > 0)).all())
    True
    """
    asked = Question(d0, n, d1, seed, bias, inputs, init, patterns)
    number = integer(trial, "trial", 0, (1 << 56) - 1)
    n, d0, d1 = asked.n, asked.d0, asked.d1
    words = (n + 63) // 64
    require_memory(8.0 * (n * d0 + d1 * (d0 + 1) + d1 * words + float(n) * d1 * asked.k) + float(d1) * words * 64,
                   "the trial's arrays")
    points = np.zeros((n, d0))
    weights, biases = (np.zeros((d1, d0)), np.zeros(d1)) if asked.drawn_weights else (None, None)
    if not asked.bias:
        biases = None
    bits, jacobian = np.zeros((d1, words), np.uint64), np.zeros((n, d1 * asked.k))
    outcomes = np.zeros(1, np.int32)
    with borrowed() as session:
        if asked.given is not None:
            points = asked.given.copy()
        else:
            session.call("sample_inputs", asked.problem, number, points, work=float(n) * d0)
        if weights is not None:
            session.call("sample_weights", asked.problem, number, 0, d1, weights, biases,
                         work=float(d1) * d0)
        session.call("activation_patterns", asked.problem, number, 0, d1, bits, work=float(n) * d0 * d1)
        session.call("jacobians", asked.problem, 0, number, 1, jacobian, outcomes,
                     work=float(n) * asked.k * d1)
        check_outcome(int(outcomes[0]), f"trial {number}: ")
    little = bits.astype("<u8", copy=False).view(np.uint8)
    pattern = np.unpackbits(little.reshape(d1, words * 8), axis=1, bitorder="little")[:, :n] if n else np.zeros(
        (d1, 0), np.uint8)
    return Trial(points, weights, biases, np.ascontiguousarray(pattern), jacobian)
