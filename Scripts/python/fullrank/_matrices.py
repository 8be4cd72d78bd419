"""Exact ranks of matrices."""
from __future__ import annotations

import ctypes as c
import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _primes
from ._errors import DataError, PrimeWarning, RoundedWarning
from ._library import library
from ._session import Progress, Session, borrowed, check_outcome, integer, require_memory
from ._table import LARGEST_PRIME

MOST = (1 << 31) - 1
# Multiply-adds of singular values that are spent on a warning: of a stack, of one matrix.
_WARNING_WORK, _ONE_WARNING = 2e6, 2e9
# Of a stack of at least so many matrices some are tried first.
_SAMPLED, _SAMPLE = 512, 64


def as_array(values: Any, name: str = "A") -> NDArray[Any]:
    """What was given as an array of numbers, not copied where it is one: NumPy's, or by `__array__` or DLPack."""
    if not isinstance(values, np.ndarray):
        if hasattr(values, "detach"):  # a tensor that PyTorch could still differentiate
            values = values.detach()
        if hasattr(values, "__dlpack__") and not hasattr(values, "__array__"):
            values = np.from_dlpack(values)
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, RuntimeError) as error:
        raise TypeError(f"{name}: {error}") from None
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise TypeError(f"{name} has masked entries; fill them first")
    if isinstance(values, (list, tuple)) and array.dtype.kind == "f":
        # NumPy makes floats of whole numbers that no one integer type holds, or that stand beside floats.
        for entry in np.asarray(values, object).ravel():
            if isinstance(entry, (int, np.integer)) and int(float(entry)) != int(entry):
                raise TypeError(f"{name} holds {entry}, which float64 does not; give an array of one integer type")
    if array.dtype.kind not in "fiub" or array.dtype.kind == "f" and array.dtype.itemsize > 8:
        raise TypeError(f"{name} is of {array.dtype}; float16, float32, float64, integers or booleans are needed")
    return array


