#!/usr/bin/env python3
"""Checks a certificate of `fullrank dimension --certificate`, in plain Python.

Usage: Scripts/check/dimension_certificate.py CERTIFICATE...
Draws weights, points and output functionals again (docs/sampling.md, "Residues"), computes the rows of the Jacobian
that the certificate names, in whole numbers modulo the prime, and eliminates the named columns. If that square has
full rank modulo the prime, the dimension of the architecture is at least its size. `fullrank check` reads the same
files and proves the same; this shares no line with it.
"""
import json
import math
import sys

MASK = 0xFFFFFFFF
PARAMETERS, POINTS, FUNCTIONALS = 3, 4, 14  # streams


def philox(c, k):
    """Philox4x32-10."""
    c0, c1, c2, c3 = c
    k0, k1 = k
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


class Network:
    """One drawn polynomial network modulo p; its rows."""

    def __init__(self, widths, exponent, biases, seed, draw, p):
        self.widths, self.r, self.biases, self.seed, self.draw, self.p = widths, exponent, biases, seed, draw, p
        self.weights, self.shifts = [], []
        for layer, (inputs, units) in enumerate(zip(widths, widths[1:])):
            count = inputs * units
            total = count + (units if biases else 0)
            numbers = [self.drawn(PARAMETERS, i, layer) for i in range(total)]
            self.weights.append([numbers[u * inputs:(u + 1) * inputs] for u in range(units)])
            self.shifts.append(numbers[count:] if biases else [0] * units)

    def drawn(self, stream, row, column):
        """A residue, uniform up to 2^-96: floor(bits p / 2^128)."""
        high = (self.draw >> 32 << 8 | stream) & MASK
        w = philox((column, row, self.draw & MASK, high), (self.seed & MASK, self.seed >> 32))
        return ((w[3] << 96 | w[2] << 64 | w[1] << 32 | w[0]) * self.p) >> 128

    def point(self, j):
        p = self.p
        if self.widths[0] != 2 or self.biases:
            return [self.drawn(POINTS, j, c) for c in range(self.widths[0])]
        scale = self.drawn(POINTS, j, 0) or 1
        start, step = self.drawn(POINTS, MASK, 0), self.drawn(POINTS, MASK, 1) or 1
        return [scale, scale * (start + j * step) % p]

    def row(self, j):
        """Derivatives of a random combination of the outputs at point j, in the order W_1, b_1, W_2, ..."""
        p, layers = self.p, len(self.weights)
        values, slopes = [self.point(j)], []
        for layer in range(layers - 1):
            z = [(sum(w * x for w, x in zip(row, values[-1])) + b) % p
                 for row, b in zip(self.weights[layer], self.shifts[layer])]
            values.append([pow(v, self.r, p) for v in z])
            slopes.append([self.r * pow(v, self.r - 1, p) % p for v in z])
        delta = [self.drawn(FUNCTIONALS, j, o) for o in range(self.widths[-1])]
        blocks = []
        for layer in range(layers - 1, -1, -1):
            blocks.append([d * x % p for d in delta for x in values[layer]] + (delta if self.biases else []))
            if layer:
                back = [sum(d * row[i] for d, row in zip(delta, self.weights[layer])) for i in range(self.widths[layer])]
                delta = [b * s % p for b, s in zip(back, slopes[layer - 1])]
        return [x for block in reversed(blocks) for x in block]


def rank(rows, p):
    """By elimination."""
    basis = []
    for row in rows:
        for pivot, other in basis:
            factor = row[pivot]
            if factor:
                row = [(a - factor * b) % p for a, b in zip(row, other)]
        pivot = next((i for i, a in enumerate(row) if a), None)
        if pivot is not None:
            inverse = pow(row[pivot], -1, p)
            basis.append((pivot, [a * inverse % p for a in row]))
    return len(basis)


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def exponent(activation):
    if activation == "identity":
        return 1
    if not activation.startswith("power:") or str(int(activation[6:])) != activation[6:] or int(activation[6:]) < 1:
        raise ValueError(f"{activation} is no power")
    return int(activation[6:])


