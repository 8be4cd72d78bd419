#!/usr/bin/env python3
"""Checks certificates of `fullrank explain` in plain Python: standard library only, no line shared with the program.

Usage: Scripts/check/certificate.py CERT.json...    (exit code 1 if one is not true, or cannot be read)

What a certificate proves about J, the n x (d1 k) matrix whose row j is a_j (x) x~_j (docs/mathematics.md, section 11):
  rank J >= rank   the rows with a pivot are independent modulo 2^61 - 2373, hence over the rationals;
  rank J <= rank   every other row j has a set C of points, j its last, the others with pivots, such that the rows of C
                   are dependent: either |C| > k rank(A_C), the dimension of the space they lie in, or whole numbers
                   with sum c_i row_i = 0 are given. The rows of C without j are independent, so row j lies in their span.
No probability is left. Samples are made again by docs/sampling.py, signs decided and sums formed in whole numbers.

A deep network's certificate (version 2) proves the same of its Jacobian for the activations of docs/sampling.md. Here the
rows of C are shown to be dependent by their activations, which leave them |C| - 1 dimensions, or by whole numbers; where
those were too large to find the certificate says in "statement" that rank J <= rank is known modulo its primes only.
That is then computed modulo each of these primes.
"""
import functools
import hashlib
import math
import os
import struct
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "..", "docs")]
import sampling
import strict_json

P = 2**61 - 2373  # a prime of which 2 is a primitive root: modulo 2^61 - 1 powers of two would soon coincide
MOST = 10**8  # entries of J: minutes of Python
MOST_WORK = 10**11  # multiply-adds: hours of it
MOST_BYTES = 2**28
MOST_HIDDEN = 99  # layers before the last
KEYS = {"format", "version", "fullrank", "rank", "n", "d0", "d1", "full_rank", "proved", "seed", "bias", "inputs",
        "primes", "error_bound", "inputs_sha256", "pivots", "circuits"}
DEEP_KEYS = {"hidden", "statement", "init", "trial", "parameters_sha256", "patterns_sha256"}
INPUTS = ("normal", "uniform", "cube")
INITS = ("uniform", "he-uniform", "normal")


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
    """JSON's whole numbers are ints: neither true and false nor 1.0 are."""
    return type(value) is int and value >= 0


def is_number(value):
    """A finite double, as JSON writes it."""
    try:
        return type(value) in (int, float) and math.isfinite(value)
    except OverflowError:  # a whole number beyond the doubles
        return False


def is_list(value, holds):
    return type(value) is list and all(map(holds, value))


def is_text(value):
    return type(value) is str


