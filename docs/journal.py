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


TABLE = list(range(256))
for _ in range(8):
    TABLE = [value >> 1 ^ (value & 1) * 0x82f63b78 for value in TABLE]


def crc32c(data):
    register = 0xffffffff
    for byte in data:
        register = register >> 8 ^ TABLE[(register ^ byte) & 255]
    return register ^ 0xffffffff


def opened(line, place):
    """The line as a dictionary without its checksum, which must be that of the bytes before it."""
    body, found, checksum = line.rpartition(b',"crc32c":"')
    if not found or checksum != b'%08x"}\n' % crc32c(body):
        raise ValueError(f"{place}: its checksum is missing, or that of another line")
    return json.loads(body + b"}")


def trials(folder):
    """The trials of a sweep's folder, one dictionary each; `pivots` as a list of columns, -1 for none. Those of sweeps
    over networks have `ranks` in their place."""
    name = f"{folder}/trials.jsonl"
    with open(name, "rb") as file:
        first = next(file)
        sealed = b'"crc32c"' in first
        header = opened(first, f"{name}, line 1") if sealed else json.loads(first)
        # Version 2 is the same without checksums.
        known = [{"format": "fullrank-trials", "version": 3 if sealed else 2}]
        if sealed:
            known.append({"format": "fullrank-network-trials", "version": 2})
        if header not in known:
            raise ValueError(f"{name} is no journal of version 2 or 3: {header}")
        for number, line in enumerate(file, start=2):
            if not line.endswith(b"\n"):
                return  # torn by a crash
            trial = opened(line, f"{name}, line {number}") if sealed else json.loads(line)
            if "pivots" in trial:
                trial["pivots"] = pivots(trial["pivots"])
            yield trial


def main(folder):
    with open(f"{folder}/plan.json") as file:
        plan = json.load(file)
    if plan["method"] != "exact" or plan["format"] != "fullrank-sweep":
        sys.exit("journal.py: only exact sweeps of full rank are checked")
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
