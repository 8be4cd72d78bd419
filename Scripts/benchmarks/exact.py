"""Exact rank on one thread: Fullrank, FFLAS-FFPACK and FLINT on the same matrices, and the machine's DGEMM."""
import json
import os
import subprocess

from programs import PEERS, ROOT, Failure, loudly
from results import median, milliseconds, ratios, spread

NAME = "exact"
MEASURES = 2  # one more where rows change their meaning: kept ones are then measured again
# d0, n, trials per round, rounds, rounds of FLINT.
FULL = [(10, 30, 1000, 7, 7), (10, 50, 500, 7, 7), (10, 100, 200, 7, 7), (3, 100, 200, 7, 7), (10, 200, 60, 7, 7),
        (10, 300, 40, 7, 7), (3, 300, 40, 7, 7), (10, 500, 10, 7, 7), (10, 1000, 4, 7, 7), (3, 1000, 4, 7, 7),
        (10, 2000, 2, 5, 5), (10, 4000, 1, 5, 3), (10, 8000, 1, 3, 1)]
QUICK = [(10, 30, 300, 3, 3), (10, 100, 60, 3, 3), (10, 300, 10, 3, 3), (10, 1000, 2, 3, 3), (10, 2000, 1, 2, 1)]


def run(section, options):
    if not os.path.exists(PEERS):
        loudly("FFLAS-FFPACK is not installed: the section 'exact' is left out")
        return
    for d0, n, trials, rounds, flint in QUICK if options.quick else FULL:
        key = f"d0={d0},n={n}"
        if section.has(key):
            continue
        done = subprocess.run([PEERS, *map(str, (d0, n, trials, rounds, flint))], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
        if done.returncode:
            raise Failure(f"profile_peers d0 = {d0}, n = {n}: " +
                          ("exact methods disagree" if done.returncode == 2 else f"exit code {done.returncode}"))
        section.add(key, json.loads(done.stdout))


def peer(row):
    """FFLAS-FFPACK with whichever residues are quicker."""
    return min(row["fflas_ffpack"], row["fflas_ffpack_balanced"], key=median)


def floor(row):
    return median(row["dgemm"]) * row["n"] ** 3 / 3


def tables(section):
    if not section.rows:
        return
    ranks, profiles = [], []
    for row in section.rows:
        ours, whole, flint = row["columns"], row["fullrank"], row.get("flint")
        shape = [row["d0"], row["n"], row["width"]]
        ranks.append(shape + [
            f"{milliseconds(median(ours))} ± {spread(ours):.0%}", f"{row['proved'] / row['trials']:.0%}",
            milliseconds(median(peer(row))), "{:.2f} ({:.2f} to {:.2f})".format(*ratios(peer(row), ours)),
            milliseconds(median(row["fflas_ffpack_179"])), f"{ratios(row['fflas_ffpack_179'], ours)[0]:.2f}",
            milliseconds(median(flint)) if flint else "", f"{ratios(flint, ours)[0]:.1f}" if flint else ""])
        profiles.append(shape + [
            f"{milliseconds(median(whole))} ± {spread(whole):.0%}",
            "{:.2f} ({:.2f} to {:.2f})".format(*ratios(peer(row), whole)), milliseconds(floor(row)),
            f"{floor(row) / median(whole):.0%}", f"{floor(row) / median(ours):.0%}"])
    notes = ["Milliseconds of the thread's processor time per trial, medians of interleaved rounds; ± is half the "
             "range. Ratios are taken round by round and have their range. All ranks of all methods agreed in every round."]
    yield {"title": "Exact rank at every width, one thread", "columns":
           ["d0", "n", "columns", "Fullrank, ms", "proved", "FFLAS-FFPACK, ms", "ratio", "FFLAS-FFPACK mod 179, ms",
            "ratio", "FLINT, ms", "ratio"], "rows": ranks, "notes": notes}
    yield {"title": "Rank profile, one thread", "columns":
           ["d0", "n", "columns", "Fullrank, ms", "ratio to FFLAS-FFPACK's rank", "n³/3 at DGEMM's rate, ms",
            "share of DGEMM's rate", "share, rank at every width"], "rows": profiles, "notes": []}
