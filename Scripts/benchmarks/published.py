"""The eight published panels: the authors' procedure against `fullrank reproduce all`, all cores, wall time."""
import json
import math
import os
import shutil
import subprocess
import tempfile

from programs import CPU_LIBRARY, FULLRANK, ROOT, VENV_PYTHON, Failure, cpus, loudly, timed
from results import median, ratios, spread

NAME = "published"
MEASURES = 1  # raise it if rows change their meaning: stored rows are then measured again
TRIALS = 100
# (panel, cells): a cell is d0, n, d1; arXiv 2305.19510, section 7 and appendix.
PANELS = [(f"d0 = {d0}", [(d0, n, d1) for n in range(10, 101, 10) for d1 in range(30, 301, 30)]) for d0 in (1, 2, 3, 5)]
PANELS += [("d0 = n" if r == 1 else f"d0 = {r:g} n", [(math.ceil(r * n), n, d1) for n in range(10, 191, 20) for d1 in range(1, 16)])
           for r in (0.25, 0.5, 1, 2)]


class Worker:
    def __init__(self):
        command = [VENV_PYTHON, os.path.join(os.path.dirname(os.path.abspath(__file__)), "authors.py"), CPU_LIBRARY]
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.about = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failure("authors.py ended early; its error message is above")
        return json.loads(line)

    def ask(self, **question):
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def reproduce():
    folder = tempfile.mkdtemp(prefix="fullrank-bench-")
    try:
        return timed(FULLRANK, "reproduce", "all", "--trials", str(TRIALS), "--backend", "cpu", "--output",
                     os.path.join(folder, "figures"))
    finally:
        shutil.rmtree(folder)


def rounds(options):
    """Number of draws per cell: 5; 2 of every seventh cell in quick mode; all 100 with --whole."""
    return 2 if options.quick else TRIALS if options.whole else 5


def run(section, options):
    if section.has("panels"):
        return
    worker = Worker()
    count, stride = rounds(options), 7 if options.quick else 1
    sampled = [(panel, cells[::stride], len(cells)) for panel, cells in PANELS]
    worker.ask(ask="time", cells=[(5, 20, 30)] * 3, threads=cpus())  # warms up
    reproduce()
    # A few cells decide which numbers of threads are worth their time: on a busy machine threads that wait for one
    # another take a hundred times as long.
    few = [cell for _, cells in PANELS for cell in cells[7::31]]
    probe = {t: sum(worker.ask(ask="time", cells=few, threads=t)) for t in sorted({1, cpus()})}
    threads = [t for t in probe if probe[t] <= 2 * min(probe.values())]
    theirs = {t: {panel: [] for panel, _, _ in sampled} for t in threads}
    ours, checked = [], {"compared": 0, "float64_differs": 0, "float32_lower": 0, "float32_higher": 0}
    for round in range(count):
        ours.append(reproduce())
        for panel, cells, whole in sampled:
            for t in threads:
                if options.whole and t != threads[-1] and round >= 5:
                    continue
                seconds = sum(worker.ask(ask="time", cells=cells, threads=t))
                theirs[t][panel].append(seconds * whole / len(cells) * TRIALS)
            few = cells[round % 5::5] if round < 5 else []
            for exact, double, single in worker.ask(ask="check", cells=few, trial=round):
                checked["compared"] += 1
                checked["float64_differs"] += double != exact
                checked["float32_lower"] += single < exact
                checked["float32_higher"] += single > exact
    worker.close()
    if checked["float64_differs"] * 20 > checked["compared"]:
        raise Failure(f"the procedure's float64 ranks are not those of the same networks' exact ranks: {checked}")
    for t in threads:
        theirs[t]["total"] = [sum(each) for each in zip(*(theirs[t][panel] for panel, _, _ in sampled))]
    section.add("panels", {"procedure": worker.about["procedure"], "authors": worker.about["authors"], "draws": count,
                           "stride": stride, "probe": probe, "cells": sum(whole for _, _, whole in sampled), "trials": TRIALS,
                           "theirs": theirs, "ours": [run["wall"] for run in ours], "peak": ours[0]["peak"],
                           "user": [run["user"] for run in ours], "checked": checked})


def tables(section):
    if not section.has("panels"):
        return
    row = section.data["rows"]["panels"]
    theirs = {int(t): panels for t, panels in row["theirs"].items()}
    best = min(theirs, key=lambda t: median(theirs[t]["total"]))
    name = "authors' procedure" if row["authors"] else "NumPy float32 (not the authors' procedure)"
    if not row["authors"]:
        loudly("PyTorch is missing: NumPy's float32 replaces the authors' procedure")
    rows = []
    for panel in theirs[best]:
        rows.append([panel, *(f"{median(theirs[t][panel]):.1f} s" for t in theirs),
                     f"{median(row['ours']):.3f} s ± {spread(row['ours']):.0%}" if panel == "total" else "",
                     "{:.0f} ({:.0f} to {:.0f})".format(*ratios(theirs[best][panel], row["ours"])) if panel == "total"
                     else ""])
    every = "every cell" if row["stride"] == 1 else f"one cell in {row['stride']}"
    if row["draws"] == row["trials"] and row["stride"] == 1:
        how = f"all {row['cells'] * row['trials']:,} draws timed"
    else:
        how = (f"{row['draws']} draws of {every} timed, extrapolated to {row['cells']:,} cells of {row['trials']} draws")
    left_out = [t for t in row["probe"] if int(t) not in theirs]
    slow = "".join(f" {t} threads are left out: they took {row['probe'][t] / min(row['probe'].values()):.0f} times as long."
                   for t in left_out)
    c = row["checked"]
    ours = (f"`reproduce all` takes {median(row['user']):.2f} s of processor time and {row['peak'] / 1e6:.0f} MB at its peak, "
            "including start-up, tables and diagrams.")
    yield {"title": "The published figures", "columns":
           ["panel", *(f"{name}, {t} thread{'s' * (t > 1)}" for t in theirs), "`reproduce all`", "ratio"], "rows": rows,
           "notes": [f"{row['procedure']}; {how}; wall time; ratio to the faster number of threads, with its range.{slow}",
                     f"On {c['compared']} of our networks the procedure's float64 ranks differ from the exact ones "
                     f"{c['float64_differs']} times; its float32 ranks are too low {c['float32_lower']} times, too high "
                     f"{c['float32_higher']} times.", ours]}
