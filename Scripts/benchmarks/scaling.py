"""Cost against n, d0, width and trials, on one thread and on more; wall time and peak memory of `fullrank threshold`."""
import os
import shutil
import tempfile

from programs import FULLRANK, Failure, cpus, timed
from results import median, slope, spread

NAME = "scaling"
MEASURES = 1  # one more where rows change their meaning: kept ones are then measured again
# series -> (what changes, values as d0, n, max d1, trials; rounds). Runs of many seconds are not repeated.
FULL = {
    "n": ("n", [(10, n, 100000, 1, 5 if n < 3000 else 3 if n < 9000 else 1) for n in
                (250, 500, 1000, 2000, 4000, 8000, 16000)]),
    "n, --alone": ("n", [(10, n, 100000, 1, 5 if n < 3000 else 3 if n < 17000 else 1) for n in
                         (1000, 2000, 4000, 8000, 16000, 32000)]),
    # One input: by order, no elimination.
    "n, d0 = 1, --alone": ("n", [(1, n, 2147483647, 1, 5) for n in (1000, 10000, 100000)]),
    "width, n = 1000000, --alone": ("max d1", [(1, 1000000, d1, 1, 3) for d1 in (1000000, 10000000, 100000000)]),
    "d0": ("d0", [(d0, 1000, 100000, 10, 3) for d0 in (2, 3, 5, 10, 20, 50, 100, 300, 1000)]),
    "width, d0 = 1": ("max d1", [(1, 200, d1, 10, 3) for d1 in (100, 1000, 10000, 100000, 1000000)]),
    "width, d0 = 10": ("max d1", [(10, 1000, d1, 10, 3) for d1 in (100, 1000, 10000, 100000, 1000000)]),
    "trials, n = 100": ("trials", [(10, 100, 1000, trials, 3) for trials in (1, 10, 100, 1000, 10000, 100000)]),
    "trials, n = 1000": ("trials", [(10, 1000, 1000, trials, 3) for trials in (1, 2, 10, 100)]),
}
QUICK = {
    "n": ("n", [(10, n, 100000, 1, 2) for n in (500, 1000, 2000, 4000)]),
    "n, --alone": ("n", [(10, n, 100000, 1, 2) for n in (1000, 4000, 8000)]),
    "n, d0 = 1, --alone": ("n", [(1, n, 2147483647, 1, 2) for n in (1000, 10000, 100000)]),
    "d0": ("d0", [(d0, 500, 100000, 10, 2) for d0 in (2, 10, 100)]),
    "width, d0 = 1": ("max d1", [(1, 200, d1, 4, 2) for d1 in (1000, 100000)]),
    "trials, n = 100": ("trials", [(10, 100, 1000, trials, 2) for trials in (10, 1000, 10000)]),
}


def thread_counts():
    count, most = [1], cpus()
    while count[-1] * 2 <= most:
        count.append(count[-1] * 2)
    return count if count[-1] == most else [*count, most]


def measure(d0, n, width, trials, rounds, *options):
    """Runs all thread counts in turn, round by round; the tables must be the same bytes every time."""
    runs, expected = {t: [] for t in thread_counts()}, None
    for _ in range(rounds):
        for threads in runs:
            folder = tempfile.mkdtemp(prefix="fullrank-bench-")
            try:
                target = os.path.join(folder, "run")
                runs[threads].append(timed(
                    FULLRANK, "threshold", "--d0", str(d0), "--n", str(n), "--max-d1", str(width), "--trials",
                    str(trials), "--threads", str(threads), "--backend", "cpu", *options, "--output", target))
                with open(os.path.join(target, "widths.csv"), "rb") as file:
                    table = file.read()
                if table != (expected or table):
                    raise Failure(f"threshold --d0 {d0} --n {n}: widths.csv depends on threads or rounds")
                expected = table
            finally:
                shutil.rmtree(folder)
    return {"d0": d0, "n": n, "width": width, "trials": trials,
            "threads": {str(t): {"wall": [run["wall"] for run in each], "user": [run["user"] for run in each],
                                 "peak": max(run["peak"] for run in each)} for t, each in runs.items()}}


def run(section, options):
    for series, (_, shapes) in (QUICK if options.quick else FULL).items():
        for shape in shapes:
            key = f"{series}: {','.join(map(str, shape))}"
            if not section.has(key):
                section.add(key, {"series": series, **measure(*shape, *(["--alone"] if "--alone" in series else []))})


def tables(section):
    rows = section.rows
    for series in dict.fromkeys(row["series"] for row in rows):
        name = {"n": "n", "n, --alone": "n", "n, d0 = 1, --alone": "n", "d0": "d0"}.get(series, "width" if series.startswith("width") else "trials")
        chosen = [row for row in rows if row["series"] == series]
        fixed = ", ".join(f"{key} = {chosen[0][key]:,}" for key in ("d0", "n", "width", "trials") if key != name)
        counts = list(chosen[0]["threads"])
        exponents = slope([row[name] for row in chosen], [median(row["threads"]["1"]["wall"]) for row in chosen])
        lines = []
        for row, exponent in zip(chosen, exponents):
            one = median(row["threads"]["1"]["wall"])
            cells = [f"{row[name]:,}"]
            for threads in counts:
                run = row["threads"][threads]
                cells.append(f"{median(run['wall']):.3f}" + (f" ± {spread(run['wall']):.0%}" if len(run["wall"]) > 1 else ""))
                if threads != "1":
                    cells.append(f"{one / median(run['wall']):.2f}")
            peaks = [row["threads"][t]["peak"] for t in (counts[0], counts[-1])]
            cells += [f"{peak / 1e6:.0f}" for peak in (peaks if len(counts) > 1 else peaks[:1])]
            lines.append(cells + ["" if exponent is None else f"{exponent:.2f}"])
        columns = [name]
        for threads in counts:
            columns += [f"{threads} thread{'s' * (threads != '1')}, s"] + ([] if threads == "1" else ["faster by"])
        ends = (counts[0], counts[-1]) if len(counts) > 1 else counts[:1]
        columns += [f"peak MB, {t} thread{'s' * (t != '1')}" for t in ends] + [f"exponent of {name}"]
        alone = ", --alone" if "--alone" in series else ""
        yield {"title": f"Scaling with {name}{alone}: {fixed}".replace("width", "max d1"), "columns": columns, "rows": lines,
               "notes": []}
