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
    assert _journal.pivots("AUXASA*tC", 82).tolist() == [0, 11, 1, 2, 12, *range(13, 90)]
    chance = random.Random(1)
    for _ in range(300):
        n = chance.randrange(1, 40)
        columns = [chance.choice([-1, chance.randrange(3000)]) for _ in range(n)]
        assert _journal.pivots(encoded(columns), n).tolist() == columns == journal.pivots(encoded(columns))
    for text in ("A*C", "C*D", "gBD*C-*E", "gBF*C", "MPA*FC", "-*gB"):
        assert _journal.pivots(text, len(journal.pivots(text))).tolist() == journal.pivots(text)
    for wrong in ("", "A", "AAAA", "F*C", "D*C", "A*D", "A!A", "A*////////F", "AA*"):
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


def test_per_trial(tmp_path, command):
    """trials.csv holds what the pivots say, and for singular values what the journal says."""
    command("sweep", "--d0", "1,2", "--n", "4,7", "--d1", "1,3", "--trials", 6, "--per-trial", "--backend", "cpu", "-o",
            tmp_path / "s")
    run = fullrank.read(tmp_path / "s")
    table = {name: list(run.per_trial[name]) for name in ("d0", "n", "d1", "trial", "rank", "full_rank")}
    expected = [(d0, n, d1, trial, sum(0 <= p < d1 * (d0 + 1) for p in pivots[:n]))
                for d0, trial, pivots in zip(run.trials["d0"], run.trials["trial"], run.trials["pivots"])
                for n in (4, 7) for d1 in (1, 3)]
    assert list(zip(table["d0"], table["n"], table["d1"], table["trial"], table["rank"])) == expected
    assert table["full_rank"] == [int(rank == n) for _, n, _, _, rank in expected]
    for options, name in ((("--d0", 2, "--method", "svd"), "largest"), (("--ratio", "0.5"), "ratio"),
                          (("--d0", 2, "--hidden", 3), "hidden")):
        folder = tmp_path / name
        run = fullrank.run("sweep", n=[4, 7], d1=[1, 3], trials=3, per_trial=True, backend="cpu", progress=False,
                           output=folder, **{option[2:]: value for option, value in zip(options[::2], options[1::2])})
        assert len(run.per_trial) == 12 and run.per_trial[name].dtype == (float if name == "largest" else run.per_trial[
            name].dtype)


DAMAGED = {
    "cells.csv": [
        (b"", "line 1: it is empty"), (b"d0,n,d0\n1,2,3\n", "line 1: two columns are called 'd0'"),
        (b"d0,,n\n1,2,3\n", "line 1: a column has no name"), (b"d0,n\n1,2\n1\n", "line 3: it has 1 fields"),
        (b"d0,n\n1,2\n\xff,3\n", "line 3: its bytes are no UTF-8"), (b'd0,n\n1,"2\n', "line 2: "),
        (b"d0,n\n1," + b"2" * 200_000 + b"\n", "line 2: "), (b"d0,n\n1,2\n1_0,3\n", "line 3: d0 is '1_0'"),
        ("d0,n\n1,\u0662\n".encode(), "line 2: n is"), (b"d0,n\n\x00,2\n", "line 2: ")],
    "trials.csv": [(b"d0,n,d1,trial,rank,full_rank\n1,2,3,4,5,1\n1,2,3,4,x,1\n", "line 3: rank is 'x'"),
                   (b"d0,n,d1,trial,rank,full_rank\n1,2,3,4,5\n", "line 2: it has 5 fields")],
    "trials.jsonl": [
        (b'{"format":"fullrank-trials","version":2}\n{"n":2,"pivots":"%s"}\n' % pivots, "line 2: ")
        for pivots in (b"A", b"g" * 300_000, b"gggggggggggggggA*C", b"A////////////D*B", b"D*C", b"*", b"A*D-")
    ] + [(b'{"format":"fullrank-trials","version":2}\n{"n":%s,"pivots":%s}\n' % (n, pivots), "line 2: ")
         for n, pivots in ((b"2", b"7"), (b"2", b"[]"), (b"-1", b'"A"'), (b"1.0", b'"A"'), (b"true", b'"A"'),
                           (b"9" * 5000, b'"A"'), (b"null", b'"A"'), (b"NaN", b'""'), (b"[" * 100_000, b'""'))
         ] + [(b'{"format":"fullrank-trials","version":2}\n{"n":1,"n":1}\n', "line 2: a key stands there twice"),
              (b'{"format":"fullrank-trials","version":2}\n\xff\n', "line 2: ")],
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_has_file_and_line(name, tmp_path):
    for content, words in DAMAGED[name]:
        (tmp_path / "plan.json").write_text('{"format": "fullrank-sweep"}')
        (tmp_path / name).write_bytes(content)
        with pytest.raises(fullrank.DataError, match=words) as failure:
            run = fullrank.read(tmp_path)
            _ = run.trials if name == "trials.jsonl" else run.table(name.removesuffix(".csv"))
        assert str(failure.value).startswith(str(tmp_path / name)), failure.value
    for plan in (b"[" * 200_000, b'{"format": "a", "format": "b"}', b'{"format": "a", "x": Infinity}'):
        (tmp_path / "plan.json").write_bytes(plan)
        with pytest.raises(fullrank.DataError, match="plan.json"):
            fullrank.read(tmp_path)


def test_lists_of_one_length(tmp_path):
    (tmp_path / "plan.json").write_text('{"format": "fullrank-minima"}')
    (tmp_path / "trials.jsonl").write_text(
        '{"format":"fullrank-minima-trials","version":1}\n{"trial":0,"feasible":[1,2]}\n{"trial":1,"feasible":[3,4]}\n')
    assert [list(one) for one in fullrank.read(tmp_path).trials["feasible"]] == [[1, 2], [3, 4]]
