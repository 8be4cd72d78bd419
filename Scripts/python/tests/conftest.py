"""What the tests share: the program, where there is one, and a slow, obvious rank."""
from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from hypothesis import settings

from fullrank import _program

# The same examples in every run, and no files left behind.
settings.register_profile("fullrank", database=None, derandomize=True)
settings.load_profile("fullrank")

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def program() -> str:
    """The program; a test that needs it is skipped where there is none."""
    if _program.program() is None:
        pytest.skip("no program fullrank: put it on the path, or name it by FULLRANK_PROGRAM")
    return _program.program()


@pytest.fixture(scope="session")
def command(program):
    """Runs the program; its standard output."""
    def run(*arguments: object) -> str:
        return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture(scope="session")
def sweep(tmp_path_factory, command):
    folder = tmp_path_factory.mktemp("sweep") / "sweep"
    command("sweep", "--d0", "2", "--n", "4,8", "--d1", "1,2,4", "--trials", "5", "--backend", "cpu", "--output", folder)
    return folder


def slow_profile(matrix) -> list[int]:
    """Row of pivots over the rationals: columns from the left, the topmost row that is free."""
    rows = [[Fraction(x) for x in row] for row in matrix]
    pivots = [-1] * len(rows)
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((j for j, row in enumerate(rows) if pivots[j] < 0 and row[column]), None)
        if pivot is None:
            continue
        pivots[pivot] = column
        for j, row in enumerate(rows):
            if pivots[j] < 0 and row[column]:
                factor = row[column] / rows[pivot][column]
                rows[j] = [x - factor * y for x, y in zip(row, rows[pivot])]
    return pivots


def slow_rank(matrix) -> int:
    return sum(pivot >= 0 for pivot in slow_profile(matrix))