class _Stack:
    """One or more matrices of one shape, and the primes that belong to them."""

    def __init__(self, values: Any, seed: int) -> None:
        array = as_array(values)
        self.single = array.ndim == 2
        if array.ndim < 2:
            raise DataError(f"A has shape {array.shape}; (..., rows, columns) is needed")
        self.leading = array.shape[:-2]
        self.rows, self.columns = array.shape[-2:]
        self.batch = int(np.prod(self.leading, dtype=object)) if self.leading else 1
        if max(self.rows, self.columns) > MOST or not array.size and self.batch > 1_000_000:
            raise DataError(f"A has shape {array.shape}, which is too large")
        require_memory(8.0 * self.batch * self.rows, "rank profiles")
        if array.dtype.itemsize < 8 or array.dtype != array.dtype.newbyteorder("=") or not array.flags.c_contiguous:
            require_memory(8.0 * array.size, "A as float64")
        self.array = array
        self.seed = seed
        # Integers that float64 can't hold are taken by their residues.
        self.whole = array.dtype.kind in "iu" and array.dtype.itemsize == 8 and array.size > 0 and (
            int(array.max()) > 1 << 53 or int(array.min()) < -(1 << 53))
        self.values: NDArray[np.float64] | None = None
        if not self.whole:
            self.values = np.ascontiguousarray(array, np.float64).reshape(self.batch, self.rows, self.columns)

    def prime_seed(self) -> int:
        """Of the bytes that `numpy.save` writes, so that `fullrank rank` of that file takes the same primes."""
        array = self.array if self.array.flags.c_contiguous or self.array.flags.f_contiguous else np.ascontiguousarray(
            self.array)
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
        data = array if array.flags.c_contiguous else array.T
        loaded = library("cpu").loaded
        begin, more = loaded.fr_content_seed_begin, loaded.fr_content_seed
        begin.restype = more.restype = c.c_uint64
        begin.argtypes, more.argtypes = [c.c_uint64, c.c_uint64], [c.c_uint64, c.c_void_p, c.c_size_t]
        state = begin(self.seed, header.tell() + data.nbytes)
        state = more(state, header.getvalue(), header.tell())
        return int(more(state, data.ctypes.data, data.nbytes))

    def residues(self, prime: int, which: NDArray[np.intp] | slice) -> NDArray[np.float64]:
        """The chosen matrices as doubles that are equal to them modulo the prime."""
        if self.values is not None:
            return self.values[which] if isinstance(which, slice) else np.ascontiguousarray(self.values[which])
        array = self.array.reshape(self.batch, self.rows, self.columns)[which]
        return np.ascontiguousarray(np.remainder(array, array.dtype.type(prime)), np.float64)

    def profiles(self, session: Session, prime: int, which: NDArray[np.intp] | slice,
                 progress: Progress | None) -> NDArray[np.int64]:
        values = self.residues(prime, which)
        count = len(values)
        pivots, outcomes = np.full((count, self.rows), -1, np.int64), np.zeros(count, np.int32)
        work = float(self.rows) * self.columns * min(self.rows, self.columns) * count
        session.call("matrix_rank_profiles", values, count, self.rows, self.columns, prime,
                     pivots, outcomes, work=work, progress=progress)
        wrong = np.flatnonzero(outcomes != 1)
        if wrong.size:
            check_outcome(int(outcomes[wrong[0]]), "" if self.single else f"matrix {int(wrong[0])}: ")
        return pivots

    def proved_ranks(self, session: Session, progress: Progress | None) -> NDArray[np.int64]:
        """Ranks of a large stack if they look full: one fixed prime proves that, without a look at the content.

        0 for matrices of which nothing is proved.
        """
        ranks = np.zeros(self.batch, np.int64)
        if self.batch >= _SAMPLED:
            full = min(self.rows, self.columns)
            first = np.arange(0, self.batch, self.batch // _SAMPLE)
            if ((self.profiles(session, LARGEST_PRIME, first, None) >= 0).sum(axis=1) == full).all():
                ranks = (self.profiles(session, LARGEST_PRIME, slice(None), progress) >= 0).sum(axis=1)
                ranks[ranks < full] = 0
        return ranks

    def warn_if_rounded(self, ranks: NDArray[np.int64]) -> None:
        """Of the first matrices, as many as are looked at quickly."""
        if self.array.dtype.kind != "f" or self.values is None or not ranks.size:
            return
        work = float(self.rows) * self.columns * min(self.rows, self.columns)
        if not 0 < work <= _ONE_WARNING:
            return
        count = max(1, min(self.batch, int(_WARNING_WORK / work)))
        kind = np.float32 if self.array.dtype == np.float32 else np.float64
        try:
            with np.errstate(all="ignore"):
                numerical = np.linalg.matrix_rank(self.values[:count].astype(kind, copy=False))
        except np.linalg.LinAlgError:
            return
        below = np.flatnonzero(numerical < ranks[:count])
        if below.size:
            index = int(below[0])
            which = "" if self.batch == 1 else f"matrix {index}: "
            warnings.warn(
                f"{which}{ranks[index]} is the exact rank of these rounded numbers; by {kind.__name__} singular values "
                f"it is {numerical[index]}: if this is a computed Jacobian, fullrank.network_rank ranks it exactly, "
                "from weights and inputs", RoundedWarning, stacklevel=3)


def _by_primes(stack: _Stack, which: NDArray[np.intp], primes: int, session: Session,
               progress: Progress | None) -> NDArray[np.int64]:
    """The chosen matrices' ranks as the command finds them: several primes, one more where they differ."""
    drawn = _primes.drawn(stack.prime_seed(), primes + 1)
    full = min(stack.rows, stack.columns)

    def ranks(prime: int, which: NDArray[np.intp], progress: Progress | None = None) -> NDArray[np.int64]:
        chosen = slice(None) if which.size == stack.batch else which
        counts: NDArray[np.int64] = (stack.profiles(session, prime, chosen, progress) >= 0).sum(axis=1)
        return counts

    highest = ranks(drawn[0], which, progress)
    places = np.flatnonzero(highest < full)
    answers = [highest[places]]
    for prime in drawn[1:primes] if places.size else []:
        answers.append(ranks(prime, which[places]))
    if any((answer != answers[0]).any() for answer in answers):
        answers.append(ranks(drawn[primes], which[places]))
        highest[places] = np.max(answers, axis=0)
        for position in np.flatnonzero((np.array(answers) != highest[places]).any(axis=0)):
            low = [str(prime) for prime, answer in zip(drawn, answers) if answer[position] != highest[places[position]]]
            warnings.warn(f"matrix {which[places[position]]}: modulo {', '.join(low)} the rank is lower", PrimeWarning,
                          stacklevel=3)
    return highest


def rank(A: Any, *, primes: int = 2, seed: int = 0, backend: str = "cpu", threads: int | None = None,
         progress: Progress | None = None) -> Any:
    """Exact rank of a matrix, or of each matrix of a stack.

    Floats are the exact fractions they are. The rank is computed modulo primes that are drawn from the array's content
    and `seed`, as ``fullrank rank`` does for the file that `numpy.save` makes of the array: it is never too high, and
    too low with a chance of about ``(min(m, n) / 6e6) ** primes``. A rank of ``min(m, n)`` is proved.

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
    stack = _Stack(A, seed)
    full = min(stack.rows, stack.columns)
    ranks = np.zeros(stack.batch, np.int64)
    if stack.batch and full:
        with borrowed(backend, threads) as session:
            ranks = stack.proved_ranks(session, progress)
            # A full rank is proved, by any prime: no other can say more.
            left = np.flatnonzero(ranks < full)
            if left.size:
                ranks[left] = _by_primes(stack, left, primes, session, None if left.size < stack.batch else progress)
        stack.warn_if_rounded(ranks)
    return int(ranks[0]) if stack.single else ranks.reshape(stack.leading)


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
    stack = _Stack(A, integer(seed, "seed", 0, (1 << 64) - 1))
    pivots = np.full((stack.batch, stack.rows), -1, np.int64)
    if prime is not None and not _primes.is_prime(integer(prime, "prime", 3, 8388593)):
        raise ValueError(f"prime is {prime}, which is not a prime")
    if stack.batch and min(stack.rows, stack.columns):
        modulus = int(prime) if prime is not None else _primes.drawn(stack.prime_seed(), 1)[0]
        with borrowed(backend, threads) as session:
            pivots = stack.profiles(session, modulus, slice(None), progress)
    return pivots.reshape(*stack.leading, stack.rows)
