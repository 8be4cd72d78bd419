"""Exceptions and warnings of the package."""
from __future__ import annotations


class FullrankError(Exception):
    """Anything that this package raises for reasons of its own."""


class BackendUnavailable(FullrankError, OSError):
    """There is no such backend library, device or function here; the words say which."""


class InternalError(FullrankError, RuntimeError):
    """A fault of the library itself: please report it."""


class DataError(FullrankError, ValueError):
    """An array or a file that can't be taken: a NaN, a wrong shape, a damaged line."""


class ProgramError(FullrankError, RuntimeError):
    """The program `fullrank` ended with another exit code than 0.

    Attributes
    ----------
    code : int
        Its exit code, as in docs/file-formats.md; negative: the signal that ended it.
    """

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


class RoundedWarning(UserWarning):
    """The exact rank of a matrix of floats is above its numerical one, as that of a rounded Jacobian is."""


class PrimeWarning(UserWarning):
    """Modulo one of several primes the rank of a matrix was lower; the highest is answered."""
