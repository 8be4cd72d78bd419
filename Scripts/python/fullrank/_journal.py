"""Lines of trials.jsonl (docs/file-formats.md)."""
from __future__ import annotations

import ctypes as c
import functools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._errors import DataError
from ._library import library
from ._session import require_memory
from ._tables import parsed

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PLACE = {digit: place for place, digit in enumerate(DIGITS)}
_NONE = -1
_ITEM = re.compile(r"(-|[g-z0-9+/]*[A-Za-f])(?:\*([g-z0-9+/]*[A-Za-f]))?")
FORMATS = {"fullrank-trials": (2, 3), "fullrank-minima-trials": (1, 2)}


# Columns of a Jacobian are below 2^62: products of two numbers below 2^31.
_MOST_DIGITS, _MOST_COLUMN = 13, 1 << 62
_MOST_ROWS = (1 << 31) - 1


@functools.lru_cache(maxsize=1 << 16)
def _number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise DataError(f"{digits[:40]!r} stands for a number beyond 2^62")
    return sum((_PLACE[digit] & 31) << 5 * place for place, digit in enumerate(digits))


def pivots(text: Any, rows: Any) -> NDArray[np.int64]:
    """The columns that a journal's string stands for, -1 for a row without pivot.

    Raises
    ------
    DataError
        It stands for another number of rows, or is no such string.
    """
    if type(rows) is not int or not 0 <= rows <= _MOST_ROWS:
        raise DataError(f"n is {rows!r}")
    if not isinstance(text, str):
        raise DataError(f"pivots are {text!r:.40}; a string is needed")
    items: list[tuple[int, int]] = []  # a step or _NONE, and how often
    read = covered = 0
    while match := _ITEM.match(text, read):
        read = match.end()
        item, counted = match.groups()
        count = _number(counted) if counted else 1
        covered += count
        items.append((_NONE if item == "-" else _number(item), count))
    if read != len(text) or covered != rows:
        raise DataError(f"pivots {text[:40]!r} are not of {rows} rows")
    require_memory(8.0 * rows, "pivots")
    columns = np.full(rows, -1, np.int64)
    following = row = 0
    for step, count in items:
        if step != _NONE:
            step = -(step >> 1) if step & 1 else step >> 1
            last = following + step + (count - 1) * (step + 1)
            if count and not (0 <= following + step < _MOST_COLUMN and 0 <= last < _MOST_COLUMN):
                raise DataError(f"pivots {text[:40]!r} hold a column that is negative or beyond 2^62")
            if count == 1:
                columns[row] = following + step
            else:
                columns[row:row + count] = following + step + (step + 1) * np.arange(count)
            following += count * (step + 1)
        row += count
    return columns


def _opened(line: bytes, place: str, sealed: bool) -> dict[str, Any]:
    if sealed:
        crc32c = library("cpu").loaded.fr_crc32c
        crc32c.restype, crc32c.argtypes = c.c_uint32, [c.c_char_p, c.c_size_t]
        body, found, checksum = line.rpartition(b',"crc32c":"')
        if not found or checksum != b'%08x"}\n' % crc32c(body, len(body)):
            raise DataError(f"{place}: its checksum is missing, or that of another line")
        line = body + b"}"
    return parsed(line, place)


def trials(path: str) -> Iterator[dict[str, Any]]:
    """The trials of a journal, checksums compared; `pivots` as an array of columns. A torn last line is left out."""
    with open(path, "rb") as file:
        first = file.readline()
        sealed = b'"crc32c"' in first
        header = _opened(first, f"{path}, line 1", sealed)
        versions = FORMATS.get(str(header.get("format")))
        if versions is None or header.get("version") != versions[sealed]:
            raise DataError(f"{path}, line 1: {header} is not the beginning of a journal that this package reads")
        for number, line in enumerate(file, start=2):
            if not line.endswith(b"\n"):
                return
            trial = _opened(line, f"{path}, line {number}", sealed)
            if "pivots" in trial:
                try:
                    trial["pivots"] = pivots(trial["pivots"], trial.get("n"))
                except DataError as error:
                    raise DataError(f"{path}, line {number}: {error}") from None
            yield trial
