#!/usr/bin/env python3
"""Checks a certificate of `fullrank dimension --certificate`, in plain Python.

Usage: Scripts/check/dimension_certificate.py CERTIFICATE...
Draws weights, points and output functionals again (docs/sampling.md, "Residues"), computes the rows of the Jacobian
that the certificate names, in whole numbers modulo the prime, and eliminates the named columns. If that square has
full rank modulo the prime, the dimension of the architecture is at least its size. Shares no line with the program.
"""
import json
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
    return 1 if activation == "identity" else int(activation.removeprefix("power:"))


def check(c):
    """Words of what is proved; ValueError where the certificate is not true."""
    if c.get("format") != "fullrank-dimension-certificate" or c.get("version") != 1:
        raise ValueError("not a certificate of version 1")
    p, rows, columns = c["prime"], c["points"], c["columns"]
    if not is_prime(p) or p > 1 << 32:
        raise ValueError(f"{p} is no prime below 2^32")
    if not (len(rows) == len(columns) == c["rank"] and len(set(rows)) == len(rows) == len(set(columns))):
        raise ValueError("points and columns are not as many as the rank, each once")
    widths = c["widths"]
    parameters = sum(b * (a + bool(c["biases"])) for a, b in zip(widths, widths[1:]))
    if not all(0 <= x < parameters for x in columns) or not all(0 <= x < p for x in rows):
        raise ValueError("a point or column that is not there")
    network = Network(widths, exponent(c["activation"]), c["biases"], c["seed"], c["draw"], p)
    minor = [[row[x] for x in columns] for row in map(network.row, rows)]
    found = rank(minor, p)
    if found != c["rank"]:
        raise ValueError(f"the minor has rank {found}, not {c['rank']}, modulo {p}")
    return f"{'-'.join(map(str, widths))}, {c['activation']}: the dimension is at least {c['rank']}: proved"


def main():
    failures = 0
    for path in sys.argv[1:] or sys.exit(__doc__):
        try:
            with open(path) as file:
                print(f"{path}: {check(json.load(file))}")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            failures += 1
            print(f"{path}: not true: {error}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
