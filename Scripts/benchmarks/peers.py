"""Installs the peers: FFLAS-FFPACK and FLINT from Debian, NumPy and PyTorch for the CPU into .venv-bench."""
import os
import re
import shutil
import subprocess
import sys

from programs import ROOT, VENV_PYTHON, loudly, packages, say

DEBIAN = ("fflas-ffpack", "libflint-dev", "pkg-config")
PIP = ("-m", "pip", "--disable-pip-version-check")


def install():
    install_debian()
    install_python()


def install_debian():
    installed = packages(*DEBIAN)
    # Newer Debian calls it pkgconf.
    missing = [name for name in DEBIAN if name not in installed and not (name == "pkg-config" and shutil.which(name))]
    if not missing:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not as_root or shutil.which("sudo")):
        say(f"Installing {' '.join(missing)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
            if subprocess.run([*as_root, "apt-get", *words], env=environment, stdout=subprocess.DEVNULL).returncode:
                break
        else:
            return
    loudly(f"could not install {' '.join(missing)}: what needs it is left out")


def pip(*words, timeout):
    try:
        done = subprocess.run([VENV_PYTHON, *PIP, *words], text=True, timeout=timeout, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return False, f"no end after {timeout} s"
    return done.returncode == 0, done.stdout


def has(module):
    return subprocess.run([VENV_PYTHON, "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0


def install_python():
    if not os.path.exists(VENV_PYTHON):
        say("Making .venv-bench")
        subprocess.run([sys.executable, "-m", "venv", os.path.join(ROOT, ".venv-bench")], check=True)
    if not has("numpy"):
        say("Installing numpy")
        done, words = pip("install", "-q", "numpy", timeout=300)
        if not done:
            loudly("could not install NumPy: what needs it is left out\n" + words)
            return
    if has("torch"):
        return
    wish = torch_for_cpu()
    if wish is None:
        loudly("pip finds PyTorch only with gigabytes of CUDA: NumPy's float32 stands in for it. To have the real one, "
               "point PIP_EXTRA_INDEX_URL at PyTorch's index of CPU builds, or install torch into .venv-bench by hand")
        return
    say(f"Installing {wish}")
    done, words = pip("install", "-q", wish, timeout=600)
    if not done:
        loudly("could not install PyTorch: NumPy's float32 stands in for it\n" + words)


def torch_for_cpu():
    """The requirement that brings PyTorch without CUDA: a version marked +cpu where pip finds one; the ordinary one
    where that has no CUDA anyway (not on Linux); else None."""
    done, words = pip("index", "versions", "torch", timeout=120)
    marked = re.findall(r"\b(\d[\w.]*\+cpu)\b", words) if done else []
    if marked:
        return f"torch=={marked[0]}"
    return None if sys.platform == "linux" else "torch"


def missing():
    """What is not there, a line each."""
    lines = []
    for module in ("numpy", "torch"):
        if not (os.path.exists(VENV_PYTHON) and has(module)):
            lines.append({"numpy": "NumPy is missing: published and numeric are left out",
                          "torch": "PyTorch is missing: NumPy's float32 procedure stands in for the authors', marked so"}[module])
    found = packages(*DEBIAN)
    if not shutil.which("dpkg-query"):
        return lines
    for name in ("fflas-ffpack", "libflint-dev"):
        if name not in found:
            lines.append(f"{name} is missing: its column is left out")
    return lines
