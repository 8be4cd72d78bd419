#!/usr/bin/env python3
"""The sampling contract of docs/sampling.md again, in plain Python: standard library only, no line shared with the C.

Usage: docs/sampling.py FOLDER [--seed S] [--trial T] [--inputs normal|uniform|cube] [--init uniform|he-uniform|normal]
       [--patterns init|bernoulli|regions] [--no-bias]
Makes inputs, weights and biases, or a drawn pattern, of the shapes in a folder of `fullrank export` and compares them
with it, bit by bit.
"""
import argparse
import ast
import fractions
import math
import os
import struct
import sys

INPUTS, WEIGHTS, BIASES, BITS, STEPS, REGIONS = 0, 1, 2, 5, 6, 7  # streams
LABELS, POLYNOMIAL, TEACHER_WEIGHTS, TEACHER_BIASES, OUTPUT_SIGNS = 9, 10, 11, 12, 13  # of global minima
MASK = 0xFFFFFFFF


def philox4x32_10(c, key):
    """128 random bits, a function of a counter (four words) and a key (two words)."""
    c0, c1, c2, c3 = c
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


def raw_pair(seed, trial, stream, row, half):
    """Two multiples of 2^-52 in [1, 2): for columns 2 half and 2 half + 1 of a row."""
    high = (trial >> 32 << 8 | stream) & MASK
    w0, w1, w2, w3 = philox4x32_10((half, row, trial & MASK, high), (seed & MASK, seed >> 32))
    return 1.0 + ((w1 << 32 | w0) >> 12) * 2.0**-52, 1.0 + ((w3 << 32 | w2) >> 12) * 2.0**-52


def log(u):
    """Natural logarithm of u in [2^-52, 1], in this order of operations and no other."""
    bits = struct.unpack("<Q", struct.pack("<d", u))[0]
    shifted = bits + (0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
    e = float((shifted >> 52) - 1023)
    m = struct.unpack("<d", struct.pack("<Q", (shifted & 0xFFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD))[0]
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 +
               w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
    half_square = 0.5 * f * f
    series = s * (half_square + (even + odd))
    return e * 6.93147180369123816490e-01 - ((half_square - (series + e * 1.90821492927058770002e-10)) - f)


def cos_sin_turns(t):
    """(cos, sin) of 2 pi t for t in [0, 1)."""
    j = (4.0 * t + 6755399441055744.0) - 6755399441055744.0  # to the nearest integer, ties to even
    y = (4.0 * t - j) * 1.57079632679489661923
    z = y * y
    sine = y + y * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 +
                z * (-1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 +
                z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))))
    tail = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 +
                z * (2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 +
                z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))))
    cosine = 1.0 - (0.5 * z - z * tail)
    quadrant = int(j)
    c, s = (sine, cosine) if quadrant & 1 else (cosine, sine)
    return (-c if (quadrant + 1) & 2 else c), (-s if quadrant & 2 else s)


def normal_pair(raw):
    radius = math.sqrt(-2.0 * log(2.0 - raw[0]))
    cosine, sine = cos_sin_turns(raw[1] - 1.0)
    return radius * cosine, radius * sine


