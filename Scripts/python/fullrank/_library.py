"""Finding and loading backend libraries."""
from __future__ import annotations

import ctypes as c
import functools
import os
import sys
from pathlib import Path

from ._errors import BackendUnavailable
from ._table import ABI_VERSION, BatchTable, BlockTable, NetworkTable, Table

CPU_NAME = "libfullrank_cpu_backend" + (".dylib" if sys.platform == "darwin" else ".so")
CUDA_NAME = "libfullrank_cuda.so"
CUDA_VARIABLE = "FULLRANK_CUDA_LIBRARY"


class Library:
    """A loaded backend library and its table of functions."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self.loaded = c.CDLL(path)
            entry = self.loaded.fullrank_backend_v1
        except (OSError, AttributeError) as error:
            raise BackendUnavailable(f"{path}: {error}") from None
        entry.restype = c.POINTER(Table)
        pointer = entry()
        if not pointer:
            raise BackendUnavailable(f"{path}: its table is NULL")
        self.table: Table = pointer.contents
        if self.table.abi_version != ABI_VERSION or self.table.struct_size < c.sizeof(Table):
            raise BackendUnavailable(
                f"{path}: version {self.table.abi_version} of the interface, {self.table.struct_size} bytes; this "
                f"package takes version {ABI_VERSION} of at least {c.sizeof(Table)} bytes")
        self._longest: c.Structure = self.table
        for longer in NetworkTable, BatchTable, BlockTable:
            if self.table.struct_size >= c.sizeof(longer):
                self._longest = c.cast(pointer, c.POINTER(longer)).contents

    def function(self, name: str) -> "c._CFunctionType | None":
        """A function of the table; None where this library has none."""
        return getattr(self._longest, name, None) or None

    @property
    def name(self) -> str:
        return bytes(self.table.name).decode()

    @property
    def version(self) -> str:
        return bytes(self.table.library_version()).decode()


def _cuda_path() -> str:
    """As docs/c-interface.md says: the named file; beside the package's library or the program; the loader's."""
    named = os.environ.get(CUDA_VARIABLE)
    if named:
        return named
    from ._program import program

    folders = [Path(__file__).parent]
    executable = program()
    if executable is not None:
        folder = Path(executable).resolve().parent
        folders += [folder, folder.parent / "lib"]
    for folder in folders:
        if (folder / CUDA_NAME).exists():
            return str(folder / CUDA_NAME)
    return CUDA_NAME


@functools.lru_cache(maxsize=None)
def load(path: str) -> Library:
    """The library at a path, loaded once."""
    return Library(path)


def library(backend: str) -> Library:
    """The CPU library of this package, or the CUDA library where it is found.

    Raises
    ------
    BackendUnavailable
        There is none, or it does not load.
    """
    if backend == "cpu":
        path = Path(__file__).parent / CPU_NAME
        if not path.exists():
            raise BackendUnavailable(f"{path} is missing: install the package by 'pip install ./Scripts/python'")
        return load(str(path))
    if backend == "cuda":
        return load(_cuda_path())
    raise ValueError(f"backend is {backend!r}; 'cpu' or 'cuda'")
