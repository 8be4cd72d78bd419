#!/usr/bin/env python3
"""Reads trials.jsonl (docs/file-formats.md) and checks every count in cells.csv by it.

Usage: docs/journal.py FOLDER    (of an exact sweep)
Plain Python, the standard library alone. To read journals in a program of your own, import `trials`.
"""
import csv
import json
import re
import sys

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def number(digits):
    return sum((DIGITS.index(digit) & 31) << 5 * place for place, digit in enumerate(digits))


def pivots(text):
    columns, following = [], 0
    for item, count in re.findall(r"(-|[g-z0-9+/]*[A-Za-f])(?:\*([g-z0-9+/]*[A-Za-f]))?", text):
        for _ in range(number(count) if count else 1):
            if item != "-":
                step = number(item)
                following += (-(step >> 1) if step & 1 else step >> 1) + 1
            columns.append(-1 if item == "-" else following - 1)
    return columns


def trials(folder):
    """The trials of a sweep's folder, one dictionary each; `pivots` as a list of columns, -1 for none."""
    with open(f"{folder}/trials.jsonl") as file:
        header = json.loads(next(file))
        if header != {"format": "fullrank-trials", "version": 2}:
            raise ValueError(f"{folder}/trials.jsonl is no journal of version 2: {header}")
        for line in file:
            if not line.endswith("\n"):
                return  # torn by a crash
            trial = json.loads(line)
            if "pivots" in trial:
                trial["pivots"] = pivots(trial["pivots"])
            yield trial


def main(folder):
    with open(f"{folder}/plan.json") as file:
        plan = json.load(file)
    if plan["method"] != "exact":
        sys.exit("journal.py: only exact sweeps are checked")
    with open(f"{folder}/cells.csv") as file:
        rows = list(csv.DictReader(file))
    # With a half-width, trials beyond a problem's last checkpoint do not count.
    def problem(row):  # of a deep network each width is one
        deep = (row["hidden"], int(row["d1"])) if "hidden" in row else None
        return row.get("ratio"), deep, int(row["d0"]), int(row["n"])

    counted = {problem(row): int(row["trials"]) for row in rows}
    table = {}
    for trial in trials(folder):
        if "half_width" in plan and trial["trial"] >= counted[problem(trial)]:
            continue
        k = trial["d0"] + plan["bias"]
        if "hidden" in trial:
            for n in plan["n"]:
                rank = sum(column >= 0 for column in trial["pivots"][:n])
                cell = table.setdefault((trial["hidden"], trial["d0"], n, trial["d1"]), [0, 0, 0])
                cell[0] += 1
                cell[1] += rank == n
                cell[2] += rank
            continue
        for n in [trial["n"]] if "ratio" in plan else plan["n"]:
            for d1 in plan["d1"]:
                rank = sum(0 <= column < d1 * k for column in trial["pivots"][:n])
                cell = table.setdefault((trial.get("ratio"), trial["d0"], n, d1), [0, 0, 0])
                cell[0] += 1
                cell[1] += rank == n
                cell[2] += rank
    for row in rows:
        cell = table.pop((row.get("hidden", row.get("ratio")), int(row["d0"]), int(row["n"]), int(row["d1"])))
        if [int(row["trials"]), int(row["full_rank"]), row["mean_rank"]] != cell[:2] + [f"{cell[2] / cell[0]:.6f}"]:
            sys.exit(f"journal.py: by the journal, {cell} are trials, full ranks and their sum in {dict(row)}")
    if table:
        sys.exit(f"journal.py: cells.csv lacks {len(table)} cells of the journal")
    print("every cell follows from the journal")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(sys.argv[1])
