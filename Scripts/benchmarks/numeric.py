"""Numeric rank on one thread: NumPy's and PyTorch's matrix_rank against Fullrank's singular values, same matrices."""
import json
import os
import subprocess

from programs import CPU_LIBRARY, ROOT, VENV_PYTHON, Failure, loudly
from results import median, milliseconds, ratios, spread

NAME = "numeric"
MEASURES = 1  # one more where rows change their meaning: kept ones are then measured again
# d0, n, d1, matrices per batch: corners of the published grids, then 32 to 512 at 1.25 columns per row.
FULL = [(1, 10, 30, 2000), (1, 50, 150, 60), (1, 100, 300, 12), (5, 100, 300, 6), (48, 190, 15, 6), (190, 190, 15, 2),
        (10, 32, 4, 1000), (10, 64, 8, 200), (10, 128, 15, 40), (10, 256, 30, 8), (10, 512, 59, 2), (10, 1000, 114, 1)]
QUICK = [(1, 10, 30, 500), (1, 100, 300, 4), (10, 32, 4, 300), (10, 128, 15, 8), (10, 256, 30, 2)]


def run(section, options):
    if not os.path.exists(VENV_PYTHON):
        loudly("there is no .venv-bench: the section 'numeric' is left out")
        return
    worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numeric_worker.py")
    one = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    for d0, n, d1, batch in QUICK if options.quick else FULL:
        for precision in ("float64", "float32"):
            key = f"d0={d0},n={n},d1={d1},{precision}"
            if section.has(key):
                continue
            done = subprocess.run([VENV_PYTHON, worker, CPU_LIBRARY, *map(str, (d0, n, d1, batch)), precision,
                                   "3" if options.quick else "5"], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                                  env={**os.environ, **one})
            if done.returncode:
                raise Failure(f"numeric_worker.py, {key}: exit code {done.returncode}; its words stand above")
            section.add(key, json.loads(done.stdout))


def tables(section):
    for precision in ("float64", "float32"):
        rows, matrices, wrong = [], 0, {}
        for row in section.rows:
            if row["precision"] != precision:
                continue
            ours, torch = row["fullrank"], row.get("torch")
            rows.append([f"{row['n']} × {row['columns']}", f"{milliseconds(median(ours))} ± {spread(ours):.0%}",
                         milliseconds(median(row['numpy'])),
                         "{:.2f} ({:.2f} to {:.2f})".format(*ratios(row["numpy"], ours)),
                         milliseconds(median(torch)) if torch else "",
                         "{:.2f} ({:.2f} to {:.2f})".format(*ratios(torch, ours)) if torch else "",
                         milliseconds(median(row['exact']))])
            matrices += row["batch"]
            for name, count in row["differ"].items():
                wrong[name] = wrong.get(name, 0) + count
        if rows:
            names = {"fullrank": "Fullrank", "numpy": "NumPy", "torch": "PyTorch"}
            yield {"title": f"Numeric rank, {precision}, one thread", "columns":
                   ["matrix", "Fullrank, ms", "NumPy, ms", "ratio", "PyTorch, ms", "ratio", "exact method, ms"],
                   "rows": rows, "notes": ["Milliseconds of the thread's processor time per matrix. Number of ranks "
                                           f"that differ from the exact one, in {matrices:,} matrices: " +
                                           ", ".join(f"{names[name]} {count}" for name, count in wrong.items()) + "."]}
