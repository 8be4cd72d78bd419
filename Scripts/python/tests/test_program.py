from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest

import fullrank
from fullrank import _program


def test_arguments():
    line = _program.arguments("sweep", (), dict(
        d0=2, n=range(10, 60, 10), d1=[1, np.int64(2)], half_width=0.01, no_bias=True, census=False, ratio=None,
        depth=np.arange(2, 4), inputs="cube"))
    assert line == ["sweep", "--d0", "2", "--n", "10..50:10", "--d1", "1,2", "--half-width", "0.01", "--no-bias",
                    "--depth", "2,3", "--inputs", "cube"]
    assert _program.arguments("rank", ("a.npy",), dict(primes=3)) == ["rank", "a.npy", "--primes", "3"]


def test_sweep(program, tmp_path, capsys):
    run = fullrank.run("sweep", d0=2, n=range(4, 9, 4), d1=[1, 2, 4], trials=5, backend="cpu", output=tmp_path / "s")
    assert list(run.cells["full_rank"]) == [0, 1, 5, 0, 0, 4] and run.folder == tmp_path / "s"
    assert "plan.json" in run.messages
    assert "5" in capsys.readouterr().err  # the progress


def test_other_commands(program, tmp_path):
    np.save(tmp_path / "a.npy", np.eye(3))
    assert fullrank.run("rank", tmp_path / "a.npy", backend="cpu") == "3\n"
    assert fullrank.run("rank", tmp_path / "a.npy", backend="cpu", json=True)["matrices"][0]["rank"] == 3


def test_failures(program, monkeypatch, tmp_path):
    with pytest.raises(fullrank.ProgramError, match="--n is missing") as failure:
        fullrank.run("sweep", d0=2)
    assert failure.value.code == 64
    with pytest.raises(fullrank.ProgramError) as failure:
        fullrank.run("rank", tmp_path / "none.npy")
    assert failure.value.code == 74
    monkeypatch.setenv("FULLRANK_PROGRAM", str(tmp_path / "none"))
    with pytest.raises(fullrank.BackendUnavailable, match="none"):
        fullrank.run("sweep")
    monkeypatch.delenv("FULLRANK_PROGRAM")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_program, "__file__", str(tmp_path / "a" / "b" / "c" / "d.py"))
    with pytest.raises(fullrank.BackendUnavailable, match="FULLRANK_PROGRAM"):
        fullrank.run("sweep")


def test_interrupted(program, tmp_path):
    """The program keeps what is finished, and the same call goes on."""
    shape = dict(d0=10, n=[400], d1=[20, 45], trials=40000, backend="cpu", output=tmp_path / "s", progress=False)
    timer = threading.Timer(2.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        fullrank.run("sweep", **shape)
    timer.join()
    assert fullrank.read(tmp_path / "s").kind == "sweep" and (tmp_path / "s" / "trials.jsonl").exists()


def test_values_of_numpy_and_bytes():
    line = _program.arguments("rank", (b"a b.npy", np.array(3)), dict(
        no_bias=np.True_, census=np.array(False), n=np.array(5), d1=np.arange(1, 3), half_width=np.float32(0.5)))
    assert line == ["rank", "a b.npy", "3", "--no-bias", "--n", "5", "--d1", "1,2", "--half-width", "0.5"]
    for options, kind, words in (({"backend": []}, ValueError, "backend is empty"), ({"n": [True]}, TypeError, "n is True"),
                                 ({"d1": np.zeros(0, int)}, ValueError, "d1 is empty"),
                                 ({"n": {"a": 1}}, TypeError, "n is {'a': 1}"), ({"n": object}, TypeError, "n is <class")):
        with pytest.raises(kind, match=words):
            _program.arguments("sweep", (), options)


def test_progress_and_backend_are_checked():
    for progress in (5, "yes", None):
        with pytest.raises(TypeError, match="progress is"):
            fullrank.run("sweep", progress=progress)
    with pytest.raises(TypeError, match="progress is 5; a function"):
        fullrank.rank(np.eye(3), progress=5)
    with pytest.raises(TypeError, match="progress is 5; a function"):
        fullrank.rank_profiles(d0=1, n=3, d1=2, trials=2, progress=5)
    for backend in ([], None, 3):
        with pytest.raises(TypeError, match="backend is"):
            fullrank.rank(np.eye(3), backend=backend)
