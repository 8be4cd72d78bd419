from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from conftest import slow_profile

import fullrank
from fullrank import _session
from fullrank._table import Problem

SHAPES = [dict(d0=2, n=5, d1=3), dict(d0=1, n=9, d1=4, init="normal"), dict(d0=4, n=70, d1=3, bias=False),
          dict(d0=3, n=6, d1=5, inputs="cube", init="he-uniform"), dict(d0=2, n=6, d1=3, patterns="bernoulli")]


def options(shape: dict) -> list[str]:
    flags = []
    for name, value in shape.items():
        flags += ["--no-bias"] if name == "bias" else [f"--{name}", str(value)]
    return flags


@pytest.mark.parametrize("shape", SHAPES)
def test_trial_is_that_of_export(tmp_path, command, shape):
    command("export", *options(shape), "--seed", 3, "--trial", 8, "--output", tmp_path / "trial")
    ours = fullrank.trial(**shape, seed=3, trial=8)
    for name in ("inputs", "weights", "biases", "pattern", "jacobian"):
        path, array = tmp_path / "trial" / f"{name}.npy", getattr(ours, name)
        assert path.exists() == (array is not None), name
        if array is not None:
            theirs = np.load(path)
            assert theirs.dtype == array.dtype and theirs.tobytes() == array.tobytes(), name


@pytest.mark.parametrize("shape", SHAPES)
def test_profiles_are_those_of_the_jacobians(shape):
    pivots = fullrank.rank_profiles(**shape, trials=6, first_trial=2, seed=1)
    columns = fullrank.column_profiles(**shape, trials=6, first_trial=2, seed=1)
    for index, (row, column) in enumerate(zip(pivots, columns)):
        jacobian = fullrank.trial(**shape, seed=1, trial=2 + index).jacobian
        assert row.tolist() == slow_profile(jacobian.tolist())
        assert column.columns.tolist() == sorted(row[row >= 0])
        assert fullrank.rank(jacobian) == len(column.columns)
    assert fullrank.column_profile(**shape, trial=7, seed=1).columns.tolist() == columns[5].columns.tolist()


def test_profiles_are_those_of_a_sweep(sweep):
    pivots = fullrank.rank_profiles(d0=2, n=8, d1=4, trials=5)
    trials = fullrank.read(sweep).trials
    order = np.argsort(np.asarray(trials["trial"]))
    assert [list(trials["pivots"][i]) for i in order] == pivots.tolist()


def test_given_inputs():
    points = np.random.default_rng(1).integers(-3, 4, (7, 2)).astype("f4")
    ours = fullrank.trial(inputs=points, d1=3, n=5)
    assert (ours.inputs == points[:5]).all()
    assert fullrank.rank_profiles(inputs=points, d1=3, trials=2)[1].tolist() == slow_profile(
        fullrank.trial(inputs=points, d1=3, trial=1).jacobian.tolist())
    for wrong in (points[0, 0], points[None], np.full((2, 2), np.nan)):
        with pytest.raises(fullrank.DataError):
            fullrank.trial(inputs=wrong, d1=3)
    with pytest.raises(fullrank.DataError):
        fullrank.trial(inputs=points, d1=3, n=8)


def test_arguments_that_are_refused():
    for wrong in (dict(d0=-1), dict(d0=1 << 31), dict(n=2.5), dict(seed=-1), dict(seed=1 << 64), dict(trial=1 << 56),
                  dict(init="given"), dict(inputs="given"), dict(patterns="x"), dict(d0=0, bias=False)):
        with pytest.raises((ValueError, TypeError)):
            fullrank.trial(**{**dict(d0=2, n=3, d1=2), **wrong})


# A second or more, whatever the machine.
LONG = dict(d0=10, n=1500, d1=160, trials=400)


