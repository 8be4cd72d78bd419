from __future__ import annotations

import csv
import json
import random
import sys

import numpy as np
import pytest
from conftest import ROOT

import fullrank
from fullrank import _journal

sys.path.insert(0, str(ROOT / "docs"))
import journal  # noqa: E402  the reader in plain Python


def encoded(columns: list[int]) -> str:
    """Pivots as a journal has them, without repetitions."""
    def vlq(number: int) -> str:
        text = ""
        while True:
            number, digit = number >> 5, number & 31
            text += journal.DIGITS[digit | (32 if number else 0)]
            if not number:
                return text

    text, following = "", 0
    for column in columns:
        step = column - following
        text += "-" if column < 0 else vlq(2 * step if step >= 0 else -2 * step + 1)
        following = following if column < 0 else column + 1
    return text


def test_pivots():
    assert _journal.pivots("AUXASA*tC", 82) == [0, 11, 1, 2, 12, *range(13, 90)]
    chance = random.Random(1)
    for _ in range(300):
        n = chance.randrange(1, 40)
        columns = [chance.choice([-1, chance.randrange(3000)]) for _ in range(n)]
        assert _journal.pivots(encoded(columns), n) == columns == journal.pivots(encoded(columns))
    for text in ("A*C", "C*D", "D*C-*E", "F*C", "MPA*FC", "-*gB"):
        assert _journal.pivots(text, len(journal.pivots(text))) == journal.pivots(text)
    for wrong in ("", "A", "AAAA", "A*D", "A!A", "A*////////F", "AA*"):
        with pytest.raises(fullrank.DataError):
            _journal.pivots(wrong, 2)


def test_sweep(sweep):
    run = fullrank.read(sweep)
    assert run.kind == "sweep" and run.plan["d1"] == [1, 2, 4] and "cells" in run.tables
    theirs = list(journal.trials(str(sweep)))
    assert [list(pivots) for pivots in run.trials["pivots"]] == [trial["pivots"] for trial in theirs]
    assert list(run.trials["trial"]) == [trial["trial"] for trial in theirs]
    with open(sweep / "cells.csv") as file:
        rows = list(csv.DictReader(file))
    for name in ("n", "d1", "full_rank"):
        assert list(run.cells[name]) == [int(row[name]) for row in rows]
    assert list(run.cells["ci_high"]) == [float(row["ci_high"]) for row in rows]
    assert np.isnan(run.widths["q95"][1])  # not reached
    # The counts follow from the pivots.
    for cell, row in enumerate(rows):
        ranks = [sum(0 <= p < int(row["d1"]) * 3 for p in pivots[:int(row["n"])]) for pivots in run.trials["pivots"]]
        assert sum(rank == int(row["n"]) for rank in ranks) == run.cells["full_rank"][cell]


def test_without_pandas(sweep, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    run = fullrank.read(sweep)
    assert isinstance(run.cells, np.ndarray) and run.cells.dtype.names[:3] == ("d0", "n", "d1")
    assert run.trials["pivots"][0].dtype == np.int64
    assert run.cells["full_rank"].sum() == fullrank.read(sweep).cells["full_rank"].sum()


def test_other_folders(tmp_path, command):
    command("minima", "--d0", 2, "--n", "4,8", "--d1", "1,2,4", "--trials", 3, "--backend", "cpu", "-o", tmp_path / "m")
    run = fullrank.read(tmp_path / "m")
    assert run.kind == "minima" and len(run.trials) == 3 and list(run.trials["feasible"][0]) != []
    command("train", "--d0", 1, "--n", 5, "--d1", 4, "--steps", 20, "--backend", "cpu", "-o", tmp_path / "t")
    run = fullrank.read(tmp_path / "t")
    assert len(run.trials) == len(run.table("training")) == 21
    command("sweep", "--ratio", "0.5,1", "--n", "4,6", "--d1", "1,2", "--trials", 3, "--backend", "cpu", "-o", tmp_path / "r")
    assert list(fullrank.read(tmp_path / "r").cells["ratio"])[0] == "0.5"
    command("sweep", "--d0", 2, "--hidden", "4", "--n", "4,6", "--d1", "1,2", "--trials", 3, "--backend", "cpu", "-o",
            tmp_path / "deep")
    assert len(fullrank.read(tmp_path / "deep").trials) == 6


def test_damage_is_told(sweep, tmp_path):
    (tmp_path / "plan.json").write_bytes((sweep / "plan.json").read_bytes())
    whole = (sweep / "trials.jsonl").read_bytes()
    target = tmp_path / "trials.jsonl"
    target.write_bytes(whole[:-1])
    assert len(fullrank.read(tmp_path).trials) == 4  # torn
    target.write_bytes(whole.replace(b'"trial":1', b'"trial":7'))
    with pytest.raises(fullrank.DataError, match="line 3: its checksum"):
        fullrank.read(tmp_path).trials
    for beginning in (b"", b"{}\n", b"[]\n", b"x\n", b'{"format":"fullrank-trials","version":9}\n'):
        target.write_bytes(beginning)
        with pytest.raises(fullrank.DataError):
            fullrank.read(tmp_path).trials
    with pytest.raises(fullrank.DataError, match="cells"):
        fullrank.read(tmp_path).cells
    for plan in (b"", b"[]", b"{}", b'{"format":1}', b"\xff"):
        (tmp_path / "plan.json").write_bytes(plan)
        with pytest.raises(fullrank.DataError):
            fullrank.read(tmp_path)
    with pytest.raises(FileNotFoundError):
        fullrank.read(tmp_path / "none")


def test_tables_alone(tmp_path):
    (tmp_path / "minima.csv").write_text("loss,w\n1/3,0 1\n")
    run = fullrank.read(tmp_path)
    assert run.kind == "tables" and run.plan == {} and list(run.table("minima")["loss"]) == ["1/3"]
    for ask in (lambda: run.trials, lambda: run.cells, run.plot):
        with pytest.raises(fullrank.DataError):
            ask()


def test_versions_without_checksums(tmp_path):
    (tmp_path / "plan.json").write_text('{"format": "fullrank-sweep"}')
    lines = [{"format": "fullrank-trials", "version": 2}, {"d0": 1, "n": 3, "trial": 0, "pivots": "A*D"}]
    (tmp_path / "trials.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert list(fullrank.read(tmp_path).trials["pivots"][0]) == [0, 1, 2]


def test_plot(sweep, tmp_path, command):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    axes = fullrank.read(sweep).plot(cmap="magma")
    mesh = axes[0].collections[0]
    assert mesh.get_array().shape == (3, 2) and mesh.get_cmap().name == "magma"
    cells = fullrank.read(sweep).cells
    assert sorted(mesh.get_array().ravel()) == sorted(cells["probability"])
    assert fullrank.read(sweep).plot(axes)[0] is axes[0]
    with pytest.raises(ValueError):
        fullrank.read(sweep).plot([])
    command("train", "--d0", 1, "--n", 5, "--d1", 4, "--steps", 20, "--backend", "cpu", "-o", tmp_path / "t")
    assert len(fullrank.read(tmp_path / "t").plot()) == 2
