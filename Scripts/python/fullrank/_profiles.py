"""Rank profiles of the Jacobians of many random networks."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _table as t
from ._arrays import MOST
from ._questions import Question
from ._session import Progress, borrowed, check_outcome, integer, require_memory
from ._watching import Watched

# Of one call: results fit into so many numbers, and progress is told between calls, too.
_BATCH_NUMBERS = 1 << 24


def _run(name: str, asked: Question, prime: int | None, first: int, results: tuple[NDArray[Any], ...], backend: str,
         threads: int | None, progress: Progress | bool | None) -> None:
    """Fills `results`, each with a row for each trial from `first` on, in calls of so many numbers.

    The pivots come first. Where the library has no such function they are those of `rank_profiles`, which needs the
    memory of an elimination.
    """
    count = len(results[0])
    outcomes, modulus = np.zeros(count, np.int32), asked.prime(prime)
    size = max(1, _BATCH_NUMBERS // max(1, asked.n))
    with Watched(progress, count) as told, borrowed(backend, threads) as session:
        if not session.has(name):
            asked.require()
            name, results = "rank_profiles", results[:1]
        for begin in range(0, count, size):
            end = min(begin + size, count)

            def share(done: float, begin: int = begin, end: int = end) -> None:
                if told is not None:
                    told((begin + done * (end - begin)) / count)

            session.call(name, asked.problem, modulus, first + begin, end - begin,
                         *[result[begin:] for result in results], outcomes[begin:], work=asked.work() * (end - begin),
                         progress=share if told is not None else None)
    for wrong in np.flatnonzero(outcomes != t.COMPUTED):
        check_outcome(int(outcomes[wrong]), f"trial {first + int(wrong)}: ")


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
    asked = Question(d0, n, d1, seed, bias, inputs, init, patterns)
    count = integer(trials, "trials", 0, MOST)
    first = integer(first_trial, "first_trial", 0, (1 << 56) - 1 - count)
    require_memory(8.0 * count * asked.n, "rank profiles")
    asked.require()
    pivots = np.full((count, asked.n), -1, np.int64)
    _run("rank_profiles", asked, prime, first, (pivots,), backend, threads, progress)
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
    asked = Question(d0, n, d1, seed, bias, inputs, init, patterns)
    count = integer(trials, "trials", 0, MOST)
    first = integer(first_trial, "first_trial", 0, (1 << 56) - 1 - count)
    require_memory(8.0 * count * asked.n, "column profiles")
    pivots, proofs = np.full((count, asked.n), -1, np.int64), np.zeros(count, np.uint8)
    _run("column_profiles", asked, prime, first, (pivots, proofs), backend, threads, progress)
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
