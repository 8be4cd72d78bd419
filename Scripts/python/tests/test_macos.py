"""Memory on macOS, by what its vm_stat would print."""
import subprocess
import sys

import pytest

from fullrank import _macos, _session

REPORT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                3101.
Pages active:                            250412.
Pages inactive:                          248911.
Pages speculative:                          877.
Pages throttled:                              0.
Pages wired down:                        112233.
Pages purgeable:                           4421.
"Translation faults":                 123456789.
Pages copy-on-write:                    9876543.
File-backed pages:                       123123.
"""


def test_free_pages_are_bytes():
    assert _macos.free_memory(REPORT) == 16384 * (3101 + 248911 + 877)
    assert _macos.free_memory(REPORT.replace("16384", "4096")) == 4096 * (3101 + 248911 + 877)


@pytest.mark.parametrize("report", ["", "Pages free: 5.\n", REPORT.replace("Pages free", "Pages few"), "\ufffd" * 99])
def test_other_reports_tell_nothing(report):
    assert _macos.free_memory(report) is None


def answer(monkeypatch, text):
    """Makes this machine a Mac whose vm_stat prints this; None: it has no vm_stat."""
    def run(words, **_):
        assert words == ["/usr/bin/vm_stat"]
        if text is None:
            raise FileNotFoundError(words[0])
        return subprocess.CompletedProcess(words, 0, stdout=text.encode())
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(_macos.subprocess, "run", run)


def test_what_is_left_is_what_the_system_says(monkeypatch):
    answer(monkeypatch, REPORT)
    assert _session.available_memory() == 16384 * (3101 + 248911 + 877)
    _session.require_memory(1e9, "one")
    with pytest.raises(MemoryError, match=r"ten take 10.0 GB, and 4.1 GB are left"):
        _session.require_memory(1e10, "ten")


def test_a_silent_system_forbids_nothing(monkeypatch):
    answer(monkeypatch, None)
    assert _session.available_memory() == 1 << 62
    _session.require_memory(1e15, "a million gigabytes")
