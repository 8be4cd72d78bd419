"""A random network as the library takes it."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _primes
from . import _table as t
from ._arrays import MOST, as_array
from ._errors import DataError
from ._session import integer, require_memory


class Question:
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
