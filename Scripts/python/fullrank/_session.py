"""Calls into a library: sessions that are kept, Ctrl-C, progress, and the library's words as exceptions."""
from __future__ import annotations

import ctypes as c
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from . import _macos
from . import _table as t
from ._errors import BackendUnavailable, DataError, InternalError
from ._library import Library, library

Progress = Callable[[float], object]
# Multiply-adds below which a call is not worth a thread of its own: about a millisecond.
QUICK_WORK = 1e6
POLL_SECONDS = 0.05


def fail(status: int, words: str) -> None:
    """Raises what stands for a status of the library."""
    kinds: dict[int, type[Exception]] = {
        t.INVALID_ARGUMENT: ValueError, t.OUT_OF_MEMORY: MemoryError, t.UNAVAILABLE: BackendUnavailable,
        t.DEVICE_LOST: BackendUnavailable, t.UNSUPPORTED: BackendUnavailable}
    if status == t.CANCELLED:
        raise KeyboardInterrupt
    raise kinds.get(status, InternalError)(words or t.STATUS[status])


def _address(argument: Any) -> Any:
    """Of an array or a structure its address, for as long as the caller keeps it; else the argument."""
    if isinstance(argument, (c.Structure, c._SimpleCData)):
        return c.addressof(argument)
    return argument.ctypes.data if hasattr(argument, "ctypes") else argument


class Session:
    """One session of a library; one call at a time."""

    def __init__(self, library: Library, device: int = 0, threads: int = 0, memory_limit_bytes: int = 0) -> None:
        self.library = library
        options = t.SessionOptions(c.sizeof(t.SessionOptions), device, threads, 0, memory_limit_bytes)
        handle, reason = c.c_void_p(), c.create_string_buffer(512)
        status = library.table.open(c.addressof(options), c.addressof(handle), c.addressof(reason), 512)
        if status:
            fail(status, reason.value.decode(errors="replace"))
        self.handle = handle
        # Whether a thread of its own may still be in a call: see `_watched`.
        self.busy = False

    def close(self) -> None:
        """Ends the session and its threads."""
        self.library.table.close(self.handle)

    def has(self, name: str) -> bool:
        """Whether the library has this function of the table."""
        return self.library.function(name) is not None

    def call(self, name: str, *arguments: Any, work: float = 0, progress: Progress | None = None) -> None:
        """Calls a function of the table, the interpreter's lock released.

        A call of more than `QUICK_WORK` multiply-adds (`work`) from the main thread can be interrupted by Ctrl-C: it
        runs in a thread while this one waits. `progress` is called with the share that is done, from 0 to 1; what it
        raises cancels the call. Arrays and structures among the arguments are handed on as addresses, and live as long
        as the call.
        """
        if progress is not None and not callable(progress):
            raise TypeError(f"progress is {progress!r}; a function of the share that is done is needed")
        function = self.library.function(name)
        if function is None:
            raise BackendUnavailable(f"the {self.library.name} backend has no {name}")
        main = threading.current_thread() is threading.main_thread()
        if work <= QUICK_WORK or not (main or progress):
            status = function(self.handle, *map(_address, arguments))
        else:
            status = self._watched(function, arguments, progress)
        if status:
            fail(status, bytes(self.library.table.last_error(self.handle) or b"").decode(errors="replace"))

    def _watched(self, function: Any, arguments: tuple[Any, ...], progress: Progress | None) -> int:
        answer: list[int] = []
        done = threading.Event()

        def body() -> None:
            try:
                answer.append(function(self.handle, *map(_address, arguments)))
            finally:
                self.busy = False
                done.set()

        # Ctrl-C may come at any line, in `start` and while a first one is dealt with, too: then this call is left while
        # the library works. So `body` keeps the arguments alive, and a busy session is not used again.
        thread = threading.Thread(target=body, name="fullrank", daemon=True)
        self.busy = True
        thread.start()
        try:
            while not done.wait(POLL_SECONDS):
                if progress is not None:
                    progress(self.library.table.progress(self.handle))
        except BaseException:
            # The call may not have begun: one cancel could be lost.
            while not done.is_set():
                try:
                    self.library.table.cancel(self.handle)
                    done.wait(0.01)
                except KeyboardInterrupt:
                    continue
            raise
        if progress is not None:
            progress(1.0)
        return answer[0] if answer else t.INTERNAL


# Sessions not in use, by backend and threads. A child of fork has none of their threads.
_idle: dict[tuple[str, int], list[Session]] = {}
_lock = threading.Lock()


def _forget() -> None:
    global _lock
    _lock = threading.Lock()
    _idle.clear()


os.register_at_fork(after_in_child=_forget)


class borrowed:
    """`with borrowed(backend, threads) as session`: a session that no other thread uses meanwhile."""

    def __init__(self, backend: str = "cpu", threads: int | None = None) -> None:
        count = 0 if threads is None else integer(threads, "threads", 1, 4096)
        if not isinstance(backend, str):
            raise TypeError(f"backend is {backend!r}; 'cpu' or 'cuda'")
        self.key = (backend, count)

    def __enter__(self) -> Session:
        with _lock:
            kept = _idle.get(self.key)
            self.session = kept.pop() if kept else None
        if self.session is None:
            self.session = Session(library(self.key[0]), threads=self.key[1])
        return self.session

    def __exit__(self, *_: object) -> None:
        if self.session is not None:
            with _lock:
                if not self.session.busy:
                    _idle.setdefault(self.key, []).append(self.session)


def integer(value: Any, name: str, least: int, most: int) -> int:
    """An argument as an int from `least` to `most`."""
    try:
        number = value.__index__()
    except AttributeError:
        raise TypeError(f"{name} is {value!r}; an integer is needed") from None
    if not least <= number <= most:
        raise ValueError(f"{name} is {number}; {least} to {most}")
    return int(number)


def available_memory() -> int:
    """Bytes that this process may still have, as far as the system tells: on Linux of the machine and its control
    group, on macOS of the machine."""
    left = 1 << 62
    if sys.platform == "darwin":
        free = _macos.free_memory()
        return left if free is None else free
    try:
        with open("/proc/meminfo") as file:
            fields = dict(line.split(":", 1) for line in file)
        left = sum(int(fields.get(name, "0").split()[0]) for name in ("MemAvailable", "SwapFree")) * 1024
    except (OSError, ValueError):
        pass
    for most, used in (("memory.max", "memory.current"),
                       ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")):
        try:
            with open(f"/sys/fs/cgroup/{most}") as limit, open(f"/sys/fs/cgroup/{used}") as usage:
                left = min(left, max(0, int(limit.read()) - int(usage.read())))
        except (OSError, ValueError):
            pass
    return left


def require_memory(size: float, what: str) -> None:
    """
    Raises
    ------
    MemoryError
        So many bytes are more than are left.
    """
    if size > (1 << 20) and size > available_memory():
        raise MemoryError(f"{what} take {size / 1e9:.1f} GB, and {available_memory() / 1e9:.1f} GB are left")


def check_outcome(outcome: int, which: str) -> None:
    """Raises unless an item of a batch was computed."""
    if outcome == t.NOT_FINITE:
        raise DataError(f"{which}a number is not finite")
    if outcome == t.NOT_CONVERGED:
        raise DataError(f"{which}the singular values did not converge")
    if outcome != t.COMPUTED:
        raise InternalError(f"{which}was not reached")
