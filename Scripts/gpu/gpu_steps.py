"""Steps with a time limit, of which none stops the next, and a record that has a JSON line for each as soon as it ends.

Used by run-first, check and bench. Plain Python 3: neither NumPy nor anything of CUDA.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

NO_DEVICE = 69  # exit code of what finds no device, or no library that a device needs


class Record:
    """Prints a line for each step and appends the same as JSON to `path` (None: prints only)."""

    def __init__(self, path):
        self.path = path
        self.counts = {}

    def add(self, step, status, seconds=0.0, **more):
        self.counts[status] = self.counts.get(status, 0) + 1
        row = {"step": step, "status": status, "seconds": round(seconds, 3), **more}
        print(f"{status:<10} {seconds:8.2f} s  {step}  {brief(row)}".rstrip(), flush=True)
        self.write(row)
        return row

    def write(self, row):
        if self.path is not None:
            with open(self.path, "a") as file:
                file.write(json.dumps(row) + "\n")
                file.flush()
                os.fsync(file.fileno())


def brief(row):
    """What of a row is worth a place on the terminal."""
    if row["status"] in ("passed", "told") and "note" not in row:
        return ""
    lines = str(row.get("note") or row.get("output") or "").strip().splitlines()
    return lines[-1][:160] if lines else ""


def run(arguments, limit, environment=None, folder=None):
    """(status, seconds, output, exit code). status: passed, failed, timed out, no device, missing. After the limit the
    program and all it started are killed; what it had printed is kept."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                       env=environment, cwd=folder, start_new_session=True)
        except OSError as error:
            return "missing", 0.0, str(error), None
        code = None
        try:
            code = process.wait(timeout=max(0.1, limit))
        except subprocess.TimeoutExpired:
            try:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=10)  # a program inside the driver may not die: it is left behind
            except (OSError, subprocess.TimeoutExpired):
                pass
        output.seek(0)
        text = output.read().decode(errors="replace")
    seconds = time.monotonic() - start
    if code is None:
        status = "timed out"
    else:
        status = {0: "passed", NO_DEVICE: "no device"}.get(code, "failed")
    return status, seconds, text, code


class Budget:
    """Seconds for all steps together. A step gets its own limit or what is left, whichever is less."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def limit(self, wanted, reserve=0.0):
        return min(wanted, self.end - reserve - time.monotonic())


def step(record, budget, name, arguments, wanted, environment=None, reserve=0.0, parse=False):
    """Runs one program as a step and records it; `parse`: its output's JSON lines go into the row as `measured`."""
    limit = budget.limit(wanted, reserve)
    if limit < 1:
        record.add(name, "no time", note="the time for all steps is spent")
        return "no time", ""
    status, seconds, output, code = run(arguments, limit, environment)
    more = {"exit": code, "output": output[-1500:]}
    if status == "timed out":
        more["note"] = f"killed after its {limit:.0f} s"
    if parse:
        lines = output.splitlines()
        more["measured"] = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    record.add(name, status, seconds, **more)
    return status, output


def finish(record):
    """Records and prints the end; answers the exit code: 0 all passed, 69 no device, 1 anything else."""
    counts = {status: count for status, count in record.counts.items() if status != "told"}
    print(", ".join(f"{count} {status}" for status, count in counts.items()))
    record.write({"step": "end", "counts": counts})
    if set(counts) <= {"passed"}:
        return 0
    return NO_DEVICE if set(counts) <= {"passed", "no device"} else 1


def fail(words):
    print(words, file=sys.stderr)
    sys.exit(64)
