"""Measurements as they are kept: one JSON file a section, written row by row, so that an interrupted run goes on."""
import json
import os
import resource
import statistics

VERSION = 1


def processor_time():
    """Seconds of all processors that went by, that were busy, and that this program and its finished children used."""
    with open("/proc/stat") as file:
        ticks = [int(field) for field in file.readline().split()[1:9]]
    own = sum(usage.ru_utime + usage.ru_stime
              for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    tick = os.sysconf("SC_CLK_TCK")
    return sum(ticks) / tick, (sum(ticks) - ticks[3] - ticks[4]) / tick, own


class Section:
    """The rows of one section, by name. A file of other programs, another machine or another mode is begun anew."""

    def __init__(self, folder, name, origin, fresh=False):
        self.name, self.path = name, os.path.join(folder, f"{name}.json")
        self.before = processor_time()
        self.data = {"format": "fullrank-bench", "version": VERSION, "section": name, "origin": origin, "rows": {}}
        if fresh or not os.path.exists(self.path):
            return
        with open(self.path) as file:
            old = json.load(file)
        if old.get("version") == VERSION and old["origin"] == origin:
            self.data = old

    @property
    def rows(self):
        return list(self.data["rows"].values())

    def has(self, key):
        return key in self.data["rows"]

    def add(self, key, row):
        now = processor_time()
        passed, busy, own = (b - a for a, b in zip(self.before, now))
        self.before = now
        # The share of the processors that other processes used while the row was measured.
        self.data["rows"][key] = {**row, "others": max(0.0, (busy - own) / passed) if passed else 0.0}
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        temporary = self.path + ".new"
        with open(temporary, "w") as file:
            json.dump(self.data, file, indent=1)
            file.write("\n")
        os.replace(temporary, self.path)


def disturbance(rows):
    """A sentence, where other programs took more than a twentieth of the processors during some row; else nothing."""
    most = max((row.get("others", 0) for row in rows), default=0)
    if most < 0.05:
        return []
    return [f"NOT QUIET: other programs took up to {most:.0%} of the processors' time while this was measured. Wall times "
            "are therefore too long, and processor times slightly too long."]


def median(times):
    return statistics.median(times)


def spread(times):
    """Half the distance from the least to the greatest, as a share of the median: 0.1 is plus or minus 10%."""
    return (max(times) - min(times)) / 2 / statistics.median(times)


def milliseconds(seconds):
    """Three decimals below 10 ms, one digit fewer for each power of ten above."""
    value = 1e3 * seconds
    return f"{value:,.{3 if value < 10 else 2 if value < 100 else 1 if value < 1000 else 0}f}"


def ratios(theirs, ours):
    """Median, least and greatest of the ratios of rounds run side by side. Ours may have more rounds."""
    each = [a / b for a, b in zip(theirs, ours)]
    return statistics.median(each), min(each), max(each)


def slope(sizes, times):
    """The exponent between two neighbours: time ~ size^slope."""
    import math

    return [None] + [math.log(b / a) / math.log(n / m) for m, n, a, b in zip(sizes, sizes[1:], times, times[1:])]
