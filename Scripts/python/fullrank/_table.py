"""The C interface (Kernels/include/fullrank_kernels.h) as ctypes declarations, in the header's order.

`tests/test_header.py` compares every structure, constant and function with the header, through the C compiler: a
changed header fails there, not in a user's session. The docstrings of the functions are the comments of the header.
"""
from __future__ import annotations

import ctypes as c

ABI_VERSION = 2
LARGEST_PRIME = 8388593
SMALLEST_PRIME = 3

# fr_status
OK, INVALID_ARGUMENT, OUT_OF_MEMORY, UNAVAILABLE, DEVICE_LOST, CANCELLED, UNSUPPORTED, INTERNAL = range(8)
STATUS = ["ok", "invalid argument", "out of memory", "unavailable", "device lost", "cancelled", "unsupported",
          "internal"]
# fr_outcome
NOT_COMPUTED, COMPUTED, NOT_FINITE, NOT_CONVERGED = range(4)
# fr_inputs, fr_weights: numbers by the names of the command's options
INPUTS = {"normal": 0, "uniform": 1, "cube": 2, "given": 3}
WEIGHTS = {"uniform": 0, "he-uniform": 1, "normal": 2, "given": 3, "pattern": 4, "bernoulli": 5, "regions": 6}

_p = c.c_void_p


class DeviceInfo(c.Structure):
    _fields_ = [("name", c.c_char * 128), ("memory_bytes", c.c_uint64), ("free_memory_bytes", c.c_uint64),
                ("compute_units", c.c_int32), ("architecture", c.c_int32)]


class SessionOptions(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("device", c.c_int32), ("threads", c.c_int32), ("reserved", c.c_int32),
                ("memory_limit_bytes", c.c_uint64)]


class Cell(c.Structure):
    """A leading block of the Jacobian: the first `points` points, the first `units` units."""

    _fields_ = [("points", c.c_int64), ("units", c.c_int64)]


class Singular(c.Structure):
    _fields_ = [("largest", c.c_double), ("smallest", c.c_double), ("rank", c.c_int64)]


class Problem(c.Structure):
    """fr_problem; `inputs` is d0. Distributions by number, as in the header."""

    _fields_ = [("seed", c.c_uint64), ("points", c.c_int64), ("inputs", c.c_int64), ("units", c.c_int64),
                ("bias", c.c_int32), ("input_distribution", c.c_int), ("weight_distribution", c.c_int),
                ("reserved", c.c_int32), ("given_inputs", _p), ("given_weights", _p), ("given_biases", _p),
                ("given_patterns", _p)]
    kept: object = None  # what holds the memory that the pointers lead to

    def __init__(self, points: int, inputs: int, units: int, seed: int = 0, bias: int = 1,
                 input_distribution: int = 0, weight_distribution: int = 0) -> None:
        super().__init__(seed, points, inputs, units, bias, input_distribution, weight_distribution)


class Minima(c.Structure):
    _fields_ = [("labels", c.c_int), ("outputs", c.c_int), ("teacher", c.c_int), ("fixed_data", c.c_int32),
                ("given_labels", _p), ("given_outputs", _p), ("points", _p), ("units", _p),
                ("point_count", c.c_int64), ("unit_count", c.c_int64), ("given_regions", _p)]


class NetworkLayer(c.Structure):
    """fr_network_layer of fullrank_network.h, where the library has networks."""

    _fields_ = [("units", c.c_int64), ("bias", c.c_int32), ("trained", c.c_int32), ("activation", c.c_int),
                ("exponent", c.c_int32), ("slope", c.c_double)]


class Network(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("functionals", c.c_int32), ("inputs", c.c_int64),
                ("layer_count", c.c_int64), ("layers", _p), ("outputs", _p), ("output_count", c.c_int64),
                ("sets", c.c_int64), ("parameter_numbers", c.c_int), ("point_numbers", c.c_int), ("parameters", _p),
                ("parameter_residues", _p), ("points", c.c_int64), ("points_of_each_set", c.c_int32),
                ("reserved", c.c_int32), ("point_values", _p), ("point_residues", _p), ("seed", c.c_uint64),
                ("first_set", c.c_uint64), ("patience", c.c_int64), ("most_rank", c.c_int64)]
    kept: object = None


