"""docs/figures/performance.svg: time against n, both axes logarithmic, one panel for exact and one for numeric rank."""
import math

import exact
from results import median

COLOURS = {"Fullrank, rank at every width": "#c0392b", "Fullrank, rank profile": "#e08a7f", "FFLAS-FFPACK": "#2c6fbb", "FLINT": "#3a8f4d", "n³/3 at DGEMM's rate": "#888888",
           "NumPy float64": "#8e5ea2", "PyTorch float64": "#d98a1f", "Fullrank, singular values": "#c0392b",
           "Fullrank, exact": "#444444"}
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 360, 280, 62, 34, 44, 96


def exact_lines(rows):
    rows = [row for row in rows if row["d0"] == 10]
    lines = {"Fullrank, rank at every width": [(row["n"], median(row["columns"])) for row in rows],
             "Fullrank, rank profile": [(row["n"], median(row["fullrank"])) for row in rows],
             "FFLAS-FFPACK": [(row["n"], median(exact.peer(row))) for row in rows],
             "FLINT": [(row["n"], median(row["flint"])) for row in rows if row.get("flint")],
             "n³/3 at DGEMM's rate": [(row["n"], exact.floor(row)) for row in rows]}
    return {name: points for name, points in lines.items() if points}


def numeric_lines(rows):
    rows = [row for row in rows if row["precision"] == "float64" and row["d0"] == 10]
    names = {"fullrank": "Fullrank, singular values", "numpy": "NumPy float64", "torch": "PyTorch float64",
             "exact": "Fullrank, exact"}
    return {name: [(int(row["n"]), median(row[key])) for row in rows if row.get(key)] for key, name in names.items()}


def label(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size * 0.999:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


def panel(title, lines, left):
    points = [point for line in lines.values() for point in line]
    low, high = min(n for n, _ in points), max(n for n, _ in points)
    bottom, top = (math.floor(math.log10(min(t for _, t in points))), math.ceil(math.log10(max(t for _, t in points))))
    x = lambda n: left + WIDTH * (math.log(n / low) / math.log(high / low) if high > low else 0.5)
    y = lambda t: TOP + HEIGHT * (top - math.log10(t)) / (top - bottom)
    out = [f'<text x="{left + WIDTH / 2}" y="{TOP - 14}" text-anchor="middle" font-weight="600">{title}</text>',
           f'<rect x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>']
    for exponent in range(bottom, top + 1):
        at = y(10.0**exponent)
        out.append(f'<line x1="{left}" x2="{left + WIDTH}" y1="{at:.1f}" y2="{at:.1f}" stroke="#e4e4e4"/>')
        out.append(f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{label(10.0**exponent)}</text>')
    last = -math.inf
    for n in sorted({n for n, _ in points}):
        if x(n) - last < 34:
            continue
        last = x(n)
        out.append(f'<text x="{last:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{n}</text>')
    out.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 34}" text-anchor="middle">n</text>')
    for place, (name, line) in enumerate(lines.items()):
        path = " ".join(f"{x(n):.1f},{y(t):.1f}" for n, t in line)
        dash = ' stroke-dasharray="5 4"' if "DGEMM" in name else ""
        out.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"{dash}/>')
        out += [f'<circle cx="{x(n):.1f}" cy="{y(t):.1f}" r="2.5" fill="{COLOURS[name]}"/>' for n, t in line]
        at = TOP + 16 + 16 * place
        out.append(f'<line x1="{left + 10}" x2="{left + 30}" y1="{at - 4}" y2="{at - 4}" stroke="{COLOURS[name]}" '
                   f'stroke-width="2"{dash}/><text x="{left + 36}" y="{at}">{name}</text>')
    return out


def draw(sections):
    panels = []
    if sections.get("exact"):
        panels.append(("Exact rank of one trial, d0 = 10, one thread", exact_lines(sections["exact"])))
    if sections.get("numeric"):
        panels.append(("Rank of one matrix, n × 1.25 n, one thread", numeric_lines(sections["numeric"])))
    width, height = LEFT + len(panels) * (WIDTH + GAP) - GAP + 20, TOP + HEIGHT + BOTTOM
    body = [line for i, (title, lines) in enumerate(panels) for line in panel(title, lines, LEFT + i * (WIDTH + GAP))]
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                      f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#222">',
                      f'<rect width="{width}" height="{height}" fill="white"/>', *body, "</svg>", ""])
