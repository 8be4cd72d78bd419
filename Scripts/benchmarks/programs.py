"""What is measured and where: builds the programs, names the machine, runs commands with their time and memory."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build-bench")
FULLRANK = os.path.join(ROOT, ".build", "release", "fullrank")
PEERS = os.path.join(BUILD, "profile_peers")
CPU_LIBRARY = os.path.join(BUILD, "libfullrank_cpu_backend.so")
MEASURE = os.path.join(BUILD, "measure_command")
INSTRUCTIONS = os.path.join(BUILD, "profile_instructions")
VENV_PYTHON = os.path.join(ROOT, ".venv-bench", "bin", "python")


class Failure(Exception):
    """Something a person must mend; the text says what."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def loudly(text):
    bar = "!" * 12
    say(f"{bar} {text} {bar}")


def output(*command, **options):
    return subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def quietly(*command):
    """Runs a build step; its words appear only where it fails."""
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        say(done.stdout)
        raise Failure(f"{' '.join(command)}: failed")


def build_kernels(*targets):
    """Everything that is measured, or some of it."""
    # Swift's own clang, as in `swift build`: what is timed is what ships.
    compiler = ["-DCMAKE_C_COMPILER=clang", "-DCMAKE_CXX_COMPILER=c++"] if shutil.which("clang") else []
    ninja = ["-G", "Ninja"] if shutil.which("ninja") else []
    quietly("cmake", "-S", ".", "-B", "build-bench", *ninja, "-DCMAKE_BUILD_TYPE=Release", "-DFULLRANK_CUDA=OFF",
            "-DBUILD_TESTING=OFF", *compiler)
    quietly("cmake", "--build", "build-bench", *(["--target", *targets] if targets else []))


def build_command():
    quietly("swift", "build", "-c", "release", "--product", "fullrank")


def digest(*paths):
    hash = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            hash.update(file.read())
    return hash.hexdigest()[:16]


def cpus():
    return len(os.sched_getaffinity(0))


def machine():
    """What times depend on. Nothing that names the machine itself."""
    facts = {}
    with open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    flags = facts.get("flags", "").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "no AVX2")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    system = "Linux"
    if os.path.exists("/etc/os-release"):
        with open("/etc/os-release") as file:
            system = dict(line.rstrip().split("=", 1) for line in file if "=" in line)["PRETTY_NAME"].strip('"')
    return {"cpu": facts.get("model name", os.uname().machine), "cpus": cpus(), "vectors": vectors,
            "memory_GiB": round(memory / 2**30), "system": system}


def packages(*names):
    """Versions of those of these Debian packages that are installed."""
    if not shutil.which("dpkg-query"):
        return {}
    found = {}
    for name in names:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Status}|${Version}", name], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        status, _, version = done.stdout.partition("|")
        if "ok installed" in status:
            found[name] = version
    return found


def versions():
    libraries = packages("libopenblas0-pthread", "libopenblas0", "fflas-ffpack", "libflint-dev")
    if os.path.exists(VENV_PYTHON):
        code = "import importlib.metadata as m\nfor n in ('numpy', 'torch'):\n try: print(n, m.version(n))\n except m.PackageNotFoundError: pass"
        libraries.update(line.split() for line in output(VENV_PYTHON, "-c", code).splitlines())
    libraries["swift"] = next(iter(output("swift", "--version", stderr=subprocess.DEVNULL).splitlines()), "unknown")
    libraries["fullrank"] = output(FULLRANK, "--version").strip()
    return libraries


def timed(*command):
    """Runs a command; wall and processor seconds, peak memory in bytes."""
    with tempfile.NamedTemporaryFile("r", prefix="fullrank-bench-") as file:
        done = subprocess.run([MEASURE, file.name, *command], cwd=ROOT, text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        if done.returncode:
            raise Failure(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}")
        wall, user, system, peak, _ = file.read().split()
    return {"wall": float(wall), "user": float(user), "system": float(system), "peak": int(peak) * 1024}
