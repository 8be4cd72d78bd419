"""Matrices of one shape as the library takes them, and the primes that belong to them."""
from __future__ import annotations

import ctypes as c
import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import MOST, as_array
from ._errors import DataError, RoundedWarning
from ._library import library
from ._session import Progress, Session, check_outcome, require_memory

# Multiply-adds of singular values that are spent on a warning: of a stack, of one matrix.
_WARNING_WORK, _ONE_WARNING = 2e6, 2e9


class Stack:
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

    def bounds(self, which: NDArray[np.intp]) -> NDArray[np.int64]:
        """Bounds of the chosen matrices' ranks: by rows and columns that are not 0, and by those that are alike.

        Kernels/shared/bounds.c has the proof. Of whole numbers beyond float64 only zeros are looked at.
        """
        if self.values is None:
            nonzero = self.array.reshape(self.batch, self.rows, self.columns)[which] != 0
            counts: NDArray[np.int64] = np.minimum(nonzero.any(axis=2).sum(axis=1), nonzero.any(axis=1).sum(axis=1))
            return counts
        bounds, function = np.zeros(which.size, np.int64), library("cpu").loaded.fr_rank_bounds
        function.restype = c.c_bool
        function.argtypes = [c.c_void_p, c.c_int64, c.c_int64, c.c_void_p, c.c_int64, c.c_void_p]
        places = np.ascontiguousarray(which, np.int64)
        if not function(self.values.ctypes.data, self.rows, self.columns, places.ctypes.data, places.size,
                        bounds.ctypes.data):
            raise MemoryError(f"no memory for {self.columns} columns")
        return bounds

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
