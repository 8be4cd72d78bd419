"""The rank of the trial that a certificate names, a third time: exact, from docs/sampling.py and Python's own JSON alone.

Nothing is shared with either checker: rows are fractions, the rank is found by elimination of fractions, and modulo a
prime by elimination of residues.
"""
import functools
import json
import os
import re
import sys
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs"))
import sampling

IDENTITY = ("seed", "trial", "n", "d0", "d1", "hidden", "bias", "inputs", "init", "pattern")
SAID = re.compile(r"n = (\d+), d0 = (\d+), (?:hidden ([0-9x]+), )?d1 = (\d+): rank (\d+)(?:"
                  r"(, full rank, proved)|, (\d+) dependent, (proved)|"
                  r" modulo ([0-9and ]+)(?:, lower modulo ([0-9and ]+))?; proved: rank >= (\d+); not proved: rank <= (\d+), "
                  r"known modulo (?:this prime|these primes) only, error bound [-+.0-9e]+)")


def shallow_rows(c, points):
    if "pattern" in c:
        pattern = [[bit == "1" for bit in unit] for unit in c["pattern"]]
    else:
        pattern = []
        for w, b in zip(*sampling.weights_and_biases(c["seed"], c["trial"], c["d1"], c["d0"], c["init"])):
            pattern.append([sum((Fraction(u) * v for u, v in zip(w, x)), Fraction(b) if c["bias"] else Fraction(0)) > 0
                            for x in points])
    for j, x in enumerate(points):
        yield [value if unit[j] else Fraction(0) for unit in pattern for value in x + [Fraction(1)] * c["bias"]]


def deep_rows(c, points):
    layers, outputs = sampling.deep_weights(c["seed"], c["trial"], c["hidden"] + [c["d1"]], c["d0"], c["init"])
    for x in points:
        active, given, values = sampling.deep_activations(layers, [float(v) for v in x], c["bias"]), [], x
        for on, (weights, biases) in zip(active, layers):
            given.append(values + [Fraction(1)] * c["bias"])
            values = [sum((Fraction(u) * v for u, v in zip(row, values)), Fraction(b) if c["bias"] else Fraction(0)) if a
                      else Fraction(0) for a, row, b in zip(on, weights, biases)]
        row, delta = [], [Fraction(v) if a else Fraction(0) for a, v in zip(active[-1], outputs)]
        for l in range(len(layers) - 1, -1, -1):
            row = [d * v for d in delta for v in given[l]] + row
            if l:
                above = layers[l][0]
                delta = [sum((d * Fraction(above[t][u]) for t, d in enumerate(delta) if d), Fraction(0)) if a else Fraction(0)
                         for u, a in enumerate(active[l - 1])]
        yield row


def rows_of(c):
    points = sampling.inputs(c["seed"], c["trial"], c["n"], c["d0"], c["inputs"]) if type(c["inputs"]) is str else c["inputs"]
    points = [[Fraction(float(x)) for x in row] for row in points]
    rows = []
    for row in deep_rows(c, points) if "hidden" in c else shallow_rows(c, points):
        scale = max((value.denominator for value in row), default=1)  # powers of two
        rows.append([int(value * scale) for value in row])
    return rows


def rank_modulo(rows, p):
    rows, rank = [[value % p for value in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        inverse = pow(rows[rank][column], -1, p)
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column] * inverse % p
            if factor:
                rows[i] = [(a - factor * b) % p for a, b in zip(rows[i], rows[rank])]
        rank += 1
    return rank


def rank_exactly(rows):
    """By fraction-free elimination (Bareiss)."""
    rows, rank, previous = [list(row) for row in rows], 0, 1
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        top = rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column]
            rows[i] = [(top[column] * a - factor * b) // previous for a, b in zip(rows[i], top)]
        previous = top[column]
        rank += 1
    return rank


@functools.lru_cache(maxsize=2000)
def ranks(identity, primes):
    rows = rows_of(json.loads(identity))
    return rank_exactly(rows), tuple(rank_modulo(rows, p) for p in primes)


def wrong_statement(data, said):
    """What is false in the statement on an accepted file; None: nothing."""
    c = json.loads(data)
    identity = json.dumps({key: c[key] for key in IDENTITY if key in c}, sort_keys=True)
    found = SAID.fullmatch(said)
    if not found:
        return "in other words than any statement's"
    n, d0, hidden, d1, rank, full, dependent, proved, modulo, lower, least, most = found.groups()
    widths = "x".join(map(str, c["hidden"])) if "hidden" in c else None
    if (int(n), int(d0), hidden, int(d1)) != (c["n"], c["d0"], widths, c["d1"]):
        return "which is another shape than the file's"
    primes = c["primes"] if modulo else []
    true, by_prime = ranks(identity, tuple(primes))
    if full or proved:
        right = true == int(rank) and (int(rank) == int(n) if full else int(rank) + int(dependent) == int(n))
        return None if right else f"and the exact rank is {true}"
    listed = {int(p): int(rank) for p in re.findall(r"\d+", modulo)}
    for p, r in zip(primes, by_prime):
        if not (r == int(rank) if p in listed else r < int(rank) and str(p) in (lower or "")):
            return f"and modulo {p} the rank is {r}"
    return None if int(least) == int(most) == int(rank) <= true else f"and the exact rank is {true}"
