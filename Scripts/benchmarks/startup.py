"""How long the program takes to start, warm and with its files dropped from the page cache, and how long peers'
imports take."""
import os
import re
import subprocess
import time

from programs import FULLRANK, ROOT, VENV_PYTHON, output
from results import median

NAME = "startup"
MEASURES = 1  # one more where rows change their meaning: kept ones are then measured again
LIMIT = 0.020


def files(program):
    """The program and the libraries that it loads as it starts."""
    return [program, *re.findall(r"=> (/\S+)", output("ldd", program))]


def drop(paths):
    """Drops these files' clean pages. Pages that another process has mapped (libc) stay: only root could drop those,
    and everyone's with them."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def once(command):
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def run(section, options):
    if section.has("startup"):
        return
    cases = {"true": (["/bin/true"], None), "fullrank --help": ([FULLRANK, "--help"], None),
             "fullrank --help, cold": ([FULLRANK, "--help"], files(FULLRANK)),
             "fullrank backends": ([FULLRANK, "backends"], None)}
    if os.path.exists(VENV_PYTHON):
        cases["python"] = ([VENV_PYTHON, "-c", "pass"], None)
        for module in ("numpy", "torch"):
            if subprocess.run([VENV_PYTHON, "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0:
                cases[f"import {module}"] = ([VENV_PYTHON, "-c", f"import {module}"], None)
    times = {name: [] for name in cases}
    for round in range(10 if options.quick else 40):
        for name, (command, dropped) in cases.items():
            if name.startswith("import") and round % 5:
                continue
            if dropped:
                drop(dropped)
            times[name].append(once(command))
    section.add("startup", {"times": times, "libraries": len(files(FULLRANK)) - 1,
                            "bytes": sum(os.path.getsize(path) for path in files(FULLRANK))})


def tables(section):
    if not section.has("startup"):
        return
    row = section.data["rows"]["startup"]
    rows = [[f"`{name}`" if "," not in name else "`fullrank --help`, cold", f"{1e3 * median(times):.1f}",
             f"{1e3 * min(times):.1f} to {1e3 * max(times):.1f}"] for name, times in row["times"].items()]
    warm, cold = (median(row["times"][name]) for name in ("fullrank --help", "fullrank --help, cold"))
    said = ", ".join(f"{name} it is {'below' if time < LIMIT else 'ABOVE'} this"
                     for name, time in (("warm", warm), ("cold", cold)))
    yield {"title": "Start-up", "columns": ["command", "median, ms", "range, ms"], "rows": rows,
           "notes": [f"Wall time, including spawning (`true` shows how long that takes). The limit for `fullrank --help` "
                     f"is {1e3 * LIMIT:.0f} ms: {said}. For a cold start the program and its {row['libraries']} libraries "
                     f"({row['bytes'] / 1e6:.0f} MB) are dropped from the page cache, except pages that other "
                     "processes have mapped."]}
