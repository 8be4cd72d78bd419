"""What the program writes into a folder, as tables."""
from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import numpy as np

from . import _journal, _tables
from ._errors import DataError
from ._tables import frame, objects

# As the program does.
_MOST_PLAN = 64 << 20


class Run:
    """A folder of the program: a sweep, minima, training, networks. Tables are read when they are first asked for.

    Attributes
    ----------
    folder : pathlib.Path
    plan : dict
        plan.json; empty for a folder of `landscape`, which has tables alone.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.messages = ""
        path = self.folder / "plan.json"
        self.plan: dict[str, Any] = {}
        if not path.exists() and self.tables:
            return
        if path.stat().st_size > _MOST_PLAN:
            raise DataError(f"{path} is larger than 64 MB")
        self.plan = _tables.parsed(path.read_bytes(), str(path))
        if not isinstance(self.plan.get("format"), str):
            raise DataError(f"{path}: it has no \"format\"")

    @property
    def kind(self) -> str:
        """What made the folder: "sweep", "minima", "training", "networks"; "tables" without a plan."""
        return str(self.plan.get("format", "tables")).removeprefix("fullrank-")

    @property
    def tables(self) -> list[str]:
        """Names of the folder's CSV tables, for `table`."""
        return sorted(path.stem for path in self.folder.glob("*.csv"))

    def columns(self, name: str) -> dict[str, Any]:
        """A CSV table of the folder as arrays by column."""
        path = self.folder / f"{name}.csv"
        if not path.exists():
            there = ", ".join(self.tables) or "none"
            raise DataError(f"{path} is not there: the run has no such table, or has not ended; tables: {there}")
        return _tables.columns(path)

    def table(self, name: str) -> Any:
        """A CSV table of the folder, such as "exact", "training", "ranks": a DataFrame or a structured array.

        Raises
        ------
        DataError
            There is none of this name, or it is damaged.
        """
        return frame(self.columns(name))

    @functools.cached_property
    def cells(self) -> Any:
        """cells.csv: a row for each cell."""
        return self.table("cells")

    @functools.cached_property
    def widths(self) -> Any:
        """widths.csv: quantiles of the least width of full rank; NaN where it was not reached."""
        return self.table("widths")

    @functools.cached_property
    def per_trial(self) -> Any:
        """trials.csv: the rank of each trial in each cell, of a run with ``per_trial=True`` (``--per-trial``)."""
        return self.table("trials")

    @functools.cached_property
    def trials(self) -> Any:
        """trials.jsonl: a row for each trial, checksums compared, `pivots` as arrays of int64 with -1 for none.

        Row j's column where each row's pivot is known; of some sweeps only the columns between one listed n and the
        next (docs/file-formats.md, "trials.jsonl").

        Without a journal (training, networks) a row for each recorded step or network: training.csv or ranks.csv.
        """
        path = self.folder / "trials.jsonl"
        if not path.exists():
            for name in ("training", "ranks"):
                if (self.folder / f"{name}.csv").exists():
                    return self.table(name)
            raise DataError(f"{path} is not there")
        columns: dict[str, list[Any]] = {}
        for number, trial in enumerate(_journal.trials(str(path)), start=2):
            if not columns:
                columns = {name: [] for name in trial}
            if columns.keys() != trial.keys():
                raise DataError(f"{path}, line {number}: it has {', '.join(trial)}; others have {', '.join(columns)}")
            for name, value in trial.items():
                columns[name].append(value)
        arrays = {}
        for name, values in columns.items():
            whole = all(type(value) is int and -(1 << 63) <= value < 1 << 63 for value in values)
            arrays[name] = np.array(values, np.int64) if whole else objects(values)
        return frame(arrays)

    def plot(self, axes: Any = None, **style: Any) -> Any:
        """Draws the phase diagram with matplotlib; of training, rank and loss; of networks, rank and bound of each.

        Parameters
        ----------
        axes : matplotlib axes or array of them, optional
            One for each panel: for each d0, ratio or list of hidden layers. New ones by default.
        **style
            Handed to `pcolormesh` (of training and networks: to `plot`).

        Returns
        -------
        ndarray of matplotlib axes

        Raises
        ------
        ImportError
            matplotlib is not installed.
        DataError
            The folder has no table of cells.
        """
        from ._figures import diagram, networks, training

        for name, draw in (("training", training), ("ranks", networks)):
            if name in self.tables:
                return draw(self, axes, style)
        return diagram(self, axes, style)

    def __repr__(self) -> str:
        return f"<fullrank {self.kind} in {str(self.folder)!r}: {', '.join(self.tables) or 'no tables yet'}>"


def read(folder: str | os.PathLike[str]) -> Run:
    """The folder of a run of the program, finished or under way.

    Parameters
    ----------
    folder : path
        What was `--output`: of `sweep`, `threshold`, `minima`, `train`, `network`, `landscape`, `merge`, one figure of
        `reproduce`, or any other command that writes plan.json or CSV files.

    Returns
    -------
    Run

    Raises
    ------
    FileNotFoundError
        There is neither a plan.json nor a table.
    DataError
        plan.json is not one.

    Examples
    --------
    >>> import fullrank
    >>> run = fullrank.read(folder)
    >>> run.kind, run.plan["n"]
    ('sweep', [4, 8])
    >>> [int(column) for column in run.trials["pivots"][0]]
    [0, 3, 1, 2, 4, 5, 6, 7]
    """
    return Run(folder)