def whole(x):
    """The double x times 2^1074: a whole number for every double."""
    numerator, denominator = x.as_integer_ratio()
    return numerator * (2**1074 // denominator)


# The trial: inputs, pattern.

def trial_inputs(c):
    if is_text(c["inputs"]):
        return sampling.inputs(c["seed"], c["trial"], c["n"], c["d0"], c["inputs"])
    return [[float(x) for x in row] for row in c["inputs"]]


def trial_pattern(c, points):
    """units x points of 0 and 1: the sign of w.x + b, exactly."""
    if "pattern" in c:
        return [[int(bit) for bit in row] for row in c["pattern"]]
    weights, biases = sampling.weights_and_biases(c["seed"], c["trial"], c["d1"], c["d0"], c["init"])
    units = [[whole(w) for w in row] + [whole(b)] * c["bias"] for row, b in zip(weights, biases)]
    return [[int(sum(map(int.__mul__, unit, x)) > 0) for x in points] for unit in units]


# Ranks.

def eliminate(rows, modulus=P):
    """For each row modulo a prime the column of its pivot, or -1: what is left of it when earlier rows are taken out."""
    kept = {}  # by pivot column: the row from that column on, its first entry 1
    for row in rows:
        column, pivot = 0, -1
        while column < len(row) and pivot < 0:
            factor = row[column]
            if factor == 0:
                column += 1
            elif column in kept:
                row[column:] = [(a - factor * b) % modulus for a, b in zip(row[column:], kept[column])]
            else:
                inverse = pow(factor, -1, modulus)
                kept[column] = [inverse * number % modulus for number in row[column:]]
                pivot = column
        yield pivot


def pivot_columns(points, pattern, modulus=P):
    if not points:
        return []
    k, seen, units = len(points[0]), set(), []
    for u, bits in enumerate(pattern):  # an inactive or repeated unit holds no pivot: its columns are 0, or stood before
        if any(bits) and tuple(bits) not in seen:
            seen.add(tuple(bits))
            units.append(u)
    zero = [0] * k
    points = [[number % modulus for number in x] for x in points]
    found = eliminate(([number for u in units for number in (x if pattern[u][j] else zero)] for j, x in enumerate(points)), modulus)
    return [c if c < 0 else units[c // k] * k + c % k for c in found]


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


# Deep networks: hidden layers count from 0, from the inputs on. A layer's weights and biases are whole numbers times one
# power of two, so that everything is: each block of J by a layer's parameters times a power of two of its own, which
# changes no rank and no relation.

class Deep:
    def __init__(self, c, inputs):
        self.bias, self.n, self.d0 = c["bias"], c["n"], c["d0"]
        widths = c["hidden"] + [c["d1"]]
        layers, output = sampling.deep_weights(c["seed"], c["trial"], widths, self.d0, c["init"])
        self.parameters = [x for w, b in layers for x in [u for row in w for u in row] + b * self.bias] + output
        # By point, by layer: active or not. Behind the last layer that is dead on a point all is constant.
        self.active = [sampling.deep_activations(layers, x, self.bias) for x in inputs]
        self.dead = [max((l + 1 for l, on in enumerate(a) if not any(on)), default=0) for a in self.active]
        self.widths, self.k = widths, [d + self.bias for d in [self.d0] + widths[:-1]]
        scaled = []
        for w, b in layers:
            b = b if self.bias else [0.0] * len(b)
            scale = max(x.as_integer_ratio()[1] for row in w + [b] for x in row)  # a power of two
            scaled.append((scale, [[exact(x, scale) for x in row] for row in w], [exact(x, scale) for x in b]))
        self.nonzero = [[[x != 0 for x in row] + [x != 0] * self.bias for row, x in zip(w, b)] for _, w, b in scaled]
        scale_x = max((x.as_integer_ratio()[1] for row in inputs for x in row), default=1)
        scale_v = max(x.as_integer_ratio()[1] for x in output)
        self.rows = []  # by point: by layer (delta, input)
        for x, active, dead in zip(inputs, self.active, self.dead):
            one, f, given = scale_x, [exact(u, scale_x) for u in x], []
            for on, (scale, w, b) in zip(active, scaled):
                given.append(f + [one] * self.bias)
                f = [sum(map(int.__mul__, row, f)) + u * one if a else 0 for row, u, a in zip(w, b, on)]
                one *= scale
            delta = [exact(u, scale_v) if a else 0 for u, a in zip(output, active[-1])]
            deltas = [delta]
            for l in range(len(layers) - 2, -1, -1):
                above = [(d, row) for d, row in zip(delta, scaled[l + 1][1]) if d]
                delta = [sum(d * row[u] for d, row in above) if a else 0 for u, a in enumerate(active[l])]
                deltas.insert(0, delta)
            self.rows.append([([0] * len(d) if l < dead else d, g) for l, (d, g) in enumerate(zip(deltas, given))])

    def live(self, l, u, j):
        return self.dead[j] <= l and self.active[j][l][u]

    def pivots(self, modulus=P):
        """Columns from the last layer's to the first's; those of units that are live on no point are 0."""
        units = [(l, u) for l in range(len(self.widths) - 1, -1, -1) for u in range(self.widths[l])
                 if any(self.live(l, u, j) for j in range(self.n))]
        first, column = {}, 0
        for l in range(len(self.widths) - 1, -1, -1):
            first[l] = column
            column += self.widths[l] * self.k[l]
        numbers = [first[l] + u * self.k[l] + i for l, u in units for i in range(self.k[l])]

        def rows():
            for row in self.rows:
                row = [([d % modulus for d in delta], [f % modulus for f in given]) for delta, given in row]
                yield [row[l][0][u] * f % modulus for l, u in units for f in row[l][1]]

        return [column if column < 0 else numbers[column] for column in eliminate(rows(), modulus)]

    def dimension(self, members, work):
        """How many dimensions the rows of these points can span at most, by activations alone. Points that have the same
        ones above their last dead layer have rows in a space of k dimensions, of one behind a dead layer (none without
        biases, or where it is the last). And all rows lie in as many as there are columns that are not 0, of a unit no
        more than points it is live on; for each unit but the last layer's one column is spanned by others, since its
        weights times a factor and the next layer's over it are the same network; the last layer's block is one hidden
        layer's on the points that it is given: units of equal activations count once, and inputs times rank at most."""
        h, classes = len(self.widths), {}
        for j in members:
            dead = self.dead[j]
            size = self.d0 + self.bias if dead == 0 else int(self.bias and dead < h)
            key = (dead, tuple(map(tuple, self.active[j][dead:])))
            classes[key] = (size, classes.get(key, (0, 0))[1] + 1)
        bound = 0
        inputs = [2**len(members) - 1] * self.d0  # bit i: not 0 on point i of C
        for l in range(h):
            work.take(self.widths[l] * (len(members) + len(inputs)))
            masks = [sum(self.live(l, u, j) << i for i, j in enumerate(members)) for u in range(self.widths[l])]
            size, used = 0, set()
            for u, mask in enumerate(masks):
                if mask and (l + 1 < h or mask not in masks[:u]):
                    own = [i for i, x in enumerate(inputs) if x & mask] + [len(inputs)] * self.bias
                    used.update(own)
                    spanned = l + 1 < h and any(self.nonzero[l][u][i] for i in own)
                    size += min(len(own) - spanned, bin(mask).count("1"))
            if l + 1 < h:
                bound += size
                inputs = [sum(self.active[j][l][u] << i for i, j in enumerate(members)) for u in range(self.widths[l])]
            elif any(masks):
                bits = [tuple(int(self.active[j][l][u]) for j in members) for u in range(self.widths[l])]
                distinct = len(set(bits))
                work.take(distinct * len(members) * min(distinct, len(members)))
                bound += min(size, zero_one_rank(bits) * len(used))
        return min(bound, sum(min(size, count) for size, count in classes.values()))

    def relation_holds(self, coefficients, members, work, modulus=0):
        # Multiplying long numbers takes as many multiply-adds as they have words.
        size = 1 if modulus else 1 + max(abs(a).bit_length() for a in coefficients) // 64
        work.take(size * len(members) * sum(map(int.__mul__, self.widths, self.k)))
        for l in range(len(self.widths)):
            for u in range(self.widths[l]):
                terms = [(a * self.rows[j][l][0][u], self.rows[j][l][1]) for a, j in zip(coefficients, members)
                         if self.rows[j][l][0][u]]
                for i in range(self.k[l]):
                    total = sum(a * given[i] for a, given in terms)
                    if (total % modulus if modulus else total) != 0:
                        return False
        return True


def exact(x, scale):
    """x times a power of two that makes it whole."""
    numerator, denominator = x.as_integer_ratio()
    return numerator * (scale // denominator)


# The primes that the seed draws (Sources/FullrankModel/Prime.swift): SplitMix64 and rejection.

@functools.lru_cache(maxsize=4096)
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

def check_circuit(circuit, c, shallow, deep, dependent, work):
    """shallow: points and pattern; deep: the network; one of the two is None."""
    members, k = circuit["points"], c["d0"] + c["bias"]
    need(members == sorted(set(members)), "points do not ascend")
    need(members[-1] == dependent, f"its last point is not {dependent}")
    need(all(c["pivots"][j] >= 0 for j in members[:-1]), "a point besides the last has no pivot")
    if deep:
        name, rank = "dimension", deep.dimension(members, work)
        most = rank

        def holds(a, modulus=0):
            return deep.relation_holds(a, members, work, modulus)
    else:
        points, pattern = shallow
        work.take(len(members) * len(pattern))
        bits = [tuple(unit[j] for j in members) for unit in pattern]  # A_C
        distinct = len(set(bits))
        work.take(distinct * len(members) * min(distinct, len(members)))
        name, rank = "rank", zero_one_rank(bits)
        most = k * rank

        def holds(a, modulus=0):
            return relation_holds(a, [points[j] for j in members], bits, modulus)
    need(circuit[name] == rank, f"its {name} is {rank}")
    if "coefficients" in circuit:
        a = circuit["coefficients"]
        need(len(a) == len(members) and 0 not in a and a[-1] > 0 and math.gcd(*a) == 1,
             "the coefficients are not in lowest terms")
        need(holds(a), "the coefficients make no relation")
        return True
    if "residues" in circuit:
        a, p = circuit["residues"], circuit["prime"]
        need(p in c["primes"], f"{p} is none of the primes")
        need(len(a) == len(members) and all(0 < x < p for x in a) and a[-1] == 1, "no residues")
        need(holds(a, p), f"the residues make no relation modulo {p}")
        return False  # no proof over the rationals
    need(len(members) == most + 1, f"{len(members)} points are not one more than {most} dimensions")
    return True


def check_types(c):
    """That all members are there, no other is, and each is of its type: as `fullrank check` demands it."""
    need(type(c) is dict and c.get("format") == "fullrank-certificate", "it is no certificate")
    need(type(c.get("version")) is int and 1 <= c["version"] <= 2, "this script reads versions 1 and 2")
    is_deep, drawn = c["version"] == 2, is_text(c.get("inputs")) or "pattern" not in c
    keys = KEYS | {"pattern_sha256", "pattern" if "pattern" in c else "init"} | ({"trial"} if drawn else set())
    if is_deep:
        keys, drawn = KEYS | DEEP_KEYS, True
    need(set(c) == keys, f"keys missing or unknown: {sorted(set(c) ^ keys)}")
    for key in ("rank", "n", "d0", "d1", "seed") + ("trial",) * drawn:
        need(is_count(c[key]), f"{key} is no whole number")
    for key in ("full_rank", "proved", "bias"):
        need(type(c[key]) is bool, f"{key} is not true or false")
    for key in ("fullrank", "inputs_sha256") + (("parameters_sha256", "statement") if is_deep else ("pattern_sha256",)):
        need(is_text(c[key]), f"{key} is no text")
    need(is_number(c["error_bound"]), "error_bound is no number")
    need(is_list(c["primes"], is_count), "primes are no whole numbers")
    need(is_list(c["pivots"], lambda x: type(x) is int), "pivots are no whole numbers")
    need(not is_deep or is_list(c["hidden"], is_count) and is_list(c["patterns_sha256"], is_text), "hidden, patterns_sha256")
    need("init" not in c or c["init"] in INITS, "init is none of " + ", ".join(INITS))
    need(not is_text(c["inputs"]) or c["inputs"] in INPUTS, "inputs are none of " + ", ".join(INPUTS))
    need(type(c["circuits"]) is list, "circuits are no list")
    need(len(c["circuits"]) <= c["n"], "the circuits are not one for each point without a pivot")
    name = "dimension" if is_deep else "rank"
    for circuit in c["circuits"]:
        need(type(circuit) is dict, "a circuit is no object")
        more = ({"coefficients"} if "coefficients" in circuit else {"residues", "prime"} if "residues" in circuit else set())
        need(set(circuit) == {"points", name} | more, "a circuit lacks a key, or has an unknown one")
        need(is_list(circuit["points"], is_count) and circuit["points"], "a circuit's points are no whole numbers")
        need(is_count(circuit[name]), f"a circuit's {name} is no whole number")
        need(is_list(circuit.get("coefficients", []), lambda x: type(x) is int), "coefficients are no whole numbers")
        need(is_list(circuit.get("residues", []), is_count) and is_count(circuit.get("prime", 0)), "residues are no counts")


def check_shape(c):
    is_deep, hidden = c["version"] == 2, c.get("hidden", [])
    need(len(hidden) <= MOST_HIDDEN and bool(hidden) == is_deep and 0 not in hidden, "hidden is no list of widths")
    need(not is_deep or min(c["n"], c["d0"], c["d1"]) > 0, "a deep network's n, d0 and d1 are at least 1")
    need(c["d0"] + c["bias"] >= 1 and c["seed"] < 2**64, "no shape, or no seed")
    need(c["d0"] > 0 or "pattern" in c, "weights of no inputs cannot be drawn")
    need(c.get("trial", 0) < 2**56, "no trial")
    need(len(c["pivots"]) == c["n"], "pivots are not one a point")
    widths = [c["d0"]] + hidden + [c["d1"]]
    need((c["n"] + 1) * sum((a + 1) * (b + 1) for a, b in zip(widths, widths[1:])) <= MOST, "too many numbers for this script")
    if not is_text(c["inputs"]):
        need(is_list(c["inputs"], lambda row: is_list(row, is_number) and len(row) == c["d0"]) and len(c["inputs"]) == c["n"],
             "inputs are not n x d0 finite numbers")
    if "pattern" in c:
        need(is_list(c["pattern"], lambda row: is_text(row) and len(row) == c["n"] and set(row) <= set("01"))
             and len(c["pattern"]) == c["d1"], "the pattern is not d1 x n of 0 and 1")


def check(c):
    """Raises Fault, or returns what is proved."""
    check_types(c)
    check_shape(c)
    is_deep = c["version"] == 2
    need(0 < len(c["primes"]) <= 40 and c["primes"] == drawn_primes(c["seed"], len(c["primes"])), "primes are not the seed's")
    bound = 1.0
    for p in c["primes"]:
        bound *= min(1.0, c["n"] / (p - 1))
    need(c["error_bound"] == bound, f"error_bound is not {bound}")

    inputs = trial_inputs(c)
    numbers = [x for row in inputs for x in row]
    need(hashlib.sha256(struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest() == c["inputs_sha256"], "other inputs")
    work = Work()
    if is_deep:
        try:
            shallow, deep = None, Deep(c, inputs)
        except (OverflowError, ValueError):  # of an infinity, of a NaN
            raise Fault("its network holds a NaN or an infinity") from None
        numbers = deep.parameters
        need(hashlib.sha256(struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest() == c["parameters_sha256"], "other weights")
        patterns = [[[on[l][u] for on in deep.active] for u in range(width)] for l, width in enumerate(deep.widths)]
        need(c["patterns_sha256"] == [digest(pattern, c["n"]) for pattern in patterns], "other patterns")
        columns = sum(map(int.__mul__, deep.widths, deep.k))
        work.take(c["n"] * min(c["n"], columns) * columns)
        return verdict(c, deep.pivots, shallow, deep, work, columns)
    # x~ times 2^1074: J times that number has whole entries and the same rank.
    points = [[whole(x) for x in row] + [2**1074] * c["bias"] for row in inputs]
    pattern = trial_pattern(c, points)
    need(digest(pattern, c["n"]) == c["pattern_sha256"], "another pattern")
    columns = len(set(map(tuple, pattern))) * (c["d0"] + c["bias"])
    work.take(c["n"] * min(c["n"], columns) * columns)
    return verdict(c, functools.partial(pivot_columns, points, pattern), (points, pattern), None, work, columns)


def digest(pattern, n):
    size = (n + 63) // 64 * 8
    packed = b"".join(sum(bit << j for j, bit in enumerate(unit)).to_bytes(size, "little") for unit in pattern)
    return hashlib.sha256(packed).hexdigest()


def verdict(c, pivots_modulo, shallow, deep, work, columns):
    """pivots_modulo: of the Jacobian, by elimination; takes the prime."""
    pivots = pivots_modulo(P)
    need(c["pivots"] == pivots, "pivots are not those modulo 2^61 - 2373")
    need(c["rank"] == sum(column >= 0 for column in pivots), "rank is not the number of pivots")
    need(c["full_rank"] == (c["rank"] == c["n"]), "full_rank does not go with the rank")
    dependent = [j for j, column in enumerate(pivots) if column < 0]
    need(len(c["circuits"]) == len(dependent), "the circuits are not one for each point without a pivot")
    proved = True
    for j, circuit in zip(dependent, c["circuits"]):
        try:
            proved = check_circuit(circuit, c, shallow, deep, j, work) and proved
        except Fault as fault:
            raise Fault(f"circuit of point {j}: {fault}") from None
    need(c["proved"] == proved, f"proved should be {proved}")
    # A relation by residues holds modulo one prime, while the statement speaks of all of them.
    lower = []
    for p in c["primes"] if not proved else []:
        work.take(c["n"] * min(c["n"], columns) * columns)
        rank = sum(column >= 0 for column in pivots_modulo(p))
        need(rank <= c["rank"], f"the rank is {rank} modulo {p}, not {c['rank']}")
        lower += [p] if rank < c["rank"] else []
    said = statement(c, len(dependent), lower)
    need(not deep or c["statement"] == said, f"its statement should be: {said}")
    return said


def statement(c, dependent, lower):
    """What the certificate proves, in the words of `fullrank check`; lower: its primes modulo which the rank is lower."""
    hidden, rank = f"hidden {'x'.join(map(str, c['hidden']))}, " if "hidden" in c else "", c["rank"]
    what = f"n = {c['n']}, d0 = {c['d0']}, {hidden}d1 = {c['d1']}: rank {rank}"
    if c["full_rank"]:
        return f"{what}, full rank, proved"
    if c["proved"]:
        return f"{what}, {dependent} dependent, proved"
    these = "this prime" if len(c["primes"]) == 1 else "these primes"
    agreeing = " and ".join(str(p) for p in c["primes"] if p not in lower)
    others = f", lower modulo {' and '.join(map(str, lower))}" if lower else ""
    return (f"{what} modulo {agreeing}{others}; proved: rank >= {rank}; not proved: rank <= {rank}, "
            f"known modulo {these} only, error bound {float(c['error_bound'])}")


def read(path):
    with open(path, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    need(len(data) <= MOST_BYTES, f"more than {MOST_BYTES} bytes")
    return strict_json.parse(data)


def main(paths):
    false = 0
    for path in paths:
        try:
            words = check(read(path))
        except (Fault, strict_json.Damage, OSError) as fault:
            words = f"NOT TRUE: {fault}"
        except Exception as error:  # of this script, which is no reason to believe the file
            words = f"NOT TRUE: this script cannot check it: {type(error).__name__}: {error}"
        wrong = words.startswith("NOT TRUE")
        false += wrong
        print(f"{strict_json.printable(path, 4096)}: {strict_json.printable(words, 400 if wrong else 4096)}")
    sys.exit(1 if false else 0)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sys.stdout.reconfigure(errors="backslashreplace")
    main(sys.argv[1:])
