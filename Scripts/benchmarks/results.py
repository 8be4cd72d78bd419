"""Measurements as they are kept: one JSON file a section, written row by row, so that an interrupted run goes on."""
import json
import os
import statistics

VERSION = 1


class Section:
    """The rows of one section, by name. A file of other programs, another machine or another mode is begun anew."""

    def __init__(self, folder, name, origin, fresh=False):
        self.name, self.path = name, os.path.join(folder, f"{name}.json")
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
        self.data["rows"][key] = row
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        temporary = self.path + ".new"
        with open(temporary, "w") as file:
            json.dump(self.data, file, indent=1)
            file.write("\n")
        os.replace(temporary, self.path)


def median(times):
    return statistics.median(times)


def spread(times):
    """Half the distance from the least to the greatest, as a share of the median: 0.1 is plus or minus 10%."""
    return (max(times) - min(times)) / 2 / statistics.median(times)


def ratios(theirs, ours):
    """Median, least and greatest of the ratios of rounds run side by side. Ours may have more rounds."""
    each = [a / b for a, b in zip(theirs, ours)]
    return statistics.median(each), min(each), max(each)


def slope(sizes, times):
    """The exponent between two neighbours: time ~ size^slope."""
    import math

    return [None] + [math.log(b / a) / math.log(n / m) for m, n, a, b in zip(sizes, sizes[1:], times, times[1:])]
