"""A backend library's table of functions, call by call: for programs that compare or measure libraries.

    backend = Backend("build-cuda/libfullrank_cuda.so")
    session = backend.open()
    pivots, outcomes = session.rank_profiles(Problem(points=100, inputs=10, units=40), trials=1000)

The functions of the package itself (`fullrank.rank_profiles` and others) check their arguments; these hand them on.
"""
from __future__ import annotations

import ctypes as c
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _session
from ._library import Library
from ._table import COMPUTED, LARGEST_PRIME, Cell, DeviceInfo, Problem

__all__ = ["COMPUTED", "LARGEST_PRIME", "Backend", "Cell", "DeviceInfo", "Problem", "SINGULAR", "Session"]

SINGULAR = np.dtype([("largest", "f8"), ("smallest", "f8"), ("rank", "i8")])
Pivots = NDArray[np.int64]
Outcomes = NDArray[np.int32]


class Backend:
    """A library at a path.

    Raises
    ------
    BackendUnavailable
        It does not load, or has another version of the interface.
    """

    def __init__(self, path: str) -> None:
        self.library = Library(path)
        self.table = self.library.table

    @property
    def version(self) -> str:
        """Libraries and versions in use."""
        return self.library.version

    def devices(self) -> list[DeviceInfo]:
        """Those that answer, 16 at most."""
        infos, count, reason = (DeviceInfo * 16)(), c.c_int32(), c.create_string_buffer(512)
        status = self.table.devices(c.addressof(infos), 16, c.addressof(count), c.addressof(reason), 512)
        if status:
            _session.fail(status, reason.value.decode(errors="replace"))
        return list(infos[: count.value])

    def open(self, device: int = 0, threads: int = 0, memory_limit_bytes: int = 0) -> "Session":
        """A session; one call at a time. 0 threads are all, 0 bytes no limit."""
        return Session(self, device, threads, memory_limit_bytes)


