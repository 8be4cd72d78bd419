"""Random networks by the sampling contract (docs/sampling.md): one trial's arrays, and rank profiles of many."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _primes
from . import _table as t
from ._errors import DataError
from ._arrays import MOST, as_array
from ._session import Progress, Session, borrowed, check_outcome, integer, require_memory

# Of one call: results fit into so many numbers, and progress is told between calls, too.
_BATCH_NUMBERS = 1 << 24


class _Question:
    """A problem as the library takes it, with the arrays that it points to."""

    def __init__(self, d0: Any, n: Any, d1: Any, seed: Any, bias: bool, inputs: Any, init: str,
                 patterns: str | None) -> None:
        kinds = [name for name in t.WEIGHTS if name in ("uniform", "he-uniform", "normal")]
        if init not in kinds:
            raise ValueError(f"init is {init!r}; {', '.join(kinds)}")
        if patterns not in (None, "init", "bernoulli", "regions"):
            raise ValueError(f"patterns is {patterns!r}; init, bernoulli, regions")
        self.given: NDArray[np.float64] | None = None
        if not isinstance(inputs, str):
            given = as_array(inputs, "inputs")
            given = given[:, None] if given.ndim == 1 else given
            if given.ndim != 2:
                raise DataError(f"inputs have shape {given.shape}; (points, d0) is needed")
            d0 = given.shape[1] if d0 is None else d0
            n = given.shape[0] if n is None else n
            if integer(d0, "d0", 0, MOST) != given.shape[1] or integer(n, "n", 0, MOST) > given.shape[0]:
                raise DataError(f"inputs have shape {given.shape}, and n = {n}, d0 = {d0} are asked for")
            self.given = np.ascontiguousarray(given[:n], np.float64)
            if not np.isfinite(self.given).all():
                raise DataError("inputs: a number is not finite")
        elif inputs not in t.INPUTS or inputs == "given":
            raise ValueError(f"inputs is {inputs!r}; normal, uniform, cube or an array of shape (points, d0)")
        if d0 is None or n is None:
            raise TypeError("d0 and n are needed unless inputs are given")
        self.n, self.d0, self.d1 = (integer(value, name, 0, MOST)
                                    for value, name in ((n, "n"), (d0, "d0"), (d1, "d1")))
        self.bias = bool(bias)
        self.k = self.d0 + self.bias
        if self.k == 0:
            raise ValueError("d0 is 0 and there is no bias: the Jacobian has no columns")
        self.seed = integer(seed, "seed", 0, (1 << 64) - 1)
        self.drawn_weights = patterns in (None, "init")
        self.problem = t.Problem(
            self.n, self.d0, self.d1, self.seed, int(self.bias), t.INPUTS["given" if self.given is not None else inputs],
            t.WEIGHTS[init if self.drawn_weights else str(patterns)])
        if self.given is not None:
            self.problem.given_inputs = self.given.ctypes.data
            self.problem.kept = self.given

    def require(self) -> None:
        require_memory(8.0 * self.n * min(self.n, self.d1 * self.k) / 2, f"the elimination of {self.n} rows")

    def prime(self, prime: int | None) -> int:
        """The given one, or a sweep's of this seed."""
        if prime is None:
            return _primes.drawn(self.seed, 1)[0]
        if not _primes.is_prime(integer(prime, "prime", 3, t.LARGEST_PRIME)):
            raise ValueError(f"prime is {prime}, which is not a prime")
        return int(prime)

    def work(self) -> float:
        r = min(self.n, self.d1 * self.k)
        return float(r) * r * (self.n - 2 * r / 3) + float(self.n) * self.d0 * self.d1


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
    asked = _Question(d0, n, d1, seed, bias, inputs, init, patterns)
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


