"""CSV and JSON of the program's folders: strict, with the file and line of what is damaged."""
from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import DataError

# Names of layers and ratios stay text, as the program writes them.
_TEXT = {"hidden", "ratio", "labels", "file"}
# Tables of numbers alone, but for `_TEXT`.
_NUMBERS = {"cells", "widths", "exact", "obstructions", "trials"}


def objects(values: Iterable[Any]) -> Any:
    """One-dimensional, whatever the values are."""
    listed = list(values)
    array = np.empty(len(listed), object)
    for index, value in enumerate(listed):
        array[index] = value
    return array


def frame(columns: dict[str, Any]) -> Any:
    """A pandas DataFrame where pandas is installed, else a structured array with these fields."""
    try:
        import pandas
    except ImportError:
        pass
    else:
        return pandas.DataFrame(columns)
    count = len(next(iter(columns.values()), ()))
    table = np.empty(count, [(name, values.dtype) for name, values in columns.items()])
    for name, values in columns.items():
        table[name] = values
    return table


def _number(text: str, kind: type) -> Any:
    # Python's own forms, 1_000 and digits of other scripts, are none of the program's.
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return np.int64(int(text)) if kind is int else float(text)


def _column(texts: list[str]) -> Any:
    """Integers if all are; floats if all are or are empty (NaN); else strings."""
    for kind in (int, float):
        try:
            return np.array([_number(text, kind) if text or kind is int else np.nan for text in texts],
                            np.int64 if kind is int else np.float64)
        except (ValueError, OverflowError):
            continue
    return np.array(texts, object)


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}, line {line}: its bytes are no UTF-8") from None


def _whole(path: Path) -> dict[str, Any] | None:
    """trials.csv, which may have a hundred million rows: by NumPy's reader, if it has numbers alone."""
    with open(path, "rb") as file:
        names = file.readline().rstrip(b"\n").split(b",")
    if names[:6] != [b"d0", b"n", b"d1", b"trial", b"rank", b"full_rank"] or names[6:] not in (
            [], [b"largest", b"smallest"]):
        return None
    fields = [(name.decode(), np.int64 if place < 6 else np.float64) for place, name in enumerate(names)]
    try:
        table = np.loadtxt(path, fields, delimiter=",", skiprows=1, comments=None, ndmin=1, encoding="ascii")
    except (ValueError, OverflowError):
        return None  # the other reader says where it is damaged
    return {name: table[name] for name, _ in fields}


def columns(path: Path) -> dict[str, Any]:
    """A CSV table as arrays by column.

    Raises
    ------
    DataError
        A line with another number of fields than the first, two columns of one name or one without, bytes that are no
        UTF-8; in a table of numbers, a field that is none.
    """
    if path.stem == "trials" and (whole := _whole(path)) is not None:
        return whole
    rows, lines = [], []
    reader = csv.reader(io.StringIO(_decoded(path), newline=""), strict=True)
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
            if len(row) != len(rows[0]):
                raise DataError(f"{path}, line {lines[-1]}: it has {len(row)} fields; the first line has {len(rows[0])}")
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}") from None
    if not rows:
        raise DataError(f"{path}, line 1: it is empty; names of columns are needed")
    names = rows[0]
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            what = f"two columns are called {name!r}" if name else "a column has no name"
            raise DataError(f"{path}, line 1: {what}")
    answer = {}
    for place, name in enumerate(names):
        texts = [row[place] for row in rows[1:]]
        answer[name] = objects(texts) if name in _TEXT else _column(texts)
        if name not in _TEXT and path.stem in _NUMBERS and answer[name].dtype == object:
            line, text = next((line, text) for line, text in zip(lines[1:], texts) if _column([text]).dtype == object)
            raise DataError(f"{path}, line {line}: {name} is {text[:40]!r}; a number is needed")
    return answer


def parsed(text: bytes, place: str) -> dict[str, Any]:
    """A JSON object.

    Raises
    ------
    DataError
        It is none, has a key twice or a number that JSON has not, or is nested more deeply than anything that the program
        writes; its words begin with `place`.
    """
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise ValueError("a key stands there twice")
        return value

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no number of JSON")

    try:
        value = json.loads(text.decode(), object_pairs_hook=members, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        words = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise DataError(f"{place}: {words}") from None
    if not isinstance(value, dict):
        raise DataError(f"{place}: an object is needed")
    return value
