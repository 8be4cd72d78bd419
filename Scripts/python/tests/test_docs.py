"""What the docstrings and pages say, the types, and the time of the import."""
from __future__ import annotations

import doctest
import importlib
import pkgutil
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import fullrank
from fullrank import _program
from fullrank._library import library

PACKAGE = Path(fullrank.__file__).parent
# Not the library, which looks like an extension module.
MODULES = [f"fullrank.{m.name}" for m in pkgutil.iter_modules([str(PACKAGE)]) if not m.name.startswith("lib")]


@pytest.mark.parametrize("name", ["fullrank", *MODULES])
def test_examples(name, request):
    ran = 0
    for test in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)):
        if test.name.endswith("network_rank") and library("cpu").function("network_ranks") is None:
            continue
        if test.name.endswith((".read", ".run")):
            if _program.program() is None:
                continue
            test.globs["folder"] = request.getfixturevalue("sweep")
        result = doctest.DocTestRunner().run(test)
        assert result.failed == 0, test.name
        ran += result.attempted
    if name in ("fullrank._matrices", "fullrank._trials", "fullrank._profiles"):
        assert ran


def test_every_public_function_says_what_it_takes():
    for name in fullrank.__all__:
        assert getattr(fullrank, name).__doc__, name
    for name in ("rank", "rank_profile", "trial", "rank_profiles", "column_profile", "column_profiles", "network_rank",
                 "read", "run"):
        text = getattr(fullrank, name).__doc__
        for heading in ("Parameters", "Returns", "Raises", "Examples"):
            assert f"\n    {heading}\n    {'-' * len(heading)}\n" in text, (name, heading)


def test_import_is_quick():
    """Under 0.15 s of processor time beyond what an empty Python takes, the best of five; NumPy is not loaded."""
    def seconds(code: str) -> float:
        times = []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", code], check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(times)

    assert seconds("import fullrank, sys; assert 'numpy' not in sys.modules") - seconds("pass") < 0.15


def test_types(tmp_path):
    pytest.importorskip("mypy")
    assert (PACKAGE / "py.typed").exists()
    python = ROOT / "Scripts" / "python"
    process = subprocess.run([sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path)], cwd=python,
                             capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr
    user = tmp_path / "user.py"
    user.write_text("import fullrank\nreveal_type(fullrank.rank_profile([[1]]))\nfullrank.rank_profile(prime='7')\n")
    text = subprocess.run([sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path), str(user)], capture_output=True,
                          text=True, cwd=python).stdout
    assert "ndarray" in text and "Argument \"prime\"" in text


def test_names():
    assert set(fullrank.__all__) <= set(dir(fullrank))
    with pytest.raises(AttributeError):
        fullrank.nothing
    assert fullrank.__version__
