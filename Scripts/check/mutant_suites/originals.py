"""True certificates to begin with, of every kind, and those files that once fooled a checker."""
import glob
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import struct
import subprocess
import tempfile

import certificate as check_certificate

here = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(here, "..", "..", "..", "Tests")
MOST_BYTES = 5000  # small ones: a change then more often meets what matters


def generators():
    path = os.path.join(here, "..", "certificates")
    loader = importlib.machinery.SourceFileLoader("check_certificates", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_certificates", loader))
    loader.exec_module(module)
    return module


def made(program, r, wanted=24):
    """By `fullrank explain`, of each kind as many."""
    kinds, texts = generators(), []
    with tempfile.TemporaryDirectory() as folder:
        while len(texts) < wanted:
            options = [kinds.drawn, kinds.ensemble, lambda r: kinds.special(r, folder), lambda r: kinds.from_file(r, folder),
                       lambda r: kinds.deep(r, folder), lambda r: kinds.special(r, folder)][len(texts) % 6](r)
            options += ["--seed", str(r.choice([r.randrange(1000), 2**64 - 1])), "--primes", str(r.choice([1, 2, 2, 3]))]
            options += ["--no-bias"] if r.random() < 0.3 else []
            result = subprocess.run([program, "explain", "--backend", "cpu", *options, "--json"], capture_output=True)
            if result.returncode != 0:
                raise SystemExit(f"check/mutants: {' '.join(options)}: {result.stderr.decode()}")
            if len(result.stdout) <= MOST_BYTES and json.loads(result.stdout)["n"] <= 24:
                texts.append(result.stdout)
    return texts


def weakened(text):
    """The same certificate with relations by residues in place of whole numbers, which `explain` writes only for large
    ones; None if it has no relation in whole numbers."""
    c = json.loads(text)
    changed = False
    for circuit in c["circuits"]:
        p = c["primes"][0]
        if "coefficients" in circuit and all(a % p for a in circuit["coefficients"]):
            inverse = pow(circuit["coefficients"][-1], -1, p)
            circuit["prime"], circuit["residues"] = p, [a * inverse % p for a in circuit.pop("coefficients")]
            changed = True
    if not changed:
        return None
    c["proved"] = False
    if "statement" in c:
        c["statement"] = check_certificate.statement(c, c["n"] - c["rank"], [])
    return json.dumps(c).encode()


def given(points, pattern, bias, seed=3):
    """A certificate of any numbers, shapes that `explain` does not make among them: no points, no inputs, no units. Every
    dependent point's row must be 0, or the pattern be all ones."""
    n, d0 = len(points), len(points[0]) if points else 1
    homogeneous = [[check_certificate.whole(x) for x in row] + [2**1074] * bias for row in points]
    bits = [[int(bit) for bit in unit] for unit in pattern]
    pivots, kept, circuits = check_certificate.pivot_columns(homogeneous, bits), [], []
    for j, column in enumerate(pivots):
        if column >= 0:
            kept.append(j)
        else:
            is_zero = not any(unit[j] for unit in bits)
            circuits.append({"points": [j] if is_zero else kept + [j], "rank": 0 if is_zero else 1})
    primes = check_certificate.drawn_primes(seed, 2)
    bound = 1.0
    for p in primes:
        bound *= min(1.0, n / (p - 1))
    numbers = [x for row in points for x in row]
    return json.dumps({
        "format": "fullrank-certificate", "version": 1, "fullrank": "by hand", "rank": len(kept), "n": n, "d0": d0,
        "d1": len(pattern), "full_rank": len(kept) == n, "proved": True, "seed": seed, "bias": bias, "inputs": points,
        "pattern": pattern, "primes": primes, "error_bound": bound,
        "inputs_sha256": hashlib.sha256(struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest(),
        "pattern_sha256": check_certificate.digest(bits, n), "pivots": pivots, "circuits": circuits}).encode()


def short_multiple(a, b, modulus):
    """A short (c, d) with a d = b c modulo a number, by Gauss's reduction of that lattice."""
    u, v = (1, b * pow(a, -1, modulus) % modulus), (0, modulus)
    while True:
        if u[0] ** 2 + u[1] ** 2 > v[0] ** 2 + v[1] ** 2:
            u, v = v, u
        size = u[0] ** 2 + u[1] ** 2
        times = (2 * (u[0] * v[0] + u[1] * v[1]) + size) // (2 * size)
        if times == 0:
            return u
        v = v[0] - times * u[0], v[1] - times * u[1]


def forged(r, which):
    """Two independent points that are multiples of each other modulo 2^61 - 2373 and the primes of these places, with a
    relation by residues modulo the first of them: true only if these are all primes."""
    while True:
        seed = r.randrange(1000)
        primes = check_certificate.drawn_primes(seed, 2)
        modulus = check_certificate.P
        for place in which:
            modulus *= primes[place]
        a, b = r.randrange(2**51, 2**53), r.randrange(2**51, 2**53)
        c, d = short_multiple(a, b, modulus)
        p = primes[which[0]]
        if a * d != b * c and max(abs(c), abs(d)) <= 2**53 and c % p and a % check_certificate.P:
            break
    certificate = json.loads(given([[float(a), float(b)], [float(c), float(d)]], ["11"], False, seed))
    residue = -c * pow(a, -1, p) % p
    return json.dumps({**certificate, "proved": False, "circuits": [
        {"points": [0, 1], "rank": 1, "prime": p, "residues": [residue, 1]}]}).encode()


def all_of_them(program, r):
    texts = made(program, r)
    texts += [weak for weak in map(weakened, texts) if weak]
    texts += [forged(r, which) for which in ([0], [1], [0, 1], [0, 1])]
    texts += [given([[-0.0], [2.0], [3.0]], ["111"], True), given([], [], True), given([], ["", ""], False),
              given([[], [], []], ["111"], True), given([[1.0], [2.0]], [], True),
              given([[5e-324, 1e308], [1.0, 0.0]], ["00", "00"], False)]
    for path in sorted(glob.glob(f"{TESTS}/FullrankReaderTests/Corpus/certificate/*.json")
                       + glob.glob(f"{TESTS}/FullrankCommandTests/Attacks/*.json")):
        with open(path, "rb") as file:
            texts.append(file.read())
    return texts