def matrix(seed, trial, stream, rows, columns, distribution, bound):
    def pair(row, half):
        raw = raw_pair(seed, trial, stream, row, half)
        if distribution == "normal":
            return normal_pair(raw)
        if distribution == "unit":
            return raw[0] - 1.0, raw[1] - 1.0
        return (2.0 * raw[0] - 3.0) * bound, (2.0 * raw[1] - 3.0) * bound  # symmetric: [-bound, bound)

    return [[pair(row, c // 2)[c % 2] for c in range(columns)] for row in range(rows)]


def inputs(seed, trial, n, d0, which="normal"):
    kind = {"normal": "normal", "uniform": "unit", "cube": "symmetric"}[which]
    return matrix(seed, trial, INPUTS, n, d0, kind, 1.0)


def weights_and_biases(seed, trial, d1, d0, which="uniform"):
    kind = "normal" if which == "normal" else "symmetric"
    bound = math.sqrt(6.0 / d0) if which == "he-uniform" else 1.0 / math.sqrt(d0)
    return (matrix(seed, trial, WEIGHTS, d1, d0, kind, bound),
            [row[0] for row in matrix(seed, trial, BIASES, d1, 1, kind, bound)])


def block(seed, trial, stream, row, column):
    """A Philox call as an integer of 128 bits."""
    high = (trial >> 32 << 8 | stream) & MASK
    words = philox4x32_10((column, row, trial & MASK, high), (seed & MASK, seed >> 32))
    return sum(word << 32 * place for place, word in enumerate(words))


def bernoulli(seed, trial, d1, n):
    return [[block(seed, trial, BITS, unit, j // 128) >> j % 128 & 1 for j in range(n)] for unit in range(d1)]


def steps(seed, trial, d1, x):
    distinct = sorted(set(x))
    rows = []
    for unit in range(d1):
        index = 2 * len(distinct) * block(seed, trial, STEPS, unit, 0) >> 128
        m = index % len(distinct)
        rows.append([int((distinct.index(value) < m) == (index < len(distinct))) for value in x])
    return rows


def solve(matrix, right):
    """x with matrix x = right, in fractions; the matrix is regular."""
    rows = [row + [value] for row, value in zip(matrix, right)]
    for step in range(len(rows)):
        pivot = next(i for i in range(step, len(rows)) if rows[i][step])
        rows[step], rows[pivot] = rows[pivot], rows[step]
        rows[step] = [value / rows[step][step] for value in rows[step]]
        for i, row in enumerate(rows):
            if i != step and row[step]:
                rows[i] = [a - row[step] * b for a, b in zip(row, rows[step])]
    return [row[-1] for row in rows]


def region(vectors, index):
    """The pattern of region number `index`, for vectors in general position that are more than their dimension, and
    coordinates that are generic too."""
    m, r = len(vectors), len(vectors[0])
    half, size = index // 2, r - 1
    while half >= math.comb(m - 1, size):
        half -= math.comb(m - 1, size)
        size -= 1
    chosen, left = [], size
    for candidate in range(m - 1):
        holding = math.comb(m - 2 - candidate, left - 1) if left else 0
        if half < holding:
            chosen.append(candidate)
            left -= 1
        else:
            half -= holding
    t = r - 1 - size
    rows = [vectors[i][t:] for i in chosen + [m - 1]]
    if t:
        u = [-1] + solve(rows, [vectors[i][t - 1] for i in chosen + [m - 1]])
    else:
        u = solve(rows, [0] * size + [1])
    signs = [sum(a * b for a, b in zip(u, vector[max(t - 1, 0):])) for vector in vectors]
    signs[m - 1] = 1
    # The first row of the inverse, by the transposed system.
    edges = solve([list(column) for column in zip(*rows)], [1] + [0] * size)
    for i, edge in zip(chosen, edges):
        signs[i] = edge
    return [int((sign > 0) != (index % 2 == 1)) for sign in signs]


def regions(seed, trial, d1, points, bias):
    vectors = [[fractions.Fraction(value) for value in row] + [fractions.Fraction(1)] * bias for row in points]
    m, r = len(vectors), len(vectors[0])
    independent = m <= r
    count = 2**m if independent else 2 * sum(math.comb(m - 1, j) for j in range(r))
    bits = (count - 1).bit_length()
    calls = (bits + 127) // 128
    rows = []
    for unit in range(d1):
        attempt = 0
        while True:
            index = sum(block(seed, trial, REGIONS, unit, attempt * calls + call) << 128 * call for call in range(calls))
            index &= (1 << bits) - 1
            if index < count:
                break
            attempt += 1
        rows.append([index >> j & 1 for j in range(m)] if independent else region(vectors, index))
    return rows


def output_weights(seed, trial, d1, which="alternating"):
    if which == "alternating":
        return [-1.0 if i % 2 else 1.0 for i in range(d1)]
    return [-1.0 if raw_pair(seed, trial, OUTPUT_SIGNS, i, 0)[0] < 1.5 else 1.0 for i in range(d1)]


def labels(seed, trial, points, which, init, outputs, has_biases=True):
    """Of points as rows, for the experiment on global minima; outputs: the output weights, one a unit."""
    d0 = len(points[0])
    if which == "random":
        return [row[0] for row in matrix(seed, trial, LABELS, len(points), 1, "symmetric", 1.0)]
    if which == "polynomial":
        a = iter(matrix(seed, trial, POLYNOMIAL, 1, 1 + d0 + d0 * (d0 + 1) // 2, "symmetric", 1.0)[0])
        y = [next(a)] * len(points)
        for c in range(d0):
            coefficient = next(a)
            y = [value + coefficient * x[c] for value, x in zip(y, points)]
        for c in range(d0):
            for d in range(c, d0):
                coefficient = next(a)
                y = [value + coefficient * (x[c] * x[d]) for value, x in zip(y, points)]
        return y
    kind = "normal" if init == "normal" else "symmetric"
    bound = math.sqrt(6.0 / d0) if init == "he-uniform" else 1.0 / math.sqrt(d0)
    weights = matrix(seed, trial, TEACHER_WEIGHTS, len(outputs), d0, kind, bound)
    biases = matrix(seed, trial, TEACHER_BIASES, len(outputs), 1, kind, bound)
    if not has_biases:
        biases = [[0.0]] * len(outputs)
    y = [0.0] * len(points)
    for w, b, v in zip(weights, biases, outputs):
        for j, x in enumerate(points):
            z = b[0]
            for c in range(d0):
                z += w[c] * x[c]
            y[j] += v * max(0.0, z)
    return y


DEEP_OUTPUT = 8  # stream


def deep_weights(seed, trial, widths, d0, which="uniform"):
    """[(weights, biases)] of a deep network's hidden layers, and its output weights."""
    layers, inputs, kind = [], d0, "normal" if which == "normal" else "symmetric"

    def bound(inputs):
        return math.sqrt(6.0 / inputs) if which == "he-uniform" else 1.0 / math.sqrt(inputs)

    for l, width in enumerate(widths):
        w, b = (14 + 2 * l, 15 + 2 * l) if l else (WEIGHTS, BIASES)
        layers.append((matrix(seed, trial, w, width, inputs, kind, bound(inputs)),
                       [row[0] for row in matrix(seed, trial, b, width, 1, kind, bound(inputs))]))
        inputs = width
    return layers, matrix(seed, trial, DEEP_OUTPUT, 1, inputs, kind, bound(inputs))[0]


def deep_activations(layers, point, has_biases=True):
    """By hidden layer which units are active on a point, the layer given as [(weights, biases)]: the exact sign on the
    doubles that the layer is given."""
    active = []
    for weights, biases in layers:
        given = [fractions.Fraction(number) for number in point]
        on, values = [], []
        for row, bias in zip(weights, biases):
            bias = bias if has_biases else 0.0
            on.append(sum((fractions.Fraction(u) * v for u, v in zip(row, given)), fractions.Fraction(bias)) > 0)
            total = bias
            for u, v in zip(row, point):
                total += u * v
            values.append(total if on[-1] else 0.0)
        active.append(on)
        point = values
    return active


def read_npy(path):
    """The shape and the float64 data bytes of a file as `fullrank export` writes it (version 1.0, C order)."""
    with open(path, "rb") as file:
        bytes_ = file.read()
    end = 10 + struct.unpack("<H", bytes_[8:10])[0]
    return ast.literal_eval(bytes_[10:end].decode())["shape"], bytes_[end:]


def deep_export(o, n, d0, points):
    """What `fullrank export --hidden` writes besides inputs and Jacobian."""
    widths = []
    while os.path.exists(f"{o.folder}/layer-{len(widths) + 1}-weights.npy"):
        widths.append(read_npy(f"{o.folder}/layer-{len(widths) + 1}-weights.npy")[0][0])
    layers, output = deep_weights(o.seed, o.trial, widths, d0, o.init)
    made = {"output_weights": [output]}
    active = [deep_activations(layers, point, not o.no_bias) for point in points]
    for l, (weights, biases) in enumerate(layers):
        made[f"layer-{l + 1}-weights"], made[f"layer-{l + 1}-biases"] = weights, [biases]
        made[f"layer-{l + 1}-pattern"] = [[int(active[j][l][i]) for j in range(n)] for i in range(widths[l])]
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trial", type=int, default=0)
    parser.add_argument("--inputs", default="normal", choices=["normal", "uniform", "cube"])
    parser.add_argument("--init", default="uniform", choices=["uniform", "he-uniform", "normal"])
    parser.add_argument("--patterns", default="init", choices=["init", "bernoulli", "regions"])
    parser.add_argument("--no-bias", action="store_true")
    parser.add_argument("--labels", default="polynomial", choices=["polynomial", "teacher", "random"])
    parser.add_argument("--output-weights", default="alternating", choices=["alternating", "random"])
    o = parser.parse_args()
    n, d0 = read_npy(f"{o.folder}/inputs.npy")[0]
    made = {"inputs": inputs(o.seed, o.trial, n, d0, o.inputs)}
    deep = os.path.exists(f"{o.folder}/layer-1-weights.npy")  # exported with --hidden
    d1 = 0 if deep else read_npy(f"{o.folder}/pattern.npy")[0][0]
    if deep:
        made.update(deep_export(o, n, d0, made["inputs"]))
    elif o.patterns == "bernoulli":
        made["pattern"] = bernoulli(o.seed, o.trial, d1, n)
    elif o.patterns == "regions" and d0 == 1 and not o.no_bias:
        made["pattern"] = steps(o.seed, o.trial, d1, [row[0] for row in made["inputs"]])
    elif o.patterns == "regions":
        made["pattern"] = regions(o.seed, o.trial, d1, made["inputs"], not o.no_bias)
    else:
        weights, biases = weights_and_biases(o.seed, o.trial, d1, d0, o.init)
        made.update({"weights": weights, "biases": [biases]})
    if os.path.exists(f"{o.folder}/labels.npy"):  # exported with --experiment minima
        v = output_weights(o.seed, o.trial, d1, o.output_weights)
        made["output_weights"] = [v]
        made["labels"] = [labels(o.seed, o.trial, made["inputs"], o.labels, o.init, v,
                                 os.path.exists(f"{o.folder}/biases.npy"))]
    same = True
    for name, rows in made.items():
        path = f"{o.folder}/{name}.npy"
        if name.endswith("biases") and not os.path.exists(path):
            continue  # exported with --no-bias
        numbers = [number for row in rows for number in row]
        equal = struct.pack(f"<{len(numbers)}{'B' if name.endswith('pattern') else 'd'}", *numbers) == read_npy(path)[1]
        print(f"{name}: {len(numbers)} numbers, {'the same bits' if equal else 'DIFFERENT'}")
        same = same and equal
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
