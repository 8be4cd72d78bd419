"""Trials of sweeps over networks (`--trained`, `--outputs`, `--activation`, `--output-bias`) again, in plain Python: what
Scripts/check/trial does with their folders, and with a folder of `fullrank export` of such a trial.

Samples by docs/sampling.py, signs and values by fractions through all layers, ranks modulo 2^61 - 1.
"""
import ast
import json
import os
import struct
import sys
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs"))
import journal
import sampling

P = 2**61 - 1
OUTPUT_WEIGHTS, OUTPUT_BIASES = 8, 4  # streams


def residue(x):
    x = Fraction(x)
    return x.numerator * pow(x.denominator, -1, P) % P


def layers(plan, hidden, d0, d1, trial):
    """[(weights, biases or None)] of a drawn network: all hidden layers, then the outputs."""
    widths, seed, which = hidden + [d1], plan["seed"], plan["init"]
    drawn = [(w, b if plan["bias"] else None) for w, b in sampling.deep_weights(seed, trial, widths, d0, which)[0]]
    kind = "normal" if which == "normal" else "symmetric"
    last = sampling.matrix(seed, trial, OUTPUT_WEIGHTS, plan["outputs"], d1, kind, 1.0)
    biases = sampling.matrix(seed, trial, OUTPUT_BIASES, plan["outputs"], 1, kind, 1.0)
    return drawn + [(last, [row[0] for row in biases] if plan["output_bias"] else None)]


def activation(name):
    """z to (phi(z), phi'(z)) in fractions."""
    kind, _, value = name.partition(":")
    if kind == "power":
        return lambda z: (z**int(value), int(value) * z**(int(value) - 1))
    slope = Fraction(1) if kind == "identity" else Fraction(float(value)) if kind == "leaky" else Fraction(0)
    return lambda z: (z, Fraction(1)) if z > 0 else (slope * z, slope)


def rows(network, points, name, trained):
    """Rows of the Jacobian, point by point and output by output: fractions, columns W_1, b_1, W_2, ... of what is trained."""
    phi, last = activation(name), len(network) - 1
    for point in points:
        f, gains = [[Fraction(x) for x in point]], []
        for w, b in network[:-1]:
            z = [sum((Fraction(u) * v for u, v in zip(row, f[-1])), Fraction(b[i]) if b else Fraction(0))
                 for i, row in enumerate(w)]
            f.append([phi(x)[0] for x in z])
            gains.append([phi(x)[1] for x in z])
        for output in range(len(network[last][0])):
            delta, blocks = [Fraction(int(o == output)) for o in range(len(network[last][0]))], []
            for l in range(last, -1, -1):
                if trained == "all" or l < last:
                    blocks.append([d * x for d in delta for x in f[l]] + (delta if network[l][1] is not None else []))
                if l:
                    w = network[l][0]
                    delta = [sum(d * Fraction(row[c]) for d, row in zip(delta, w)) * gain
                             for c, gain in enumerate(gains[l - 1])]
            yield [x for block in reversed(blocks) for x in block]


def ranks(matrix):
    """Ranks of the first rows, after each row, modulo P."""
    kept, found = {}, []
    for row in matrix:
        row = [residue(x) for x in row]
        for c in range(len(row)):
            if row[c] == 0:
                continue
            if c not in kept:
                inverse = pow(row[c], -1, P)
                kept[c] = [inverse * x % P for x in row[c:]]
                break
            factor = row[c]
            row[c:] = [(a - factor * b) % P for a, b in zip(row[c:], kept[c])]
        found.append(len(kept))
    return found


def require_drawn(plan):
    if not isinstance(plan["inputs"], str):
        sys.exit("check/trial: only trials of drawn inputs are checked")


def check_sweep(folder, plan, line):
    """The ranks of all cells of a trial in a sweep's journal."""
    require_drawn(plan)
    for last, trial in enumerate(journal.trials(folder), start=2):
        if last == line:
            break
    else:
        sys.exit(f"check/trial: there is no trial on line {line}: trials stand on lines 2 to the last")
    hidden = [] if trial.get("hidden", "none") == "none" else [int(width) for width in trial["hidden"].split("x")]
    counts = [trial["n"]] if "ratio" in trial else plan["n"]
    widths = [trial["d1"]] if "hidden" in trial else plan["d1"]
    points = sampling.inputs(plan["seed"], trial["trial"], counts[-1], trial["d0"], plan["inputs"])
    cells = {}
    for d1 in widths:
        network = layers(plan, hidden, trial["d0"], d1, trial["trial"])
        found = ranks(rows(network, points, plan["activation"], plan["trained"]))
        for n in counts:
            cells[n, d1] = found[n * plan["outputs"] - 1]
    expected = [cells[n, d1] for n in counts for d1 in widths]
    words = f"d0 = {trial['d0']}, n = {trial['n']}, trial {trial['trial']}: {len(expected)} cell{'s' * (len(expected) != 1)}"
    for (n, d1), mine, theirs in zip([(n, d1) for n in counts for d1 in widths], expected, trial["ranks"]):
        if mine != theirs:
            sys.exit(f"{words}; at n = {n}, d1 = {d1} the journal DIFFERS: rank {theirs}, here {mine}")
    if len(expected) != len(trial["ranks"]):
        sys.exit(f"{words}; the journal DIFFERS: it has {len(trial['ranks'])}")
    print(f"{words}; every rank as in the journal")


