#!/usr/bin/env python3
"""Checks certificates of `fullrank explain` in plain Python: standard library only, no line shared with the program.

Usage: Scripts/check_certificate.py CERT.json...    (exit code 1 if one is not true)

What a certificate proves about J, the n x (d1 k) matrix whose row j is a_j (x) x~_j (docs/mathematics.md, section 11):
  rank J >= rank   the rows with a pivot are independent modulo 2^61 - 2373, hence over the rationals;
  rank J <= rank   every other row j has a set C of points, j its last, the others with pivots, such that the rows of C
                   are dependent: either |C| > k rank(A_C), the dimension of the space they lie in, or whole numbers
                   with sum c_i row_i = 0 are given. The rows of C without j are independent, so row j lies in their span.
No probability is left. Samples are made again by docs/sampling.py, signs decided and sums formed in whole numbers.
"""
import hashlib
import json
import math
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs"))
import sampling

P = 2**61 - 2373  # a prime of which 2 is a primitive root: modulo 2^61 - 1 powers of two would soon coincide
MOST = 10**8  # entries of J: minutes of Python
MOST_WORK = 10**11  # multiply-adds: hours of it
MOST_BYTES = 2**28
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(20_000)  # more than any relation has that explain looks for; longer numbers are refused
KEYS = {"format", "version", "fullrank", "rank", "n", "d0", "d1", "full_rank", "proved", "seed", "bias", "inputs",
        "primes", "error_bound", "inputs_sha256", "pattern_sha256", "pivots", "circuits"}


class Fault(Exception):
    pass


class Work:
    """Of one certificate, so that a hostile one ends in words too."""

    def __init__(self):
        self.taken = 0

    def take(self, amount):
        self.taken += amount
        need(self.taken <= MOST_WORK, f"it takes more than the {MOST_WORK:.0e} multiply-adds that this script may take")


def need(condition, words):
    if not condition:
        raise Fault(words)


def is_count(value):
    return type(value) is int and value >= 0