def test_progress_and_its_exceptions():
    told = []
    fullrank.rank_profiles(d0=8, n=300, d1=40, trials=40, progress=told.append)
    assert told[-1] == 1 and told == sorted(told) and all(0 <= share <= 1 for share in told)

    class Enough(Exception):
        pass

    def stop(share):
        raise Enough

    begun = time.monotonic()
    with pytest.raises(Enough):
        fullrank.rank_profiles(**LONG, progress=stop)
    assert time.monotonic() - begun < 10
    fullrank.rank_profiles(d0=2, n=5, d1=3, trials=3, progress=True)


def test_interrupted():
    """Ctrl-C: a KeyboardInterrupt soon, and a session that works afterwards."""
    text = ("import fullrank, signal, threading, os, time\n"
            "threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
            f"try: fullrank.rank_profiles(**{LONG})\n"
            "except KeyboardInterrupt: print('interrupted', fullrank.rank([[1, 2], [2, 4]]))\n")
    process = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60)
    assert process.stdout == "interrupted 1\n", process.stderr


def test_the_lock_is_released():
    ticks, stop = [], threading.Event()

    def count():
        while not stop.wait(0.01):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=count)
    thread.start()
    begun = time.monotonic()
    fullrank.rank_profiles(d0=10, n=800, d1=90, trials=24)
    seconds = time.monotonic() - begun
    stop.set()
    thread.join()
    assert len(ticks) > 5 * seconds


def test_threads_share_nothing():
    answers, expected = {}, fullrank.rank_profiles(d0=3, n=40, d1=12, trials=50)

    def work(index):
        answers[index] = fullrank.rank_profiles(d0=3, n=40, d1=12, trials=50)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and all((answer == expected).all() for answer in answers.values())


def test_a_child_of_fork_works():
    fullrank.rank([[1]])
    child = os.fork()
    if child == 0:
        os._exit(0 if fullrank.rank_profiles(d0=2, n=30, d1=9, trials=20).shape == (20, 30) else 1)
    for _ in range(1000):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        time.sleep(0.02)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pytest.fail("the child hangs")
    assert status == 0


def test_words_of_the_library():
    problem = Problem(2, 2, 2)
    with _session.borrowed() as session, pytest.raises(ValueError, match="outcomes is NULL"):
        session.call("rank_profiles", ctypes.addressof(problem), 3, 0, 1, None, None)
    assert _session.available_memory() > 0


def test_cuda_is_refused_in_words(monkeypatch, tmp_path):
    monkeypatch.setenv("FULLRANK_CUDA_LIBRARY", str(tmp_path / "none.so"))
    with pytest.raises(fullrank.BackendUnavailable, match="none.so"):
        fullrank.rank([[1]], backend="cuda")


def test_many_interrupts_leave_memory_alone():
    # Ctrl-C at any line, also while one is dealt with: arrays and sessions must outlive the library's threads.
    code = (
        "import os, signal, threading, time, numpy as np, fullrank\n"
        "A = np.ones((400, 20, 24)); wrong = 0\n"
        "fullrank.rank(A)\n"
        "end, going = time.time() + 3, True\n"
        "def send():\n"
        "    while going and time.time() < end:\n"
        "        time.sleep(0.02)\n"
        "        for _ in range(3): os.kill(os.getpid(), signal.SIGINT)\n"
        "thread = threading.Thread(target=send)\n"
        "thread.start()\n"
        "while time.time() < end:\n"
        "    try:\n"
        "        wrong += int((fullrank.rank(A.copy()) != 1).sum())\n"
        "    except KeyboardInterrupt:\n"
        "        pass\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "thread.join()\n"
        "print('wrong', wrong)\n")
    for _ in range(3):
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
        if "KeyboardInterrupt" not in run.stderr:  # one may come between the two lines of `except`
            assert run.returncode == 0 and run.stdout.strip() == "wrong 0", (run.returncode, run.stderr)
            return
        assert run.returncode in (1, 130, -signal.SIGINT), (run.returncode, run.stderr)