def drawn_primes(seed, count):
    """The first primes of 23 bits of a seed (docs/sampling.md): rejection on SplitMix64."""
    state, found, mask = seed, [], (1 << 64) - 1
    while len(found) < count:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        candidate = (1 << 22) + ((z ^ z >> 31) >> 42)
        if candidate <= 8388593 and candidate not in found and is_prime(candidate):
            found.append(candidate)
    return found


def upper_bound(widths, r, biases, parameters):
    """Of the dimension: rescalings of hidden units, the ambient space, and matrices of limited rank."""
    variables, degree = widths[0] + biases, r ** (len(widths) - 2)
    bound = min(parameters - sum(widths[1:-1]), widths[-1] * math.comb(degree + variables - 1, variables - 1))
    if r == 1:
        rank = min(widths)
        bound = min(bound, rank * (widths[0] + widths[-1] - rank) + (widths[-1] if biases else 0))
    return bound


TYPES = {"format": str, "version": int, "fullrank": str, "widths": list, "activation": str, "biases": bool, "seed": int,
         "draw": int, "prime": int, "rank": int, "bound": int, "points": list, "columns": list}


def members(pairs):
    """A JSON object without repeated keys."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key occurs twice")
    return dict(pairs)


def check(c):
    """Words of what is proved; ValueError where the certificate is not true."""
    if c.get("format") != "fullrank-dimension-certificate" or c.get("version") != 1:
        raise ValueError("not a certificate of version 1")
    if set(c) != set(TYPES):
        raise ValueError(f"keys that are unknown or missing: {sorted(set(c) ^ set(TYPES))}")
    for key, kind in TYPES.items():
        items = c[key] if kind is list else []
        if type(c[key]) is not kind or any(type(x) is not int or x < 0 for x in items) or kind is int and c[key] < 0:
            raise ValueError(f'"{key}" cannot be {str(c[key])[:60]}')
    p, rows, columns, widths = c["prime"], c["points"], c["columns"], c["widths"]
    if c["seed"] >> 64 or c["draw"] >> 56:
        raise ValueError("seed or draw is too large")
    if p not in drawn_primes(c["seed"], 9):
        raise ValueError(f"{p} is not one of the primes that the seed draws")
    if not len(rows) == len(columns) == c["rank"]:
        raise ValueError("points and columns are not as many as the rank")
    if any(a >= b for numbers in (rows, columns) for a, b in zip(numbers, numbers[1:])):
        raise ValueError("points or columns do not ascend")
    if len(widths) < 3 or min(widths) < 1:
        raise ValueError("the widths are no architecture")
    r, biases = exponent(c["activation"]), c["biases"]
    parameters = sum(b * (a + biases) for a, b in zip(widths, widths[1:]))
    if not all(x < parameters for x in columns) or not all(x < p for x in rows):
        raise ValueError("a point or column that is not there")
    if c["bound"] != upper_bound(widths, r, biases, parameters):
        raise ValueError(f"the bound is {upper_bound(widths, r, biases, parameters)}, not {c['bound']}")
    network = Network(widths, r, biases, c["seed"], c["draw"], p)
    minor = [[row[x] for x in columns] for row in map(network.row, rows)]
    found = rank(minor, p)
    if found != c["rank"]:
        raise ValueError(f"the minor has rank {found}, not {c['rank']}, modulo {p}")
    name = f"{'-'.join(map(str, widths))}, {c['activation']}{' with biases' if biases else ''}"
    if found == c["bound"]:
        return f"{name}: the dimension is {found}, which is its bound from above: proved"
    return f"{name}: the dimension is at least {found}, and at most {c['bound']}: proved"


def main():
    failures = 0
    for path in sys.argv[1:] or sys.exit(__doc__):
        try:
            with open(path) as file:
                print(f"{path}: {check(json.load(file, object_pairs_hook=members))}")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            failures += 1
            print(f"{path}: not true: {error}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
