#!/usr/bin/env python3
"""Changes journals (trials.jsonl) in every way a disk might, and demands that no table changes without a word.

Usage: Scripts/check/mutant_suites/journals.py --program PATH [--count N] [--seed S]
Journals of every kind are made: exact by rows, by columns, with two primes, of ratios and of deep networks, singular
values, global minima. Of each every single bit is flipped; besides, lines are deleted, repeated, exchanged and put in
another's place, two or three bits of a line are flipped, and the file is cut anywhere. With --count only N of these
mutants are tried, drawn by the seed (default 1). Each is read by `status`, `merge` or the sweep's own command in turn.
Either the command says in one line which line of which file is damaged, exit code 65, and it is that line; or the
tables are those of the undamaged journal, byte for byte; or, of `merge` and `status`, fewer trials are told than there
were. Exit code 1 where one of them is none of this.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

SWEEPS = {
    "exact": "sweep --d0 1,2 --n 3,6 --d1 2,4 --trials 3",
    "columns": "sweep --d0 3 --n 12 --d1 3,5 --trials 4",
    "primes": "sweep --d0 2 --n 3,5 --d1 2,3 --trials 4 --primes 2",
    "ratio": "sweep --ratio 0.5,2 --n 2,4 --d1 2,3 --trials 2",
    "deep": "sweep --d0 1 --n 4 --d1 2,3 --hidden 3 --trials 2",
    "svd": "sweep --d0 1 --n 2,3 --d1 2 --trials 3 --method svd",
    "minima": "minima --d0 1 --n 3,5 --d1 4,8 --trials 4 --labels random",
    "teacher": "minima --d0 2 --n 3,5 --d1 2,4 --trials 3 --labels teacher",
}
TABLES = ("cells.csv", "widths.csv")


class Journal:
    """A sweep's folder, whose journal is put in place of a changed one before each run."""

    def __init__(self, name, program, root):
        self.name, self.program = name, program
        self.folder, self.merged = os.path.join(root, name), os.path.join(root, name + "-merged")
        self.command = [*SWEEPS[name].split(), "--backend", "cpu", "--threads", "1"]
        self.file = os.path.join(self.folder, "trials.jsonl")
        done = self.run([*self.command, "--output", self.folder])
        if done.returncode:
            sys.exit(f"check/mutant_suites/journals.py: {name}: {done.stderr}")
        with open(self.file, "rb") as file:
            self.bytes = file.read()
        self.lines = self.bytes.splitlines(keepends=True)
        self.tables = self.read_tables(self.folder)

    def run(self, arguments):
        return subprocess.run([self.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              errors="replace", timeout=60)

    @staticmethod
    def read_tables(folder):
        tables = {}
        for name in TABLES:
            if os.path.exists(os.path.join(folder, name)):
                with open(os.path.join(folder, name), "rb") as file:
                    tables[name] = file.read()
        return tables

    def line_of(self, place):
        """The line, from 1, that holds a byte."""
        return self.bytes.count(b"\n", 0, place) + 1

    def fault(self, mutant, line, reader):
        """What is wrong in how the program took a changed journal; None where all is well. `line`: the only one that may
        be called damaged; None: any."""
        with open(self.file, "wb") as file:
            file.write(mutant)
        for folder in (self.folder, self.merged):
            for table in TABLES:
                if os.path.exists(os.path.join(folder, table)):
                    os.unlink(os.path.join(folder, table))
        folder = self.folder
        if reader == "status":
            done = self.run(["status", folder])
        elif reader == "merge":
            shutil.rmtree(self.merged, ignore_errors=True)
            folder = self.merged
            done = self.run(["merge", self.folder, "--output", self.merged])
        else:
            done = self.run([*self.command, "--output", folder])
        said = done.stderr.splitlines()
        if done.returncode == 65:
            damage = re.search(re.escape(self.file) + r", line (\d+) is damaged: .", said[0]) if len(said) == 1 else None
            if not damage:
                return f"exit code 65, but no line is named: {done.stderr!r}"
            if line is not None and int(damage[1]) != line:
                return f"line {line} was changed, and line {damage[1]} is named"
            return None
        if done.returncode:
            return f"exit code {done.returncode}: {done.stderr!r}"
        if reader == "status":
            # A journal that it accepts as whole must be accepted by the sweep's own command, too.
            return self.fault(mutant, line, "sweep") if ": complete" in done.stdout else None
        if self.read_tables(folder) == self.tables:
            return None
        told = re.search(r"merge: (\d+) of (\d+) trials", done.stderr) if reader == "merge" else None
        if told and int(told[1]) < int(told[2]):
            return None
        return f"the tables differ: {done.stderr!r}"

    def flips(self):
        return [(self, "flip", place) for place in range(8 * len(self.bytes))]

    def others(self):
        """Mutants that are no single flips, as many as there are choices, up to a limit for those of many."""
        count = len(self.lines)
        kinds = [("delete", line) for line in range(count)] + [("repeat", line) for line in range(count)]
        kinds += [("exchange", (a, b)) for a in range(count) for b in range(a)]
        kinds += [("replace", line) for line in range(1, count)]
        kinds += [("cut", place) for place in range(len(self.bytes))]
        kinds += [("flips", number) for number in range(300)]
        return [(self, *kind) for kind in kinds]

    def mutant(self, kind, choice, generator):
        """The changed bytes, and the line that may be called damaged."""
        lines = list(self.lines)
        if kind == "flip":
            changed = bytearray(self.bytes)
            changed[choice // 8] ^= 1 << choice % 8
            return bytes(changed), self.line_of(choice // 8)
        if kind == "flips":  # two or three bits of a line: CRC-32C finds them all
            line = generator.randrange(len(lines))
            changed = bytearray(lines[line])
            for place in generator.sample(range(8 * (len(changed) - 1)), generator.choice((2, 3))):
                changed[place // 8] ^= 1 << place % 8
            return b"".join(lines[:line] + [bytes(changed)] + lines[line + 1:]), line + 1
        if kind == "delete":
            del lines[choice]
        elif kind == "repeat":
            lines.insert(generator.randrange(choice, len(lines)) + 1, lines[choice])
        elif kind == "exchange":
            lines[choice[0]], lines[choice[1]] = lines[choice[1]], lines[choice[0]]
        elif kind == "replace":  # another trial's line: that one stands there twice
            lines[choice] = self.lines[1 + choice % (len(lines) - 1)]
        elif kind == "cut":
            return self.bytes[:choice], None
        return b"".join(lines), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generator = random.Random(options.seed)
    # In memory if possible, because the program waits for the disk after each file.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fullrank-mutants-", dir=memory) as root:
        journals = [Journal(name, os.path.abspath(options.program), root) for name in SWEEPS]
        flips = [mutant for journal in journals for mutant in journal.flips()]
        others = [mutant for journal in journals for mutant in journal.others()]
        if options.count is not None and options.count < len(flips) + len(others):
            few = min(len(others), options.count // 4)
            chosen = generator.sample(others, few) + generator.sample(flips, min(len(flips), options.count - few))
        else:
            chosen = flips + others
        faults = []
        for number, (journal, kind, choice) in enumerate(chosen):
            reader = ("status", "merge", "sweep")[number % 3]
            mutant, line = journal.mutant(kind, choice, generator)
            fault = journal.fault(mutant, line, reader)
            if fault:
                faults.append(f"{journal.name}, {kind} {choice}, {reader}: {fault}")
    for fault in faults[:20]:
        print(f"check/mutant_suites/journals.py: {fault}", file=sys.stderr)
    print(f"journals: {len(chosen)} mutants of {len(journals)} journals ({len(flips)} flips are all), "
          f"{len(faults)} taken for what they are not")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
