"""A backend library's table of functions (Kernels/include/fullrank_kernels.h) from Python, by ctypes and NumPy.

    backend = Backend("build-cuda/libfullrank_cuda.so")
    session = backend.open()
    pivots, outcomes = session.rank_profiles(Problem(points=100, inputs=10, units=40), trials=1000)

Used by Scripts/gpu/check and bench, Scripts/bench and Scripts/check/cross, which call the library itself.
"""
import ctypes as c

import numpy as np

ABI_VERSION = 2
LARGEST_PRIME = 8388593
STATUS = ["ok", "invalid argument", "out of memory", "unavailable", "device lost", "cancelled", "unsupported", "internal"]
COMPUTED = 1


class DeviceInfo(c.Structure):
    _fields_ = [("name", c.c_char * 128), ("memory_bytes", c.c_uint64), ("free_memory_bytes", c.c_uint64),
                ("compute_units", c.c_int32), ("architecture", c.c_int32)]


class SessionOptions(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("device", c.c_int32), ("threads", c.c_int32), ("reserved", c.c_int32),
                ("memory_limit_bytes", c.c_uint64)]


class Cell(c.Structure):
    _fields_ = [("points", c.c_int64), ("units", c.c_int64)]


class Problem(c.Structure):
    """fr_problem; `inputs` is d0. Distributions by number, as in the header."""

    _fields_ = [("seed", c.c_uint64), ("points", c.c_int64), ("inputs", c.c_int64), ("units", c.c_int64),
                ("bias", c.c_int32), ("input_distribution", c.c_int), ("weight_distribution", c.c_int),
                ("reserved", c.c_int32), ("given_inputs", c.c_void_p), ("given_weights", c.c_void_p),
                ("given_biases", c.c_void_p), ("given_patterns", c.c_void_p)]

    def __init__(self, points, inputs, units, seed=0, bias=1, input_distribution=0, weight_distribution=0):
        super().__init__(seed, points, inputs, units, bias, input_distribution, weight_distribution)


SINGULAR = np.dtype([("largest", "f8"), ("smallest", "f8"), ("rank", "i8")])
_session, _reason = c.c_void_p, [c.c_char_p, c.c_size_t]
_status = lambda *arguments: c.CFUNCTYPE(c.c_int, *arguments)
_any = c.c_void_p


class Table(c.Structure):
    _fields_ = [
        ("abi_version", c.c_uint32), ("struct_size", c.c_uint32), ("name", c.c_char_p),
        ("library_version", c.CFUNCTYPE(c.c_char_p)),
        ("devices", _status(c.POINTER(DeviceInfo), c.c_int32, c.POINTER(c.c_int32), *_reason)),
        ("open", _status(c.POINTER(SessionOptions), c.POINTER(_session), *_reason)),
        ("close", c.CFUNCTYPE(None, _session)),
        ("last_error", c.CFUNCTYPE(c.c_char_p, _session)),
        ("cancel", c.CFUNCTYPE(None, _session)),
        ("progress", c.CFUNCTYPE(c.c_double, _session)),
        ("sample_inputs", _status(_session, _any, c.c_uint64, _any)),
        ("sample_weights", _status(_session, _any, c.c_uint64, c.c_int64, c.c_int64, _any, _any)),
        ("activation_patterns", _status(_session, _any, c.c_uint64, c.c_int64, c.c_int64, _any)),
        ("jacobians", _status(_session, _any, c.c_int, c.c_uint64, c.c_int64, _any, _any)),
        ("rank_profiles", _status(_session, _any, c.c_uint32, c.c_uint64, c.c_int64, _any, _any)),
        ("singular_values",
         _status(_session, _any, c.c_int, _any, c.c_int64, c.c_uint64, c.c_int64, _any, _any)),
        ("matrix_rank_profiles", _status(_session, _any, c.c_int64, c.c_int64, c.c_int64, c.c_uint32, _any, _any)),
        ("matrix_singular_values",
         _status(_session, _any, c.c_int, c.c_int64, c.c_int64, c.c_int64, _any, _any)),
        ("deep_rank_profiles",
         _status(_session, _any, _any, c.c_int64, c.c_uint32, c.c_uint64, c.c_int64, _any, _any)),
        ("deep_jacobians", _status(_session, _any, _any, c.c_int64, c.c_uint64, c.c_int64, _any, _any)),
        ("dependencies", _any), ("minima", _any), ("minima_samples", _any), ("minima_proof", _any),
        ("column_profiles", _status(_session, _any, c.c_uint32, c.c_uint64, c.c_int64, _any, _any, _any)),
    ]


class Backend:
    def __init__(self, path):
        entry = c.CDLL(path).fullrank_backend_v1
        entry.restype = c.POINTER(Table)
        pointer = entry()
        if not pointer:
            raise RuntimeError(f"{path}: its table is NULL")
        self.table = pointer.contents
        if self.table.abi_version != ABI_VERSION or self.table.struct_size < c.sizeof(Table):
            raise RuntimeError(f"{path}: another version of the interface")

    @property
    def version(self):
        return self.table.library_version().decode()

    def devices(self):
        infos, count, reason = (DeviceInfo * 16)(), c.c_int32(), c.create_string_buffer(512)
        status = self.table.devices(infos, 16, count, reason, 512)
        if status:
            raise RuntimeError(f"{STATUS[status]}: {reason.value.decode()}")
        return infos[: count.value]

    def open(self, device=0, threads=0, memory_limit_bytes=0):
        options = SessionOptions(c.sizeof(SessionOptions), device, threads, 0, memory_limit_bytes)
        session, reason = _session(), c.create_string_buffer(512)
        status = self.table.open(options, session, reason, 512)
        if status:
            raise RuntimeError(f"{STATUS[status]}: {reason.value.decode()}")
        return Session(self, session)


