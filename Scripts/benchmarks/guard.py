"""Instruction counts of fixed work, by valgrind's callgrind, against those recorded in Scripts/benchmarks/instructions.json.

Counts don't depend on what else the machine does: the kernels' repeat within a few instructions, the sweep's within 0.3%
(its batches follow the clock). They depend on the compiler: with another than the record's nothing can be said. AVX-512
is not counted, since valgrind 3.19 does not know it.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile

from programs import BUILD, FULLRANK, INSTRUCTIONS, ROOT, Failure, build_command, build_kernels, loudly, output, say

RECORD = os.path.join(ROOT, "Scripts", "benchmarks", "instructions.json")
SLACK = 0.05
KERNEL_WORK = ("small", "middle", "large", "wide", "deficient", "columns")
SKIPPED = 69
SWEEP = ["--d0", "2", "--n", "1..20", "--d1", "1..40", "--trials", "2000", "--threads", "1", "--backend", "cpu"]


def compilers():
    clang = output("clang" if shutil.which("clang") else "cc", "--version").splitlines()[0]
    swift = next(line for line in output("swift", "--version", stderr=subprocess.DEVNULL).splitlines() if "Swift" in line)
    return {"c": clang, "swift": swift.strip(), "architecture": os.uname().machine}


def count(command, environment, toggle=None):
    """Instructions of a command, or of the time inside the function `toggle`."""
    collect = [f"--toggle-collect={toggle}"] if toggle else []
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *collect, *command],
                          cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **environment})
    found = re.search(r"Collected : (\d+)", done.stdout)
    if done.returncode or not found or int(found[1]) == 0:
        raise Failure(f"{' '.join(command)} under valgrind: {done.stdout}")
    if "FULLRANK_ISA" in environment and toggle and f"{environment['FULLRANK_ISA']} kernels" not in done.stdout:
        return None  # this machine, or valgrind, lacks the instruction set
    return int(found[1])


def counts():
    found = {}
    for isa in ("avx2", "portable"):
        for work in KERNEL_WORK:
            number = count([INSTRUCTIONS, work], {"FULLRANK_ISA": isa}, toggle="counted_work")
            if number is None:
                loudly(f"no {isa} kernels under valgrind here: not counted")
                break
            found[f"{isa} {work}"] = number
    # A copy without debugging information: valgrind's reader fails on Swift's.
    program = os.path.join(BUILD, "fullrank-stripped")
    subprocess.run(["strip", "-g", "-o", program, FULLRANK], check=True)
    fixed = {"SWIFT_DETERMINISTIC_HASHING": "1", "FULLRANK_ISA": "portable"}
    with tempfile.TemporaryDirectory(prefix="fullrank-bench-") as folder:
        at = lambda name: os.path.join(folder, name)
        found["sweep"] = count([program, "sweep", *SWEEP, "--output", at("sweep")], fixed)
        for shard in "12":
            output(FULLRANK, "sweep", *SWEEP, "--shard", f"{shard}/2", "--output", at(shard), stderr=subprocess.DEVNULL)
        found["merge"] = count([program, "merge", at("1"), at("2"), "--output", at("merged")], fixed)
    return found


def check(record):
    if not shutil.which("valgrind") or not shutil.which("strip"):
        loudly("SKIPPED: valgrind or strip is not installed: no instructions are counted")
        return SKIPPED
    here = compilers()
    old = None
    if os.path.exists(RECORD):
        with open(RECORD) as file:
            old = json.load(file)
    if not record and old is None:
        raise Failure("there is no record: Scripts/bench --record makes it")
    if not record and old["compilers"] != here:
        for key in here:
            if old["compilers"][key] != here[key]:
                say(f"recorded with {old['compilers'][key]}\nhere          {here[key]}")
        loudly("SKIPPED: the recorded counts are another compiler's")
        return SKIPPED
    build_kernels("profile_instructions")
    build_command()
    new = counts()
    grown = show(old["instructions"] if old else {}, new)
    if record:
        with open(RECORD, "w") as file:
            json.dump({"format": "fullrank-instructions", "version": 1, "compilers": here, "instructions": new}, file,
                      indent=1)
            file.write("\n")
        say("recorded")
        return 0
    if grown:
        say(f"more than {SLACK:.0%} more instructions: {', '.join(grown)}. If that is on purpose: Scripts/bench --record")
    return 1 if grown else 0


def show(old, new):
    """Prints the counts; answers the names of those that grew by more than the slack."""
    grown = []
    print(f"{'instructions of':<22}{'recorded':>14}{'now':>14}{'change':>9}")
    for name, number in new.items():
        before = old.get(name)
        change = f"{number / before - 1:+.1%}" if before else "new"
        print(f"{name:<22}{before or '':>14}{number:>14}{change:>9}")
        if before and number > before * (1 + SLACK):
            grown.append(name)
        elif before and number < before * (1 - SLACK):
            say(f"{name}: fewer than recorded; Scripts/bench --record keeps the gain")
    return grown
