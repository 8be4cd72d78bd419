#!/usr/bin/env python3
"""Finds the CUDA libraries that a packed backend needs and puts links to them beside it.

    gpu_libraries.py [PACK]       the folder that Scripts/gpu/pack made; default: where this file lies

The libraries (libcublas.so.13, say; pack.json names them) are looked for where the loader looks, in CUDA toolkits, and
in the folders `nvidia/*/lib` of Python environments, where PyTorch and CuPy bring them. Afterwards `lib/` of the pack
holds links, so that everything in the pack finds them, whatever the environment. Plain Python 3.
"""
import glob
import json
import os
import shutil
import subprocess
import sys

# The package `fullrank`: in a pack beside this file, in a checkout in Scripts/python.
_here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, _here if os.path.isdir(os.path.join(_here, "fullrank")) else
                os.path.join(os.path.dirname(_here), "python"))

# Beside what is named in pack.json: what those libraries load themselves.
COMPANIONS = ("libcublasLt.so", "libnvJitLink.so", "libcusparse.so", "libcudart.so")


def site_packages():
    """Folders of Python packages: this interpreter's, the active environment's, and those of the pythons in PATH."""
    folders = [path for path in sys.path if path.endswith("-packages")]
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if variable in os.environ:
            folders += glob.glob(os.path.join(os.environ[variable], "lib", "python3*", "site-packages"))
    for name in ("python3", "python"):
        program = shutil.which(name)
        if program and os.path.realpath(program) != os.path.realpath(sys.executable):
            words = "import sys; print('\\n'.join(p for p in sys.path if p.endswith('-packages')))"
            try:
                folders += subprocess.run([program, "-c", words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                          text=True, timeout=10).stdout.split("\n")
            except (OSError, subprocess.SubprocessError):
                pass
    return [folder for folder in folders if folder]


def candidates():
    """Folders in the order in which they are looked through."""
    folders = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    nvcc = shutil.which("nvcc")
    toolkits = [os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"),
                os.path.dirname(os.path.dirname(os.path.realpath(nvcc))) if nvcc else None,
                "/usr/local/cuda", *sorted(glob.glob("/usr/local/cuda-*"), reverse=True), "/opt/cuda"]
    for toolkit in filter(None, toolkits):
        folders += [os.path.join(toolkit, "lib64"), os.path.join(toolkit, "lib"),
                    *glob.glob(os.path.join(toolkit, "targets", "*", "lib"))]
    for packages in site_packages():
        folders += sorted(glob.glob(os.path.join(packages, "nvidia", "*", "lib")))
        folders.append(os.path.join(packages, "torch", "lib"))
    folders += [os.path.join(os.environ["CONDA_PREFIX"], "lib")] if "CONDA_PREFIX" in os.environ else []
    folders += glob.glob("/usr/lib/*-linux-gnu") + ["/usr/lib64"]
    return list(dict.fromkeys(os.path.abspath(folder) for folder in folders if folder))


def loads(path):
    """None if the library loads in a process of its own, else the loader's words."""
    words = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", words, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    return None if done.returncode == 0 else (done.stdout.strip().splitlines() or ["it does not load"])[-1]


def link(pack, names):
    """Links `names` and what they load into lib/. {name: where it was found}, of those that were found."""
    found = {}
    folders = candidates()
    for name in names:
        folder = next((folder for folder in folders if os.path.exists(os.path.join(folder, name))), None)
        if folder is None:
            continue
        found[name] = os.path.join(folder, name)
        # Their own folder, and the neighbours of packages that hold one library each (nvidia/cublas/lib).
        for near in [folder, *sorted(glob.glob(os.path.join(os.path.dirname(os.path.dirname(folder)), "*", "lib")))]:
            for companion in COMPANIONS:
                for path in sorted(glob.glob(os.path.join(near, companion + ".*"))):
                    if os.path.basename(path).count(".") == 2:
                        found.setdefault(os.path.basename(path), path)
    for name, path in found.items():
        at = os.path.join(pack, "lib", name)
        if os.path.islink(at):
            os.remove(at)
        if not os.path.exists(at):
            os.symlink(path, at)
    return found


def library_of(pack):
    """The backend in a pack: built by nvcc, or the emulation."""
    for name in ("libfullrank_cuda.so", "libfullrank_cuda_host.so"):
        path = os.path.join(pack, "lib", name)
        if os.path.exists(path):
            return path
    return None


def read_manifest(pack):
    """pack.json, or {} where there is none."""
    try:
        with open(os.path.join(pack, "pack.json")) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def prepare(pack):
    """(library, {what was linked}, None or why it does not load). Nothing is linked where it loads as it is."""
    library = library_of(pack)
    if library is None:
        return None, {}, f"{pack}/lib holds no CUDA backend: is this a folder that Scripts/gpu/pack made?"
    problem = loads(library)
    found = {}
    if problem is not None:
        needs = read_manifest(pack).get("needs", [])
        try:
            found = link(pack, [name for name in needs if name.startswith("libcu")])
            problem = loads(library)
        except OSError as error:
            folders = ":".join(sorted({os.path.dirname(path) for path in found.values()}))
            problem = f"{error}; make the folder writable, or set LD_LIBRARY_PATH={folders or 'to that of libcublas'}"
    return library, found, problem


def main():
    pack = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
    library, found, problem = prepare(pack)
    for name, path in found.items():
        print(f"{name} -> {path}")
    print(f"{library} {'loads' if problem is None else 'does not load: ' + problem}")
    return 69 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
