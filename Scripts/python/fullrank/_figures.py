"""Figures with matplotlib, for people who restyle them."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import DataError

if TYPE_CHECKING:
    from ._folders import Run


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as pyplot
    except ImportError:
        raise ImportError("plot() needs matplotlib: pip install matplotlib") from None
    return pyplot


def _edges(values: Any) -> Any:
    """Midpoints between neighbours, and as far beyond the ends."""
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def panels(run: Run) -> list[tuple[str, Any, Any, Any, float | None]]:
    """Of each d0, ratio or list of hidden layers: its title, n, d1, fractions (d1, n), and k where it is one number."""
    columns = run.columns("cells")
    if not {"n", "d1", "probability"} <= columns.keys():
        raise DataError(f"{run.folder}: cells.csv has no n, d1, probability")
    if "ratio" in columns:
        keys = [(ratio,) for ratio in columns["ratio"]]
        names = ["d0/n"]
    else:
        names = [name for name in ("labels", "hidden", "d0") if name in columns]
        keys = list(zip(*[columns[name] for name in names]))
    found = []
    for key in dict.fromkeys(keys):
        which = np.array([one == key for one in keys])
        points, units = np.unique(columns["n"][which]), np.unique(columns["d1"][which])
        fractions = np.full((len(units), len(points)), np.nan)
        fractions[np.searchsorted(units, columns["d1"][which]), np.searchsorted(points, columns["n"][which])] = \
            columns["probability"][which]
        k = None
        if names == ["d0"]:
            k = float(key[0]) + (1 if run.plan.get("bias", True) else 0)
        title = ", ".join(f"{'hidden layers' if name == 'hidden' else name} {value}" if name == "labels" or name == "hidden"
                          else f"{name} = {value}" for name, value in zip(names, key))
        found.append((title, points, units, fractions, k))
    return found


def diagram(run: Run, axes: Any, style: dict[str, Any]) -> Any:
    """The fraction of full rank (of minima: of regions with a minimum) over n and d1, and the line d1 k = n."""
    drawn = panels(run)
    if axes is None:
        figure, axes = _pyplot().subplots(1, len(drawn), squeeze=False, sharey=True, layout="constrained",
                                          figsize=(3.2 * len(drawn) + 1, 3.4))
    else:
        figure = None
    axes = np.atleast_1d(np.asarray(axes, object)).ravel()
    if len(axes) < len(drawn):
        raise ValueError(f"axes are {len(axes)}; one for each of {len(drawn)} panels is needed")
    mesh = None
    for place, (axis, (title, points, units, fractions, k)) in enumerate(zip(axes, drawn)):
        mesh = axis.pcolormesh(_edges(points), _edges(units), fractions, **{"vmin": 0, "vmax": 1, **style})
        if k is not None:
            limits = axis.get_ylim()
            axis.plot(_edges(points), _edges(points) / k, color="white", linewidth=1, linestyle="--")
            axis.set_ylim(limits)
        axis.set(title=title, xlabel="n", **({"ylabel": "$d_1$"} if place == 0 else {}))
    if figure is not None and mesh is not None:
        figure.colorbar(mesh, ax=list(axes), label="fraction with a minimum" if run.kind == "minima"
                        else "fraction of full rank")
    return axes[:len(drawn)]


def training(run: Run, axes: Any, style: dict[str, Any]) -> Any:
    """Rank and loss against the step."""
    columns = run.columns("training")
    if axes is None:
        _, axes = _pyplot().subplots(2, 1, sharex=True, layout="constrained", figsize=(5, 4))
    axes = np.atleast_1d(np.asarray(axes, object)).ravel()
    if len(axes) < 2:
        raise ValueError("axes are one; two are needed, of rank and loss")
    axes[0].plot(columns["step"], columns["rank"], **style)
    axes[0].set(ylabel="rank")
    axes[1].semilogy(columns["step"], columns["loss"], **style)
    axes[1].set(xlabel="step", ylabel="loss")
    return axes[:2]


def networks(run: Run, axes: Any, style: dict[str, Any]) -> Any:
    """Rank and bound of each network, in the order of the files."""
    columns = run.columns("ranks")
    if axes is None:
        _, axes = _pyplot().subplots(layout="constrained", figsize=(5, 3))
    axes = np.atleast_1d(np.asarray(axes, object)).ravel()
    if not len(axes):
        raise ValueError("axes are none; one is needed")
    places = np.arange(len(columns["rank"]))
    axes[0].plot(places, columns["bound"], color="grey", linestyle="--", label="bound")
    axes[0].plot(places, columns["rank"], **{"marker": ".", "label": "rank", **style})
    axes[0].set(xlabel="network", ylabel="rank")
    axes[0].legend()
    return axes[:1]