def _batches(first: int, trials: int, numbers: int) -> list[tuple[int, int]]:
    size = max(1, _BATCH_NUMBERS // max(1, numbers))
    return [(start, min(size, first + trials - start)) for start in range(first, first + trials, size)]


def _share(progress: Progress | None, begun: int, count: int, trials: int) -> Progress | None:
    if progress is None:
        return None
    return lambda share: progress((begun + share * count) / trials)


class _Bar:
    """tqdm's bar as a progress callback, where it is installed."""

    def __init__(self, trials: int) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            self.bar = None
            return
        self.bar = tqdm(total=trials, unit="trial")
        self.trials = trials

    def __call__(self, share: float) -> None:
        if self.bar is not None:
            self.bar.update(int(share * self.trials) - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


class _Watched:
    """The caller's progress: a function, or True for tqdm's bar."""

    def __init__(self, progress: Progress | bool | None, trials: int) -> None:
        self.bar = _Bar(trials) if progress is True else None
        self.progress: Progress | None = self.bar or (None if isinstance(progress, bool) else progress)

    def __enter__(self) -> Progress | None:
        return self.progress

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()


def rank_profiles(*, d0: int | None = None, n: int | None = None, d1: int, trials: int, first_trial: int = 0,
                  seed: int = 0, bias: bool = True, inputs: str | ArrayLike = "normal", init: str = "uniform",
                  patterns: str | None = None, prime: int | None = None, backend: str = "cpu",
                  threads: int | None = None, progress: Progress | bool | None = None) -> NDArray[np.int64]:
    """Rank profiles of many random networks' Jacobians modulo a prime, on all cores.

    Runs without the interpreter's lock; Ctrl-C ends it soon. ``fullrank sweep`` takes the same prime of the seed and
    records these pivots in trials.jsonl, of some sweeps only their columns (docs/file-formats.md).

    Parameters
    ----------
    d0, n, d1, seed, bias, inputs, init, patterns
        As of `trial`.
    trials, first_trial : int
        How many trials, and the first one's number.
    prime : int, optional
        An odd prime from 3 to 8388593; by default the one of the seed, between 2**22 and 2**23.
    backend : {"cpu", "cuda"}
    threads : int, optional
        All that the process may use by default. Answers do not depend on it.
    progress : callable or True, optional
        Called with the share that is done, from 0 to 1; True shows tqdm's bar where tqdm is installed.

    Returns
    -------
    ndarray of int64, shape (trials, n)
        Entry j is the column of the Jacobian whose pivot lies in row j, or -1. The first n' points and d1' units have
        rank ``((0 <= p[:n']) & (p[:n'] < d1' * k)).sum()``.

    Raises
    ------
    ValueError, TypeError, DataError, MemoryError, BackendUnavailable

    Examples
    --------
    >>> import fullrank
    >>> pivots = fullrank.rank_profiles(d0=2, n=8, d1=4, trials=100)
    >>> pivots.shape
    (100, 8)
    >>> int(((pivots >= 0).sum(axis=1) == 8).sum())   # of full rank
    39
    """
    asked = _Question(d0, n, d1, seed, bias, inputs, init, patterns)
    count = integer(trials, "trials", 0, MOST)
    first = integer(first_trial, "first_trial", 0, (1 << 56) - 1 - count)
    require_memory(8.0 * count * asked.n, "rank profiles")
    asked.require()
    pivots, outcomes = np.full((count, asked.n), -1, np.int64), np.zeros(count, np.int32)
    modulus = asked.prime(prime)
    with _Watched(progress, count) as told, borrowed(backend, threads) as session:
        for start, size in _batches(first, count, asked.n):
            at = start - first
            session.call("rank_profiles", asked.problem, modulus, start, size, pivots[at:],
                         outcomes[at:], work=asked.work() * size, progress=_share(told, at, size, count))
    for wrong in np.flatnonzero(outcomes != t.COMPUTED):
        check_outcome(int(outcomes[wrong]), f"trial {first + int(wrong)}: ")
    return pivots


@dataclass(frozen=True)
class ColumnProfile:
    """Which columns hold pivots.

    Attributes
    ----------
    columns : ndarray of int64, shape (rank,)
        Ascending. The first d1' units have rank ``(columns < d1' * k).sum()``, for all n points.
    proved : bool
        Over the rationals, with no chance of error; else it is the profile modulo a prime.
    """

    columns: NDArray[np.int64]
    proved: bool


def column_profiles(*, d0: int | None = None, n: int | None = None, d1: int, trials: int, first_trial: int = 0,
                    seed: int = 0, bias: bool = True, inputs: str | ArrayLike = "normal", init: str = "uniform",
                    patterns: str | None = None, prime: int | None = None, backend: str = "cpu",
                    threads: int | None = None, progress: Progress | bool | None = None) -> list[ColumnProfile]:
    """Columns with pivots of many random networks' Jacobians: much quicker than `rank_profiles` where n is large.

    Parameters
    ----------
    d0, n, d1, trials, first_trial, seed, bias, inputs, init, patterns, prime, backend, threads, progress
        As of `rank_profiles`.

    Returns
    -------
    list of ColumnProfile, one for each trial

    Raises
    ------
    ValueError, TypeError, DataError, MemoryError, BackendUnavailable

    Examples
    --------
    >>> import fullrank
    >>> profiles = fullrank.column_profiles(d0=4, n=20, d1=8, trials=3)
    >>> [len(profile.columns) for profile in profiles]
    [20, 20, 20]
    """
    asked = _Question(d0, n, d1, seed, bias, inputs, init, patterns)
    count = integer(trials, "trials", 0, MOST)
    first = integer(first_trial, "first_trial", 0, (1 << 56) - 1 - count)
    require_memory(8.0 * count * asked.n, "column profiles")
    pivots = np.full((count, asked.n), -1, np.int64)
    proofs, outcomes = np.zeros(count, np.uint8), np.zeros(count, np.int32)
    modulus = asked.prime(prime)
    with _Watched(progress, count) as told, borrowed(backend, threads) as session:
        if not session.has("column_profiles"):
            asked.require()
        for start, size in _batches(first, count, asked.n):
            at, told_here = start - first, _share(told, start - first, size, count)
            if session.has("column_profiles"):
                session.call("column_profiles", asked.problem, modulus, start, size, pivots[at:],
                             proofs[at:], outcomes[at:], work=asked.work() * size,
                             progress=told_here)
            else:
                session.call("rank_profiles", asked.problem, modulus, start, size, pivots[at:],
                             outcomes[at:], work=asked.work() * size, progress=told_here)
    for wrong in np.flatnonzero(outcomes != t.COMPUTED):
        check_outcome(int(outcomes[wrong]), f"trial {first + int(wrong)}: ")
    return [ColumnProfile(np.sort(row[row >= 0]), bool(proof)) for row, proof in zip(pivots, proofs)]


def column_profile(*, d0: int | None = None, n: int | None = None, d1: int, seed: int = 0, trial: int = 0,
                   bias: bool = True, inputs: str | ArrayLike = "normal", init: str = "uniform",
                   patterns: str | None = None, prime: int | None = None, backend: str = "cpu",
                   threads: int | None = None) -> ColumnProfile:
    """Columns with pivots of one random network's Jacobian.

    Parameters
    ----------
    d0, n, d1, seed, trial, bias, inputs, init, patterns
        As of `trial`.
    prime, backend, threads
        As of `rank_profiles`.

    Returns
    -------
    ColumnProfile

    Raises
    ------
    ValueError, TypeError, DataError, MemoryError, BackendUnavailable

    Examples
    --------
    >>> import fullrank
    >>> fullrank.column_profile(d0=1, n=4, d1=2).columns
    array([0, 1, 2, 3])
    """
    return column_profiles(d0=d0, n=n, d1=d1, trials=1, first_trial=trial, seed=seed, bias=bias, inputs=inputs,
                           init=init, patterns=patterns, prime=prime, backend=backend, threads=threads)[0]