class Session:
    def __init__(self, backend, handle):
        self.backend, self.handle = backend, handle

    def close(self):
        self.backend.table.close(self.handle)

    def _call(self, name, *arguments):
        status = getattr(self.backend.table, name)(self.handle, *arguments)
        if status:
            words = self.backend.table.last_error(self.handle).decode()
            raise RuntimeError(f"{name}: {STATUS[status]}: {words}")

    def samples(self, problem, trial):
        """Inputs (n, d0), weights (d1, d0) and biases (d1) of one trial, with bias."""
        inputs = np.empty((problem.points, problem.inputs))
        weights, biases = np.empty((problem.units, problem.inputs)), np.empty(problem.units)
        self._call("sample_inputs", c.addressof(problem), trial, inputs.ctypes.data)
        self._call("sample_weights", c.addressof(problem), trial, 0, problem.units, weights.ctypes.data,
                   biases.ctypes.data)
        return inputs, weights, biases

    def rank_profiles(self, problem, trials, first_trial=0, prime=LARGEST_PRIME):
        """(trials, n) pivot columns, -1 where there is none, and outcomes."""
        pivots = np.full((trials, problem.points), -1, np.int64)
        outcomes = np.zeros(trials, np.int32)
        self._call("rank_profiles", c.addressof(problem), prime, first_trial, trials, pivots.ctypes.data,
                   outcomes.ctypes.data)
        return pivots, outcomes

    def column_profiles(self, problem, trials, first_trial=0, prime=LARGEST_PRIME):
        """(trials, n) columns with pivots, ascending, then -1; whether each is proved; and outcomes."""
        pivots = np.full((trials, problem.points), -1, np.int64)
        proofs, outcomes = np.zeros(trials, np.uint8), np.zeros(trials, np.int32)
        self._call("column_profiles", c.addressof(problem), prime, first_trial, trials, pivots.ctypes.data,
                   proofs.ctypes.data, outcomes.ctypes.data)
        return pivots, proofs, outcomes

    def deep_rank_profiles(self, problem, widths, trials, first_trial=0, prime=LARGEST_PRIME):
        """The same of a deep network: `widths` are those of the hidden layers before the problem's own."""
        pivots = np.full((trials, problem.points), -1, np.int64)
        outcomes, layers = np.zeros(trials, np.int32), np.array(widths, np.int64)
        self._call("deep_rank_profiles", c.addressof(problem), layers.ctypes.data, len(widths), prime, first_trial,
                   trials, pivots.ctypes.data, outcomes.ctypes.data)
        return pivots, outcomes

    def deep_jacobians(self, problem, widths, trials, first_trial=0):
        """(trials, n, parameters), float64, and outcomes."""
        layers, outcomes = np.array(widths, np.int64), np.zeros(trials, np.int32)
        inputs, columns = [problem.inputs, *widths], 0
        for units, below in zip([*widths, problem.units], inputs):
            columns += units * (below + problem.bias)
        jacobians = np.zeros((trials, problem.points, columns))
        self._call("deep_jacobians", c.addressof(problem), layers.ctypes.data, len(widths), first_trial, trials,
                   jacobians.ctypes.data, outcomes.ctypes.data)
        return jacobians, outcomes

    def singular_values(self, problem, trials, cells=None, first_trial=0, float32=False):
        """(trials, cells) of SINGULAR, and outcomes; by default one cell, the whole problem."""
        cells = cells or [(problem.points, problem.units)]
        asked = (Cell * len(cells))(*[Cell(*cell) for cell in cells])
        results = np.zeros((trials, len(cells)), SINGULAR)
        outcomes = np.zeros((trials, len(cells)), np.int32)
        self._call("singular_values", c.addressof(problem), int(float32), c.addressof(asked), len(cells), first_trial,
                   trials, results.ctypes.data, outcomes.ctypes.data)
        return results, outcomes

    def matrix_rank_profiles(self, matrices, prime=LARGEST_PRIME):
        """`matrices`: (batch, rows, columns), float64, C order; (batch, rows) pivot columns, and outcomes."""
        batch, rows, columns = matrices.shape
        pivots, outcomes = np.full((batch, rows), -1, np.int64), np.zeros(batch, np.int32)
        self._call("matrix_rank_profiles", matrices.ctypes.data, batch, rows, columns, prime, pivots.ctypes.data,
                   outcomes.ctypes.data)
        return pivots, outcomes

    def matrix_singular_values(self, matrices):
        """`matrices`: (batch, rows, columns), float64 or float32, C order."""
        batch, rows, columns = matrices.shape
        results, outcomes = np.zeros(batch, SINGULAR), np.zeros(batch, np.int32)
        self._call("matrix_singular_values", matrices.ctypes.data, int(matrices.dtype == np.float32), batch, rows,
                   columns, results.ctypes.data, outcomes.ctypes.data)
        return results, outcomes

    def jacobians(self, problem, trials, first_trial=0):
        columns = problem.units * (problem.inputs + problem.bias)
        matrices, outcomes = np.empty((trials, problem.points, columns)), np.zeros(trials, np.int32)
        self._call("jacobians", c.addressof(problem), 0, first_trial, trials, matrices.ctypes.data,
                   outcomes.ctypes.data)
        return matrices
