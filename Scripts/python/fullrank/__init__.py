"""Exact ranks of very many matrices and Jacobians of ReLU networks.

>>> import fullrank
>>> fullrank.rank([[1, 2], [2, 4]])
1

Functions of arrays: `rank`, `rank_profile`. Of random networks: `trial`, `rank_profiles`, `column_profile`,
`column_profiles`. Of one's own networks: `network_rank`. Of the program's folders: `read`, `run`. What they compute
equals what the program `fullrank` computes, bit for bit.

Importing this loads neither NumPy nor the library: the first use does.
"""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._errors import (BackendUnavailable, DataError, FullrankError, InternalError, PrimeWarning, ProgramError,
                          RoundedWarning)
    from ._folders import Run, read
    from ._matrices import rank, rank_profile
    from ._networks import NetworkRank, network_rank
    from ._program import run
    from ._profiles import ColumnProfile, column_profile, column_profiles, rank_profiles
    from ._trials import Trial, trial

__version__ = "0.1.0"

_HOMES = {
    "_errors": ["BackendUnavailable", "DataError", "FullrankError", "InternalError", "PrimeWarning", "ProgramError",
                "RoundedWarning"],
    "_folders": ["Run", "read"], "_matrices": ["rank", "rank_profile"], "_networks": ["NetworkRank", "network_rank"],
    "_program": ["run"],
    "_profiles": ["ColumnProfile", "column_profile", "column_profiles", "rank_profiles"], "_trials": ["Trial", "trial"]}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [
    "BackendUnavailable", "ColumnProfile", "DataError", "FullrankError", "InternalError", "NetworkRank",
    "PrimeWarning", "ProgramError", "RoundedWarning", "Run", "Trial", "column_profile", "column_profiles",
    "network_rank", "rank", "rank_profile", "rank_profiles", "read", "run", "trial"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fullrank' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