def whole(x):
    """The double x times 2^1074: a whole number for every double."""
    numerator, denominator = x.as_integer_ratio()
    return numerator * (2**1074 // denominator)


# The trial: inputs, pattern.

def trial_inputs(c):
    if isinstance(c["inputs"], str):
        return sampling.inputs(c["seed"], c["trial"], c["n"], c["d0"], c["inputs"])
    rows = [[float(x) for x in row] for row in c["inputs"]]
    need(len(rows) == c["n"] and all(len(row) == c["d0"] for row in rows), "inputs are not n x d0 numbers")
    return rows


def trial_pattern(c, points):
    """units x points of 0 and 1: the sign of w.x + b, exactly."""
    if "pattern" in c:
        need(len(c["pattern"]) == c["d1"] and all(len(row) == c["n"] and set(row) <= set("01") for row in c["pattern"]),
             "the pattern is not d1 x n of 0 and 1")
        return [[int(bit) for bit in row] for row in c["pattern"]]
    weights, biases = sampling.weights_and_biases(c["seed"], c["trial"], c["d1"], c["d0"], c["init"])
    units = [[whole(w) for w in row] + [whole(b)] * c["bias"] for row, b in zip(weights, biases)]
    return [[int(sum(map(int.__mul__, unit, x)) > 0) for x in points] for unit in units]


# Ranks.

def pivot_columns(points, pattern):
    """For each point the column of its pivot, or -1: what is left of its row modulo P when earlier rows are taken out."""
    k, seen, units = len(points[0]), set(), []
    for u, bits in enumerate(pattern):  # an inactive or repeated unit holds no pivot: its columns are 0, or stood before
        if any(bits) and tuple(bits) not in seen:
            seen.add(tuple(bits))
            units.append(u)
    kept, found = {}, []
    for j, x in enumerate(points):
        x, zero = [number % P for number in x], [0] * k
        row = [number for u in units for number in (x if pattern[u][j] else zero)]
        column, pivot = 0, -1
        while column < len(row) and pivot < 0:
            factor = row[column]
            if factor == 0:
                column += 1
            elif column in kept:
                row[column:] = [(a - factor * b) % P for a, b in zip(row[column:], kept[column])]
            else:
                inverse = pow(factor, -1, P)
                kept[column] = [inverse * number % P for number in row[column:]]
                pivot = units[column // k] * k + column % k
        found.append(pivot)
    return found


def zero_one_rank(rows):
    """Rank over the rationals, by elimination without fractions (Bareiss)."""
    rows, rank, previous = [list(row) for row in set(map(tuple, rows))], 0, 1
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


def relation_holds(coefficients, points, patterns, modulus=0):
    """sum c_i a_i (x) x~_i = 0, unit by unit, coordinate by coordinate; over the integers, or modulo a number."""
    for bits in set(patterns):
        for c in range(len(points[0])):
            total = sum(a * x[c] for a, x, bit in zip(coefficients, points, bits) if bit)
            if (total % modulus if modulus else total) != 0:
                return False
    return True


# The primes that the seed draws (Sources/FullrankModel/Prime.swift): SplitMix64 and rejection.

def is_prime(number):
    return number > 1 and all(number % d for d in range(2, math.isqrt(number) + 1))


def drawn_primes(seed, count):
    mask, found = 2**64 - 1, []
    while len(found) < count:
        seed = seed + 0x9E3779B97F4A7C15 & mask
        z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        candidate = 2**22 + ((z ^ z >> 31) >> 42)
        if candidate not in found and is_prime(candidate):
            found.append(candidate)
    return found


# The certificate.

def check_circuit(circuit, c, points, pattern, dependent, work):
    members, k = circuit["points"], c["d0"] + c["bias"]
    need(all(map(is_count, members)) and members == sorted(set(members)), "points do not ascend")
    need(members and members[-1] == dependent, f"its last point is not {dependent}")
    need(all(c["pivots"][j] >= 0 for j in members[:-1]), "a point besides the last has no pivot")
    work.take(len(members) * len(pattern))
    bits = [tuple(unit[j] for j in members) for unit in pattern]  # A_C
    distinct = len(set(bits))
    work.take(distinct * len(members) * min(distinct, len(members)))
    rank = zero_one_rank(bits)
    need(is_count(circuit["rank"]) and circuit["rank"] == rank, f"rank(A_C) is {rank}")
    data = [points[j] for j in members]
    if "coefficients" in circuit:
        a = circuit["coefficients"]
        need(set(circuit) == {"points", "rank", "coefficients"}, "an unknown key")
        need(len(a) == len(members) and all(type(x) is int and x != 0 for x in a) and a[-1] > 0
             and math.gcd(*a) == 1, "the coefficients are not in lowest terms")
        need(relation_holds(a, data, bits), "the coefficients make no relation")
        return True
    if "residues" in circuit:
        a, p = circuit["residues"], circuit["prime"]
        need(set(circuit) == {"points", "rank", "prime", "residues"}, "an unknown key")
        need(p in c["primes"] and type(p) is int, f"{p} is none of the primes")
        need(len(a) == len(members) and all(type(x) is int and 0 < x < p for x in a) and a[-1] == 1, "no residues")
        need(relation_holds(a, data, bits, p), f"the residues make no relation modulo {p}")
        return False  # no proof over the rationals
    need(set(circuit) == {"points", "rank"}, "an unknown key")
    need(len(members) == k * rank + 1, f"{len(members)} points are not k rank + 1 = {k * rank + 1}")
    return True


def check(c):
    """Raises Fault, or returns what is proved."""
    need(isinstance(c, dict) and c.get("format") == "fullrank-certificate", "it is no certificate")
    need(type(c["version"]) is int and c["version"] == 1, "this script reads version 1")
    drawn = isinstance(c.get("inputs"), str) or "pattern" not in c
    keys = KEYS | {"pattern" if "pattern" in c else "init"} | ({"trial"} if drawn else set())
    need(set(c) == keys, f"keys missing or unknown: {sorted(set(c) ^ keys)}")
    need(all(is_count(c[key]) for key in ("rank", "n", "d0", "d1", "seed")), "a count is no whole number")
    need(all(type(c[key]) is bool for key in ("full_rank", "proved", "bias")), "a flag is not true or false")
    need(c["d0"] + c["bias"] >= 1 and c["seed"] < 2**64, "no shape, or no seed")
    need(not drawn or is_count(c["trial"]) and c["trial"] < 2**56, "no trial")

    need(isinstance(c["pivots"], list) and len(c["pivots"]) == c["n"], "pivots are not one a point")
    need((c["n"] + 1) * (c["d1"] + 1) * (c["d0"] + 1) <= MOST, "too many numbers for this script")

    need(isinstance(c["primes"], list) and len(c["primes"]) <= 40, "primes are no short list")
    need(c["primes"] and c["primes"] == drawn_primes(c["seed"], len(c["primes"])), "primes are not the seed's")
    need(all(type(p) is int for p in c["primes"]), "a prime is no whole number")
    bound = 1.0
    for p in c["primes"]:
        bound *= min(1.0, c["n"] / (p - 1))
    need(c["error_bound"] == bound, f"error_bound is not {bound}")

    inputs = trial_inputs(c)
    numbers = [x for row in inputs for x in row]
    need(hashlib.sha256(struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest() == c["inputs_sha256"], "other inputs")
    # x~ times 2^1074: J times that number has whole entries and the same rank.
    points = [[whole(x) for x in row] + [2**1074] * c["bias"] for row in inputs]
    pattern = trial_pattern(c, points)
    size = (c["n"] + 63) // 64 * 8
    packed = b"".join(sum(bit << j for j, bit in enumerate(unit)).to_bytes(size, "little") for unit in pattern)
    need(hashlib.sha256(packed).hexdigest() == c["pattern_sha256"], "another pattern")

    work, columns = Work(), len(set(map(tuple, pattern))) * (c["d0"] + c["bias"])
    work.take(c["n"] * min(c["n"], columns) * columns)
    pivots = pivot_columns(points, pattern) if points else []
    need(all(type(column) is int for column in c["pivots"]) and c["pivots"] == pivots,
         "pivots are not those modulo 2^61 - 2373")
    need(c["rank"] == sum(column >= 0 for column in pivots), "rank is not the number of pivots")
    need(c["full_rank"] == (c["rank"] == c["n"]), "full_rank does not go with the rank")
    dependent = [j for j, column in enumerate(pivots) if column < 0]
    need(len(c["circuits"]) == len(dependent), "the circuits are not one for each point without a pivot")
    proved = True
    for j, circuit in zip(dependent, c["circuits"]):
        try:
            proved = check_circuit(circuit, c, points, pattern, j, work) and proved
        except Fault as fault:
            raise Fault(f"circuit of point {j}: {fault}") from None
    need(c["proved"] == proved, f"proved should be {proved}")
    return f"rank {c['rank']} of {c['n']}, {'proved' if proved else 'proved only that the rank is at least this'}"


# What a document that is no certificate can raise.
WRONG = (Fault, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


def main(paths):
    false = 0
    for path in paths:
        try:
            need(os.path.getsize(path) <= MOST_BYTES, f"more than {MOST_BYTES} bytes")
            with open(path) as file:
                print(f"{path}: {check(json.load(file))}")
        except WRONG as fault:
            false += 1
            print(f"{path}: NOT TRUE: {type(fault).__name__ + ': ' if not isinstance(fault, Fault) else ''}{str(fault)[:400]}")
    sys.exit(1 if false else 0)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(sys.argv[1:])
