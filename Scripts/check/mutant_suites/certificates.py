#!/usr/bin/env python3
"""Changes certificates at random and gives each to both checkers, `fullrank check` and Scripts/check/certificate.py.

Usage: Scripts/check/mutant_suites/certificates.py [--program PATH] [--count N] [--seed S] [--jobs J]
Both must accept and refuse the same files and say the same of them; neither may end but in words; and what they accept
must be true by a third computation, in exact arithmetic, of the trial that the file names.
"""
import argparse
import collections
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import unicodedata

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..")]
import certificate as check_certificate
import exact_rank
import mutations
import originals
import strict_json

BATCH = 200
UNPRINTED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format, halves of surrogate pairs, ends of lines
# So that no mutant takes minutes of Python. `check` does without this limit, and what exceeds it is not compared.
check_certificate.MOST = 3 * 10**5
LIMITS = ("too many numbers for this script", "it takes more than")


def python_says(data):
    """Accepted or not, and the words."""
    try:
        return True, check_certificate.check(strict_json.parse(data))
    except (check_certificate.Fault, strict_json.Damage) as fault:
        return False, str(fault)
    # Whatever else is raised is a traceback: the failure of the script.


def program_says(program, folder, names):
    """By name the words of each accepted file; and the names of files that check did not end on in words."""
    result = subprocess.run([program, "check", *names], cwd=folder, capture_output=True)
    output, messages = result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")
    accepted = dict(line.split(": ", 1) for line in output.splitlines())
    refused = re.findall(r"^fullrank: check: ([0-9]+\.json): |^check: ([0-9]+\.json): ", messages, re.M)
    refused = {first or second for first, second in refused}
    in_words = (result.returncode == (65 if refused else 0) and set(accepted) | refused == set(names)
                and not set(accepted) & refused and len(messages.splitlines()) == len(refused)
                and not any(unicodedata.category(character) in UNPRINTED for character in messages.replace("\n", "")))
    if in_words:
        return accepted, {}
    if len(names) == 1:
        return accepted, {names[0]: f"exit code {result.returncode}, {messages[:300]!r}"}
    half = len(names) // 2
    (first, more), (second, others) = (program_says(program, folder, part) for part in (names[:half], names[half:]))
    return first | second, more | others


def judge(data, accepted, words):
    """What is wrong with how one mutant was taken; None: nothing. And its kind, for the tally."""
    try:
        passes, said = python_says(data)
    except Exception as error:
        return f"the checker in Python raises {type(error).__name__}: {error}", "failed"
    if not passes and said.startswith(LIMITS):
        return None, "too large for the checker in Python"
    if passes != accepted:
        return f"check {'accepts' if accepted else 'refuses'} it, the checker in Python says: {said}", "failed"
    if not passes:
        return None, "refused"
    if said != words:
        return f"check says {words!r}, the checker in Python {said!r}", "failed"
    wrong = exact_rank.wrong_statement(data, said)
    return wrong and f"accepted as {said!r}, {wrong}", "accepted and true"


def batch(job):
    program, certificates, seed, first, count, keep = job
    tally, failures = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        mutants = {}
        for index in range(first, first + count):
            r = random.Random(f"{seed} {index}")
            # Each original is checked unchanged first.
            data = certificates[index] if index < len(certificates) else mutations.mutant(r, r.choice(certificates))
            mutants[f"{index}.json"] = data
            with open(f"{folder}/{index}.json", "wb") as file:
                file.write(data)
        accepted, broken = program_says(program, folder, list(mutants))
        for name, data in mutants.items():
            wrong, kind = (broken[name], "failed") if name in broken else judge(data, name in accepted, accepted.get(name))
            tally["failed" if wrong else kind] += 1
            if wrong:
                failures.append((name, wrong))
                with open(f"{keep}/{name}", "wb") as file:
                    file.write(data)
    return tally, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(here, "..", "..", "..", ".build", "release", "fullrank"))
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    o = parser.parse_args()
    program = os.path.abspath(o.program)
    certificates = originals.all_of_them(program, random.Random(f"originals {o.seed}"))
    keep = tempfile.mkdtemp(prefix="fullrank-mutants-")
    jobs = [(program, certificates, o.seed, first, min(BATCH, o.count - first), keep) for first in range(0, o.count, BATCH)]
    tally, failures = collections.Counter(), []
    with multiprocessing.Pool(o.jobs) as pool:
        for counts, wrong in pool.imap_unordered(batch, jobs):
            tally += counts
            failures += wrong
            if len(failures) > 50:
                break
    for name, wrong in failures[:20]:
        print(f"check/mutants: {keep}/{name}: {strict_json.printable(wrong, 600)}", file=sys.stderr)
    print(f"{sum(tally.values())} certificates mutated from {len(certificates)}, seed {o.seed}: "
          + ", ".join(f"{number} {kind}" for kind, number in sorted(tally.items())))
    if not failures:
        os.rmdir(keep)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
