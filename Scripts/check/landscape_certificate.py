#!/usr/bin/env python3
"""Checks certificates of `fullrank landscape check`, in plain Python and exact fractions.

Usage: Scripts/check/landscape_certificate.py CERTIFICATE.json...    (exit code 1 at the first that is not true)

A local minimum is confirmed by the criterion of docs/landscape.md, section 2, on rays that are found here from the
sets of boundary points; the rays that the certificate lists must be these, with these slopes. A descent is confirmed
by its slope and by points along it with a lower loss.
"""
import json
import sys
from fractions import Fraction as Q
from itertools import combinations


def dot(a, b):
    return sum((p * q for p, q in zip(a, b)), Q(0))


def relu(a):
    return a if a > 0 else Q(0)


def sign(a):
    return (a > 0) - (a < 0)


def echelon(rows, width):
    """Reduced rows and the columns of their pivots."""
    rows, pivots = [list(row) for row in rows], []
    for column in range(width):
        place = len(pivots)
        found = next((i for i in range(place, len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        rows[place], rows[found] = rows[found], rows[place]
        rows[place] = [a / rows[place][column] for a in rows[place]]
        for other in range(len(rows)):
            if other != place and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[place])]
        pivots.append(column)
    return rows, pivots


def kernel(rows, width):
    rows, pivots = echelon(rows, width)
    basis = []
    for free in (c for c in range(width) if c not in pivots):
        vector = [Q(0)] * width
        vector[free] = Q(1)
        for place, column in enumerate(pivots):
            vector[column] = -rows[place][free]
        basis.append(vector)
    return basis


def line_rays(points, width):
    """The rays of the arrangement of the points in their span, both directions of each line."""
    # A vector of the span orthogonal to one less point than its dimension: also orthogonal to the kernel.
    others = kernel(points, width)
    dimension = width - len(others)
    rays = {}
    for chosen in combinations(points, max(dimension - 1, 0)):
        lines = kernel(list(chosen) + others, width)
        if dimension and len(lines) == 1:
            for ray in (lines[0], [-a for a in lines[0]]):
                rays[tuple(sign(dot(ray, point)) for point in points)] = ray
    return rays


class Untrue(Exception):
    pass


def require(condition, words):
    if not condition:
        raise Untrue(words)


def loss(points, labels, weights, outputs):
    total = Q(0)
    for x, y in zip(points, labels):
        total += (sum((z * relu(dot(w, x)) for w, z in zip(weights, outputs)), Q(0)) - y) ** 2
    return total / len(points)


def slope_along(direction, gradient, points, boundary, residual):
    return dot(gradient, direction) + sum((residual[n] * relu(dot(direction, points[n])) for n in boundary), Q(0))


def is_minimum(points, labels, weights, outputs, listed=None):
    """Criterion 1 for every unit; `listed` are the certificate's units, compared with what is found here."""
    width = len(points[0])
    residual = [
        sum((z * relu(dot(w, x)) for w, z in zip(weights, outputs)), Q(0)) - y for x, y in zip(points, labels)
    ]
    for unit, (w, z) in enumerate(zip(weights, outputs)):
        boundary = [n for n, x in enumerate(points) if any(x) and dot(w, x) == 0]
        active = [n for n, x in enumerate(points) if dot(w, x) > 0]
        gradient = [sum((residual[n] * points[n][i] for n in active), Q(0)) for i in range(width)]
        own = [points[n] for n in boundary]
        flat = all(dot(gradient, v) == 0 for v in kernel(own, width))
        rays = line_rays(own, width)
        slopes = {signs: slope_along(ray, gradient, points, boundary, residual) for signs, ray in rays.items()}
        if listed is not None:
            require(listed[unit]["boundary"] == boundary, f"unit {unit}: the boundary points are {boundary}")
            require(len(listed[unit]["slopes"]) == len(rays), f"unit {unit}: there are {len(rays)} rays")
            seen = set()
            for item in listed[unit]["slopes"]:
                ray = [Q(a) for a in item["ray"]]
                signs = tuple(sign(dot(ray, point)) for point in own)
                require(signs in rays and signs not in seen, f"unit {unit}: a ray is not one, or is listed twice")
                seen.add(signs)
                value = slope_along(ray, gradient, points, boundary, residual)
                require(Q(item["slope"]) == value, f"unit {unit}: a slope is {value}")
                require(sign(value) == sign(slopes[signs]), f"unit {unit}: a ray's slope differs in sign")
        bad = [a for a in slopes.values() if (z * a < 0 if z else a != 0)]
        if not flat or bad or (z == 0 and dot(gradient, w) != 0):
            return False
    return True


def check(certificate):
    require(certificate.get("format") == "fullrank-landscape-certificate", "not a certificate of a point")
    require(certificate.get("version") == 1, "an unknown version")
    points = [[Q(a) for a in row] for row in certificate["X"]]
    labels = [Q(a) for a in certificate["y"]]
    weights = [[Q(a) for a in row] for row in certificate["w"]]
    outputs = [Q(a) for a in certificate["z"]]
    width = len(points[0])
    require(all(len(row) == width for row in points + weights), "rows of X and w differ in length")
    require(len(labels) == len(points) and len(outputs) == len(weights), "lengths do not fit")
    value = loss(points, labels, weights, outputs)
    require(Q(certificate["loss"]) == value, f"the loss is {value}")
    residual = [
        sum((z * relu(dot(w, x)) for w, z in zip(weights, outputs)), Q(0)) - y for x, y in zip(points, labels)
    ]
    require([Q(a) for a in certificate["residual"]] == residual, "the residual is another one")
    if certificate["frozen"]:
        require(all(outputs), "an output weight that is given is 0")
    if certificate["verdict"] == "local minimum":
        require(is_minimum(points, labels, weights, outputs, certificate["units"]), "the criterion fails")
        return f"local minimum, loss {value}"
    require(certificate["verdict"] == "not a local minimum", "an unknown verdict")
    unit = certificate["unit"]
    require(isinstance(unit, int) and 0 <= unit < len(weights), "no such unit")
    direction = [Q(a) for a in certificate["direction_w"]]
    change, slope = Q(certificate["direction_z"]), Q(certificate["slope"])
    require(len(direction) == width, "the direction has another length")
    require(not (certificate["frozen"] and change), "an output weight that is given is moved")
    w, z = weights[unit], outputs[unit]
    boundary = [n for n, x in enumerate(points) if dot(w, x) == 0]
    gradient = [sum((residual[n] * x[i] for n, x in enumerate(points) if dot(w, x) > 0), Q(0)) for i in range(width)]
    towards = slope_along(direction, gradient, points, boundary, residual)
    first = 2 * (z * towards + change * dot(gradient, w)) / len(points)
    require(slope == first, f"the slope is {first}")
    require(slope < 0 or (slope == 0 and z == 0 and towards * change < 0), "the loss does not fall")

    def moved(t, epsilon):
        ws, zs = list(weights), list(outputs)
        ws[unit] = [a + t * b for a, b in zip(w, direction)]
        zs[unit] = z + t * epsilon * change
        return loss(points, labels, ws, zs)

    # Lower at points as near as one likes: at four small steps, smaller ones where numbers are large.
    for bits in (44 << k for k in range(9)):
        steps = [Q(1, 2 ** (bits + 4 * k)) for k in range(4)]
        sizes = [Q(1)] if slope < 0 else [Q(1, 2**k) for k in range(20, 60, 4)] + steps
        if all(any(moved(t, e) < value for e in sizes) for t in steps):
            break
    else:
        raise Untrue("the loss is not lower at small steps")
    return f"not a local minimum, loss {value}, slope {slope}"


def main(paths):
    if not paths or paths[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if paths else 64
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                words = check(json.load(file))
        except Untrue as error:
            print(f"{path}: the certificate is not true: {error}", file=sys.stderr)
            return 1
        except (OSError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError, RecursionError) as error:
            print(f"{path}: not a certificate of a point: {type(error).__name__} {error}", file=sys.stderr)
            return 1
        print(f"{path}: {words}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
