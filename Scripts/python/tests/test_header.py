"""_table.py is the header's: every structure by the C compiler, every function by its declaration."""
from __future__ import annotations

import ctypes as c
import re
import shutil
import subprocess

import pytest
from conftest import ROOT

from fullrank import _table as t

INCLUDE = ROOT / "Kernels" / "include"
compiler = shutil.which("cc") or shutil.which("gcc")
HAS_NETWORKS = (INCLUDE / "fullrank_network.h").exists()


def answers(tmp_path, expressions: dict[str, str]) -> dict[str, int]:
    """Values of C expressions, by the compiler."""
    lines = "".join(f'  printf("{name} %lld\\n", (long long)({text}));\n' for name, text in expressions.items())
    source = tmp_path / "ask.c"
    source.write_text(f'#include <stdio.h>\n#include "fullrank_kernels.h"\nint main(void) {{\n{lines}}}\n')
    subprocess.run([compiler, "-I", str(INCLUDE), str(source), "-o", str(tmp_path / "ask")], check=True)
    text = subprocess.run([str(tmp_path / "ask")], check=True, capture_output=True, text=True).stdout
    return {name: int(value) for name, value in map(str.split, text.splitlines())}


def members(structure: str) -> list[str]:
    """Field names in the header's order."""
    text = "".join(path.read_text() for path in sorted(INCLUDE.glob("*.h")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    body = re.search(r"typedef struct %s \{(.*?)\} %s;" % (structure, structure), text, re.S)[1]
    names = []
    for declaration in filter(str.strip, body.split(";")):
        function = re.search(r"\(\*(\w+)\)", declaration)
        names += [function[1]] if function else [re.sub(r"\[.*|[*\s]", "", part.split()[-1])
                                                 for part in declaration.split(",")]
    return names


@pytest.mark.skipif(compiler is None, reason="no C compiler")
def test_structures(tmp_path):
    known = {**t.STRUCTURES, **(t.NETWORK_STRUCTURES if HAS_NETWORKS else {})}
    expected, asked = {}, {}
    for name, structure in known.items():
        fields = [field for field, _ in structure._fields_]
        assert members(name) == fields, name
        asked[f"{name}"] = f"sizeof({name})"
        expected[f"{name}"] = c.sizeof(structure)
        for field in fields:
            asked[f"{name}.{field}"] = f"offsetof({name}, {field}) * 1000 + sizeof((({name} *)0)->{field})"
            descriptor = getattr(structure, field)
            expected[f"{name}.{field}"] = descriptor.offset * 1000 + descriptor.size
    assert answers(tmp_path, asked) == expected


@pytest.mark.skipif(compiler is None, reason="no C compiler")
def test_constants(tmp_path):
    expected = {
        "FR_ABI_VERSION": t.ABI_VERSION, "FR_PRIME_MAX": t.LARGEST_PRIME, "FR_PRIME_MIN": t.SMALLEST_PRIME,
        "FR_OK": t.OK, "FR_INVALID_ARGUMENT": t.INVALID_ARGUMENT, "FR_OUT_OF_MEMORY": t.OUT_OF_MEMORY,
        "FR_UNAVAILABLE": t.UNAVAILABLE, "FR_DEVICE_LOST": t.DEVICE_LOST, "FR_CANCELLED": t.CANCELLED,
        "FR_UNSUPPORTED": t.UNSUPPORTED, "FR_INTERNAL": t.INTERNAL, "FR_NOT_COMPUTED": t.NOT_COMPUTED,
        "FR_COMPUTED": t.COMPUTED, "FR_NOT_FINITE": t.NOT_FINITE, "FR_NOT_CONVERGED": t.NOT_CONVERGED,
        **{f"FR_INPUTS_{name.upper()}": value for name, value in t.INPUTS.items()},
        **{"FR_WEIGHTS_" + {"regions": "STEPS"}.get(name, name.upper().replace("-", "_")): value
           for name, value in t.WEIGHTS.items()}}
    if HAS_NETWORKS:
        expected |= {"FR_RELU": 0, "FR_LEAKY_RELU": 1, "FR_IDENTITY": 2, "FR_POWER": 3, "FR_NUMBERS_DOUBLE": 0,
                     "FR_MOST_EXPONENT": 1000}
    assert answers(tmp_path, {name: name for name in expected}) == expected


def declared() -> dict[str, tuple[str, str]]:
    """The functions of the header's table, as _table.py writes them."""
    text = re.sub(r"/\*.*?\*/", "", (INCLUDE / "fullrank_kernels.h").read_text(), flags=re.S)
    body = re.search(r"typedef struct fr_backend \{(.*?)\} fr_backend;", text, re.S)[1]

    def code(argument: str) -> str:
        argument = argument.replace("const ", "").strip()
        if "*" in argument:
            return "p"
        return {"uint64_t": "q", "int64_t": "l", "uint32_t": "u", "int32_t": "i", "size_t": "z",
                "fr_precision": "i"}[argument.split()[0]]

    functions = {}
    for result, name, arguments in re.findall(r"([\w ]+?\*?)\s*\(\*(\w+)\)\(([^)]*)\)", body):
        kind = {"fr_status": "i", "const char *": "s", "double": "d", "void": "v"}[result.strip()]
        functions[name] = kind, "" if arguments == "void" else "".join(map(code, arguments.split(",")))
    return functions


def test_functions():
    header = declared()
    known = {**t.FUNCTIONS, **t.NETWORK_FUNCTIONS, **t.BATCH_FUNCTIONS}
    assert list(header.items()) == list(known.items())[:len(header)]
    assert len(header) >= len(t.FUNCTIONS)
    assert members("fr_backend") == [name for name, _ in t.BatchTable._fields_][:len(header) + 3]
