"""Lines of trials.jsonl (docs/file-formats.md)."""
from __future__ import annotations

import ctypes as c
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from ._errors import DataError
from ._library import library

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PLACE = {digit: place for place, digit in enumerate(DIGITS)}
_ITEM = re.compile(r"(-|[g-z0-9+/]*[A-Za-f])(?:\*([g-z0-9+/]*[A-Za-f]))?")
FORMATS = {"fullrank-trials": (2, 3), "fullrank-minima-trials": (1, 2)}


@functools.lru_cache(maxsize=1 << 16)
def _number(digits: str) -> int:
    return sum((_PLACE[digit] & 31) << 5 * place for place, digit in enumerate(digits))


def pivots(text: str, rows: int) -> list[int]:
    """The columns that a journal's string stands for, -1 for a row without pivot.

    Raises
    ------
    DataError
        It stands for another number of rows, or is no such string.
    """
    columns: list[int] = []
    following = read = 0
    for match in _ITEM.finditer(text):
        if match.start() != read:
            break
        read = match.end()
        item, counted = match.groups()
        count = _number(counted) if counted else 1
        if count > rows - len(columns):
            raise DataError(f"pivots {text[:40]!r} are of more than {rows} rows")
        if item == "-":
            columns.extend([-1] * count)
            continue
        step = _number(item)
        step = -(step >> 1) if step & 1 else step >> 1
        columns.extend(range(following + step, following + step + count * (step + 1), step + 1) if step != -1
                       else [following - 1] * count)
        following += count * (step + 1)
    if read != len(text) or len(columns) != rows:
        raise DataError(f"pivots {text[:40]!r} are not of {rows} rows")
    return columns


def _opened(line: bytes, place: str, sealed: bool) -> dict[str, Any]:
    if sealed:
        crc32c = library("cpu").loaded.fr_crc32c
        crc32c.restype, crc32c.argtypes = c.c_uint32, [c.c_char_p, c.c_size_t]
        body, found, checksum = line.rpartition(b',"crc32c":"')
        if not found or checksum != b'%08x"}\n' % crc32c(body, len(body)):
            raise DataError(f"{place}: its checksum is missing, or that of another line")
        line = body + b"}"
    try:
        value = json.loads(line)
    except ValueError as error:
        raise DataError(f"{place}: {error}") from None
    if not isinstance(value, dict):
        raise DataError(f"{place}: an object is needed")
    return value


def trials(path: str) -> Iterator[dict[str, Any]]:
    """The trials of a journal, checksums compared; `pivots` as a list of columns. A torn last line is left out."""
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
                    trial["pivots"] = pivots(trial["pivots"], trial["n"])
                except (DataError, KeyError, TypeError) as error:
                    raise DataError(f"{path}, line {number}: {error}") from None
            yield trial