class NetworkRankResult(c.Structure):
    """fr_network_rank."""

    _fields_ = [("rank", c.c_int64), ("bound", c.c_int64), ("columns", c.c_int64), ("rows", c.c_int64),
                ("points", c.c_int64), ("end", c.c_int), ("reserved", c.c_int32), ("zeros", c.c_int64),
                ("zero_layer", c.c_int64), ("zero_unit", c.c_int64), ("zero_point", c.c_int64)]


# The header's structures by their C names; the second group is in libraries that have networks.
STRUCTURES: dict[str, type[c.Structure]] = {
    "fr_device_info": DeviceInfo, "fr_session_options": SessionOptions, "fr_cell": Cell, "fr_singular": Singular,
    "fr_problem": Problem, "fr_minima": Minima}
NETWORK_STRUCTURES: dict[str, type[c.Structure]] = {
    "fr_network_layer": NetworkLayer, "fr_network": Network, "fr_network_rank": NetworkRankResult}

# Codes of arguments: p a pointer or session, i int32 or enum, u uint32, l int64, q uint64, z size_t.
_CODES = {"p": _p, "i": c.c_int, "u": c.c_uint32, "l": c.c_int64, "q": c.c_uint64, "z": c.c_size_t}
# The functions of the table: result (i a status, s a string, d a double, v nothing) and arguments.
FUNCTIONS = {
    "library_version": ("s", ""), "devices": ("i", "pippz"), "open": ("i", "pppz"), "close": ("v", "p"),
    "last_error": ("s", "p"), "cancel": ("v", "p"), "progress": ("d", "p"),
    "sample_inputs": ("i", "ppqp"), "sample_weights": ("i", "ppqllpp"), "activation_patterns": ("i", "ppqllp"),
    "jacobians": ("i", "ppiqlpp"), "rank_profiles": ("i", "ppuqlpp"), "singular_values": ("i", "ppiplqlpp"),
    "matrix_rank_profiles": ("i", "pplllupp"), "matrix_singular_values": ("i", "ppilllpp"),
    "deep_rank_profiles": ("i", "pppluqlpp"), "deep_jacobians": ("i", "ppplqlpp"),
    "dependencies": ("i", "ppuqplpp"), "minima": ("i", "pppqlppp"), "minima_samples": ("i", "pppqppp"),
    "minima_proof": ("i", "pppqp"), "column_profiles": ("i", "ppuqlppp"),
}
# At the end of longer tables, there or not by the table's struct_size.
NETWORK_FUNCTIONS = {"network_ranks": ("i", "ppupp"), "network_jacobians": ("i", "pppp")}
BATCH_FUNCTIONS = {"network_batch_ranks": ("i", "pplupp")}

_RESULTS = {"i": c.c_int, "s": c.c_char_p, "d": c.c_double, "v": None}


def _fields(functions: dict[str, tuple[str, str]]) -> list[tuple[str, type]]:
    # CFUNCTYPE releases the interpreter's lock for the time of a call.
    return [(name, c.CFUNCTYPE(_RESULTS[result], *[_CODES[code] for code in arguments]))
            for name, (result, arguments) in functions.items()]


class Table(c.Structure):
    """fr_backend as every library of this version has it."""

    _fields_ = [("abi_version", c.c_uint32), ("struct_size", c.c_uint32), ("name", c.c_char_p), *_fields(FUNCTIONS)]


class NetworkTable(c.Structure):
    """fr_backend with the functions of networks at its end."""

    _fields_ = [*Table._fields_, *_fields(NETWORK_FUNCTIONS)]


class BatchTable(c.Structure):
    """The same with many networks in one call."""

    _fields_ = [*NetworkTable._fields_, *_fields(BATCH_FUNCTIONS)]
