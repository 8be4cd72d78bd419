"""Folders with bytes changed, cut off, doubled: their numbers, or a DataError. No other exception."""
from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fullrank
from fullrank import _journal
from fullrank._library import library

NAMES = ("plan.json", "trials.jsonl", "cells.csv", "widths.csv", "trials.csv")
# What breaks readers: signs of CSV and JSON, digits of pivots, no UTF-8, long numbers, depth.
PIECES = [b",", b'"', b"\n", b"\r", b"{", b"}", b"[" * 3000, b"-", b"*", b"////////////////D", b"\x00", b"\xff\xfe", b"9" * 400,
          b"1e999", b"NaN", b"null", b"", b"0", b"\xc2\xb2", b"_", b":", b"n", b"pivots"]


def resealed(content: bytes) -> bytes:
    """Lines with the checksums that fit them: damage then meets the readers behind."""
    crc32c, lines = library("cpu").loaded.fr_crc32c, []
    for line in content.split(b"\n"):
        body, found, _ = line.rpartition(b',"crc32c":"')
        lines.append(b'%s,"crc32c":"%08x"}' % (body, crc32c(body, len(body))) if found else line)
    return b"\n".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, command):
    path = tmp_path_factory.mktemp("fuzz")
    command("sweep", "--d0", "1,2", "--n", "4,8", "--d1", "1,4", "--trials", 4, "--per-trial", "--backend", "cpu", "-o",
            path / "whole")
    fullrank.read(path / "whole").trials  # so that fr_crc32c has its types
    (path / "damaged").mkdir()
    return path


@given(st.data())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_folders(folder, data):
    name = data.draw(st.sampled_from(NAMES))
    content = (folder / "whole" / name).read_bytes()
    for _ in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(0, len(content)))
        end = min(len(content), begin + data.draw(st.sampled_from([0, 1, 2, 9, 1000])))
        content = content[:begin] + data.draw(st.sampled_from(PIECES)) + content[end:]
    if name == "trials.jsonl" and data.draw(st.booleans()):
        content = resealed(content)
    for other in NAMES:
        shutil.copy(folder / "whole" / other, folder / "damaged" / other)
    (folder / "damaged" / name).write_bytes(content)
    reads = [lambda run: run.plan, lambda run: run.kind, lambda run: run.trials, lambda run: run.cells,
             lambda run: run.widths, lambda run: run.per_trial]
    for read in reads:
        try:
            read(fullrank.read(folder / "damaged"))
        except (fullrank.DataError, OSError) as error:
            assert str(folder / "damaged" / name) in str(error)


@given(st.text(alphabet=_journal.DIGITS + "*-", max_size=40), st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_any_pivots(text, rows):
    try:
        columns = _journal.pivots(text, rows)
    except fullrank.DataError:
        return
    assert len(columns) == rows and columns.min(initial=0) >= -1