class Session(_session.Session):
    """The functions of the table on arrays; a status other than FR_OK is an exception with the library's words.

    Calls run in the calling thread, to be timed there; so Ctrl-C waits for their end.
    """

    def __init__(self, backend: Backend, device: int, threads: int, memory_limit_bytes: int) -> None:
        super().__init__(backend.library, device, threads, memory_limit_bytes)
        self.backend = backend

    def _call(self, name: str, *arguments: Any) -> None:
        self.call(name, *arguments)

    def samples(self, problem: Problem, trial: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Inputs (n, d0), weights (d1, d0) and biases (d1) of one trial, with bias."""
        inputs = np.empty((problem.points, problem.inputs))
        weights, biases = np.empty((problem.units, problem.inputs)), np.empty(problem.units)
        self._call("sample_inputs", c.addressof(problem), trial, inputs.ctypes.data)
        self._call("sample_weights", c.addressof(problem), trial, 0, problem.units, weights.ctypes.data,
                   biases.ctypes.data)
        return inputs, weights, biases

    def rank_profiles(self, problem: Problem, trials: int, first_trial: int = 0,
                      prime: int = LARGEST_PRIME) -> tuple[Pivots, Outcomes]:
        """(trials, n) pivot columns, -1 where there is none, and outcomes."""
        pivots = np.full((trials, problem.points), -1, np.int64)
        outcomes = np.zeros(trials, np.int32)
        self._call("rank_profiles", c.addressof(problem), prime, first_trial, trials, pivots.ctypes.data,
                   outcomes.ctypes.data)
        return pivots, outcomes

    def column_profiles(self, problem: Problem, trials: int, first_trial: int = 0,
                        prime: int = LARGEST_PRIME) -> tuple[Pivots, NDArray[np.uint8], Outcomes]:
        """(trials, n) columns with pivots, ascending, then -1; whether each is proved; and outcomes."""
        pivots = np.full((trials, problem.points), -1, np.int64)
        proofs, outcomes = np.zeros(trials, np.uint8), np.zeros(trials, np.int32)
        self._call("column_profiles", c.addressof(problem), prime, first_trial, trials, pivots.ctypes.data,
                   proofs.ctypes.data, outcomes.ctypes.data)
        return pivots, proofs, outcomes

    def deep_rank_profiles(self, problem: Problem, widths: Sequence[int], trials: int, first_trial: int = 0,
                           prime: int = LARGEST_PRIME) -> tuple[Pivots, Outcomes]:
        """The same of a deep network: `widths` are those of the hidden layers before the problem's own."""
        pivots = np.full((trials, problem.points), -1, np.int64)
        outcomes, layers = np.zeros(trials, np.int32), np.array(widths, np.int64)
        self._call("deep_rank_profiles", c.addressof(problem), layers.ctypes.data, len(widths), prime, first_trial,
                   trials, pivots.ctypes.data, outcomes.ctypes.data)
        return pivots, outcomes

    def deep_jacobians(self, problem: Problem, widths: Sequence[int], trials: int,
                       first_trial: int = 0) -> tuple[NDArray[Any], Outcomes]:
        """(trials, n, parameters), float64, and outcomes."""
        layers, outcomes = np.array(widths, np.int64), np.zeros(trials, np.int32)
        inputs, columns = [problem.inputs, *widths], 0
        for units, below in zip([*widths, problem.units], inputs):
            columns += units * (below + problem.bias)
        jacobians = np.zeros((trials, problem.points, columns))
        self._call("deep_jacobians", c.addressof(problem), layers.ctypes.data, len(widths), first_trial, trials,
                   jacobians.ctypes.data, outcomes.ctypes.data)
        return jacobians, outcomes

    def singular_values(self, problem: Problem, trials: int, cells: Sequence[tuple[int, int]] | None = None,
                        first_trial: int = 0, float32: bool = False) -> tuple[NDArray[Any], Outcomes]:
        """(trials, cells) of SINGULAR, and outcomes; by default one cell, the whole problem."""
        cells = cells or [(problem.points, problem.units)]
        asked = (Cell * len(cells))(*[Cell(*cell) for cell in cells])
        results = np.zeros((trials, len(cells)), SINGULAR)
        outcomes = np.zeros((trials, len(cells)), np.int32)
        self._call("singular_values", c.addressof(problem), int(float32), c.addressof(asked), len(cells), first_trial,
                   trials, results.ctypes.data, outcomes.ctypes.data)
        return results, outcomes

    def matrix_rank_profiles(self, matrices: NDArray[np.float64],
                             prime: int = LARGEST_PRIME) -> tuple[Pivots, Outcomes]:
        """`matrices`: (batch, rows, columns), float64, C order; (batch, rows) pivot columns, and outcomes."""
        batch, rows, columns = matrices.shape
        pivots, outcomes = np.full((batch, rows), -1, np.int64), np.zeros(batch, np.int32)
        self._call("matrix_rank_profiles", matrices.ctypes.data, batch, rows, columns, prime, pivots.ctypes.data,
                   outcomes.ctypes.data)
        return pivots, outcomes

    def matrix_singular_values(self, matrices: NDArray[Any]) -> tuple[NDArray[Any], Outcomes]:
        """`matrices`: (batch, rows, columns), float64 or float32, C order."""
        batch, rows, columns = matrices.shape
        results, outcomes = np.zeros(batch, SINGULAR), np.zeros(batch, np.int32)
        self._call("matrix_singular_values", matrices.ctypes.data, int(matrices.dtype == np.float32), batch, rows,
                   columns, results.ctypes.data, outcomes.ctypes.data)
        return results, outcomes

    def jacobians(self, problem: Problem, trials: int, first_trial: int = 0) -> NDArray[np.float64]:
        """(trials, n, d1 k), float64."""
        columns = problem.units * (problem.inputs + problem.bias)
        matrices, outcomes = np.empty((trials, problem.points, columns)), np.zeros(trials, np.int32)
        self._call("jacobians", c.addressof(problem), 0, first_trial, trials, matrices.ctypes.data,
                   outcomes.ctypes.data)
        return matrices