def array(path):
    """A .npy file of float64, as nested lists, and its shape."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<H", data[8:10])[0]
    head = ast.literal_eval(data[10:10 + length].decode())
    if data[:8] != b"\x93NUMPY\x01\x00" or head["descr"] != "<f8" or head["fortran_order"]:
        sys.exit(f"check/trial: {path} is no array of float64 in C order")
    numbers = struct.unpack(f"<{(len(data) - 10 - length) // 8}d", data[10 + length:])
    shape = head["shape"]
    if len(shape) == 1:
        return list(numbers), shape
    return [list(numbers[i * shape[1]:(i + 1) * shape[1]]) for i in range(shape[0])], shape


def bits(numbers):
    return struct.pack(f"<{len(numbers)}d", *numbers)


def check_export(folder):
    """Every file of an exported trial: samples to the bit, the Jacobian to rounding, the rank."""
    with open(f"{folder}/trial.json") as file:
        trial = json.load(file)
    if trial.get("format") != "fullrank-network-trial" or trial.get("version") != 1:
        sys.exit(f"check/trial: {folder}/trial.json is no trial of version 1")
    points, shape = array(f"{folder}/inputs.npy")
    if shape != (trial["n"], trial["d0"]):
        sys.exit(f"check/trial: inputs.npy has shape {shape}")
    if isinstance(trial["inputs"], str):
        drawn = sampling.inputs(trial["seed"], trial["trial"], trial["n"], trial["d0"], trial["inputs"])
        if any(bits(a) != bits(b) for a, b in zip(points, drawn)):
            sys.exit("check/trial: inputs.npy is not what the seed draws")
    network, drawn = [], layers(trial, trial["hidden"], trial["d0"], trial["d1"], trial["trial"])
    for l, (weights, biases) in enumerate(drawn, start=1):
        own, shape = array(f"{folder}/network/W{l}.npy")
        if shape != (len(weights), len(weights[0])) or any(bits(a) != bits(b) for a, b in zip(own, weights)):
            sys.exit(f"check/trial: network/W{l}.npy is not what the seed draws")
        path = f"{folder}/network/b{l}.npy"
        if os.path.exists(path) != (biases is not None) or biases is not None and bits(array(path)[0]) != bits(biases):
            sys.exit(f"check/trial: network/b{l}.npy is not what the seed draws")
        network.append((own, biases))
    exact = list(rows(network, points, trial["activation"], trial["trained"]))
    if (len(exact), len(exact[0])) != (trial["rows"], trial["parameters"]):
        sys.exit(f"check/trial: the Jacobian is {len(exact)} x {len(exact[0])}, not as trial.json has it")
    path, worst = f"{folder}/jacobian.npy", Fraction(0)
    if os.path.exists(path):
        rounded, shape = array(path)
        if shape != (len(exact), len(exact[0])):
            sys.exit(f"check/trial: jacobian.npy has shape {shape}")
        largest = max((abs(x) for row in exact for x in row), default=Fraction(0))
        worst = max((abs(Fraction(a) - b) for mine, row in zip(rounded, exact) for a, b in zip(mine, row)),
                    default=Fraction(0))
        if worst > largest * Fraction(1, 2**30):
            sys.exit(f"check/trial: jacobian.npy differs by {float(worst)} from the Jacobian")
    found = ranks(exact)[-1]
    words = f"{trial['rows']} x {trial['parameters']}, rank {found}"
    if found != trial["rank"]:
        sys.exit(f"{words}; trial.json DIFFERS: it has {trial['rank']}")
    if trial["proved"] != (found == trial["bound"]) or found > trial["bound"]:
        sys.exit(f"{words}; trial.json DIFFERS: its bound is {trial['bound']}, proved {trial['proved']}")
    print(f"{words}; samples, Jacobian and rank as in {folder}")
