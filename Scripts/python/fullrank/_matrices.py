"""Exact ranks of matrices."""
from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _primes
from ._errors import PrimeWarning
from ._session import Progress, Session, borrowed, integer
from ._stacks import Stack
from ._table import LARGEST_PRIME

# Of a stack of at least so many matrices some are tried first.
_SAMPLED, _SAMPLE = 512, 64


class _Ranks:
    """Ranks of a stack, and which of them are proved: those as high as a bound, by whatever prime.

    Attributes
    ----------
    highest : ndarray of int64, shape (batch,)
        The highest rank modulo a prime so far.
    open : ndarray of intp
        The matrices whose rank is not proved.
    """

    def __init__(self, stack: Stack, session: Session) -> None:
        self.stack, self.session = stack, session
        self.highest = np.zeros(stack.batch, np.int64)
        self.open = np.arange(stack.batch if min(stack.rows, stack.columns) else 0)

    def modulo(self, prime: int, which: NDArray[np.intp], progress: Progress | None = None) -> NDArray[np.int64]:
        """The chosen matrices' ranks modulo a prime."""
        chosen = slice(None) if which.size == self.stack.batch else which
        counts: NDArray[np.int64] = (self.stack.profiles(self.session, prime, chosen, progress) >= 0).sum(axis=1)
        return counts

    def left(self, which: NDArray[np.intp], ranks: NDArray[np.int64]) -> NDArray[np.intp]:
        """Those of the chosen matrices whose ranks are below their bounds."""
        below = ranks < min(self.stack.rows, self.stack.columns)
        which, ranks = which[below], ranks[below]
        return which[ranks < self.stack.bounds(which)] if which.size else which

    def try_fixed(self, progress: Progress | None) -> None:
        """One fixed prime for a large stack, if it proves the ranks of some matrices of it, without a look at the content.

        Drawing primes means to hash the whole stack, one word after the other: half of what the ranks take.
        """
        if self.stack.batch < _SAMPLED:
            return
        first = np.arange(0, self.stack.batch, self.stack.batch // _SAMPLE)
        if self.left(first, self.modulo(LARGEST_PRIME, first)).size:
            return
        ranks = self.modulo(LARGEST_PRIME, self.open, progress)
        left = self.left(self.open, ranks)
        self.highest, self.open = ranks, left
        self.highest[left] = 0  # a prime that is not drawn says nothing of these

    def by_primes(self, primes: int, progress: Progress | None) -> None:
        """The open ranks as the command finds them: several primes, one more where they differ."""
        which = self.open
        drawn = _primes.drawn(self.stack.prime_seed(), primes + 1)
        first = self.modulo(drawn[0], which, progress)
        self.highest[which] = first
        places = self.left(which, first)
        answers = [self.highest[places]]
        for prime in drawn[1:primes] if places.size else []:
            answers.append(self.modulo(prime, places))
        if any((answer != answers[0]).any() for answer in answers):
            answers.append(self.modulo(drawn[primes], places))
            self.highest[places] = np.max(answers, axis=0)
            for position in np.flatnonzero((np.array(answers) != self.highest[places]).any(axis=0)):
                low = [str(prime) for prime, answer in zip(drawn, answers)
                       if answer[position] != self.highest[places[position]]]
                warnings.warn(f"matrix {places[position]}: modulo {', '.join(low)} the rank is lower", PrimeWarning,
                              stacklevel=3)


def rank(A: Any, *, primes: int = 2, seed: int = 0, backend: str = "cpu", threads: int | None = None,
         progress: Progress | None = None) -> Any:
    """Exact rank of a matrix, or of each matrix of a stack.

    Floats are the exact fractions they are. The rank is computed modulo primes that are drawn from the array's content
    and `seed`, as ``fullrank rank`` does for the file that `numpy.save` makes of the array: it is never too high, and
    too low with a chance of about ``(min(m, n) / 6e6) ** primes``. A rank of ``min(m, n)`` is proved, and so is a lower
    one that a bound by zero and equal rows and columns allows at most.

    Parameters
    ----------
    A : array_like, shape (..., m, n)
        float16, float32, float64, integers (of 64 bits, too: all bits count) or booleans; anything with ``__array__`` or
        DLPack on the CPU. Finite.
    primes : int
        How many primes must agree, 1 to 8.
    seed : int
        Draws the primes, 0 to 2**64 - 1.
    backend : {"cpu", "cuda"}
    threads : int, optional
        All that the process may use by default. Answers do not depend on it.
    progress : callable, optional
        Called with the share that is done, from 0 to 1, while a long call runs.

    Returns
    -------
    int or ndarray of int64, shape (...)

    Raises
    ------
    TypeError
        Another dtype.
    DataError
        A NaN or an infinity, or fewer than two dimensions.
    MemoryError

    Warns
    -----
    RoundedWarning
        A matrix of floats has a numerical rank below its exact one. Rounding breaks linear relations: a Jacobian that a
        program computed has a higher rank than the Jacobian. Looked at are the first matrices of a stack.

    Examples
    --------
    >>> import fullrank
    >>> fullrank.rank([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    2
    >>> import numpy as np
    >>> fullrank.rank(np.stack([np.eye(3), np.ones((3, 3))]))
    array([3, 1])
    """
    primes, seed = integer(primes, "primes", 1, 8), integer(seed, "seed", 0, (1 << 64) - 1)
    stack = Stack(A, seed)
    with borrowed(backend, threads) as session:
        ranks = _Ranks(stack, session)
        ranks.try_fixed(progress)
        if ranks.open.size:
            ranks.by_primes(primes, None if ranks.open.size < stack.batch else progress)
    stack.warn_if_rounded(ranks.highest)
    return int(ranks.highest[0]) if stack.single else ranks.highest.reshape(stack.leading)


def rank_profile(A: Any, *, seed: int = 0, prime: int | None = None, backend: str = "cpu", threads: int | None = None,
                 progress: Progress | None = None) -> NDArray[np.int64]:
    """Row of pivots of a matrix, or of each matrix of a stack, modulo a prime.

    Parameters
    ----------
    A : array_like, shape (..., m, n)
        As of `rank`.
    seed : int
        Draws the prime, with the content of `A`.
    prime : int, optional
        An odd prime from 3 to 8388593, in place of the one that is drawn.
    backend, threads, progress
        As of `rank`.

    Returns
    -------
    ndarray of int64, shape (..., m)
        Entry j is the column whose pivot lies in row j, or -1. For all ``m'`` and ``n'`` the leading block
        ``A[:m', :n']`` has rank ``((0 <= p[:m']) & (p[:m'] < n')).sum()`` modulo the prime, a lower bound of its rank
        (Dumas, Pernet, Sultan, arXiv 1601.01798).

    Raises
    ------
    TypeError, DataError, MemoryError
        As `rank`.
    ValueError
        `prime` is not a prime in this range.

    Examples
    --------
    >>> import fullrank
    >>> fullrank.rank_profile([[0, 2, 0], [0, 4, 0], [1, 0, 1]])
    array([ 1, -1,  0])
    """
    stack = Stack(A, integer(seed, "seed", 0, (1 << 64) - 1))
    pivots = np.full((stack.batch, stack.rows), -1, np.int64)
    if prime is not None and not _primes.is_prime(integer(prime, "prime", 3, 8388593)):
        raise ValueError(f"prime is {prime}, which is not a prime")
    if stack.batch and min(stack.rows, stack.columns):
        modulus = int(prime) if prime is not None else _primes.drawn(stack.prime_seed(), 1)[0]
        with borrowed(backend, threads) as session:
            pivots = stack.profiles(session, modulus, slice(None), progress)
    return pivots.reshape(*stack.leading, stack.rows)
