"""Running the program `fullrank` from Python."""
from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._errors import BackendUnavailable, ProgramError

if TYPE_CHECKING:
    from ._folders import Run

VARIABLE = "FULLRANK_PROGRAM"
# Commands that write plan.json into --output.
_WITH_FOLDER = {"sweep", "threshold", "minima", "train", "merge", "reproduce", "network"}


def program() -> str | None:
    """The program: what FULLRANK_PROGRAM names; of the path; built in the checkout that this package lies in."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    found = shutil.which("fullrank")
    if found:
        return found
    built = Path(__file__).resolve().parents[3] / ".build" / "release" / "fullrank"
    return str(built) if os.access(built, os.X_OK) else None


def _scalar(value: Any) -> Any:
    """NumPy's numbers and arrays without dimensions as Python's numbers."""
    return value.item() if getattr(value, "shape", None) == () and hasattr(value, "item") else value


def _value(value: Any, name: str) -> str:
    """As the command takes it: lists with commas, ranges as A..B:C.

    Raises
    ------
    TypeError
        A truth value, or another thing that is no number, text, path or list of these.
    ValueError
        An empty list.
    """
    value = _scalar(value)
    if isinstance(value, range) and len(value) > 1 and value.step > 0:
        return f"{value[0]}..{value[-1]}:{value.step}"
    if isinstance(value, (str, bytes, os.PathLike)):
        return os.fsdecode(value)
    if hasattr(value, "__iter__") and not isinstance(value, dict):
        values = [_value(one, name) for one in value]
        if not values:
            raise ValueError(f"{name} is empty; at least one value is needed")
        return ",".join(values)
    if hasattr(value, "__index__") and not isinstance(value, bool):
        return str(value.__index__())
    if hasattr(value, "__float__") and not isinstance(value, bool):
        return repr(float(value))
    raise TypeError(f"{name} is {value!r}; a number, a text, a path or a list of these is needed")


def arguments(command: str, operands: tuple[Any, ...], options: dict[str, Any]) -> list[str]:
    """The command line: `half_width=0.01` is `--half-width 0.01`, True a flag, False and None nothing."""
    line = [command, *[_value(operand, "an operand") for operand in operands]]
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        value = _scalar(value)
        if value is True:
            line.append(flag)
        elif value is not None and value is not False:
            line += [flag, _value(value, name)]
    return line


class _Progress:
    """tqdm's bar where it is installed, else one line that is written over; from what `fullrank status` says."""

    def __init__(self, path: str, folder: str) -> None:
        self.asked = [path, "status", folder, "--json"]
        self.bar: Any = None
        self.width = 0
        self.tqdm: Any = None
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        self.tqdm = tqdm

    def show(self) -> None:
        try:
            answer = subprocess.run(self.asked, capture_output=True, timeout=10, check=False)
            state = json.loads(answer.stdout)[0]
            done, total, unit = int(state["trials"]), int(state["total"]), state.get("unit", "trials")
        except (ValueError, LookupError, TypeError, OSError, subprocess.SubprocessError):
            return  # the folder is not there yet
        if self.tqdm is not None:
            if self.bar is None:
                self.bar = self.tqdm(total=total, unit=unit.rstrip("s"))
            self.bar.total = total
            self.bar.update(done - self.bar.n)
            return
        text = f"{done} of {total} {unit}"
        self.width = max(self.width, len(text))
        print("\r" + text.ljust(self.width), end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
        elif self.width:
            print(file=sys.stderr)


def _ended(process: subprocess.Popen[bytes], progress: _Progress | None) -> int:
    """Waits; Ctrl-C goes on to the program, which keeps what is finished."""
    try:
        while True:
            try:
                return process.wait(1.0 if progress else None)
            except subprocess.TimeoutExpired:
                if progress:
                    progress.show()
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    finally:
        if progress:
            if process.returncode == 0:
                progress.show()
            progress.close()


def run(command: str, *operands: Any, output: str | os.PathLike[str] | None = None, progress: bool = True,
        **options: Any) -> Run | Any:
    """Starts the program and returns what it wrote.

    The program is the one that the environment variable FULLRANK_PROGRAM names, else ``fullrank`` on the path, else the
    one built in the checkout that this package lies in.

    Parameters
    ----------
    command : str
        Such as "sweep", "threshold", "minima", "train"; any other command, too.
    *operands
        Such as the file of ``rank``.
    output : path, optional
        The folder; a new temporary one by default.
    progress : bool
        Shows how far it is, by tqdm where it is installed.
    **options
        Of the command, with underscores: ``d0=2``, ``n=range(10, 60, 10)``, ``half_width=0.01``, ``no_bias=True``.

    Returns
    -------
    Run
        Of a command that writes a folder: `read` of it. With ``json=True``: the parsed answer. Else what was printed.

    Raises
    ------
    BackendUnavailable
        There is no program.
    ProgramError
        It ended with another exit code than 0; its words.
    TypeError, ValueError
        An option that is no number, text, path, truth value or list of these, or an empty list.
    KeyboardInterrupt
        After Ctrl-C, when the program has kept what was finished: the same call goes on there.

    Examples
    --------
    >>> import fullrank
    >>> run = fullrank.run("sweep", d0=2, n=range(4, 9, 4), d1=[1, 2, 4], trials=5, progress=False)
    >>> [int(count) for count in run.cells["full_rank"]]
    [0, 1, 5, 0, 0, 4]
    """
    if not isinstance(_scalar(progress), bool):
        raise TypeError(f"progress is {progress!r}; True or False is needed")
    path = program()
    if path is None:
        raise BackendUnavailable(f"there is no program fullrank: put it on the path, or name it by {VARIABLE}")
    folder = None
    if output is not None or command in _WITH_FOLDER and not options.get("dry_run"):
        folder = os.fspath(output) if output is not None else os.path.join(tempfile.mkdtemp(prefix="fullrank-"), command)
    line = [path, *arguments(command, operands, options)]
    if folder is not None:
        line += ["--output", folder]
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as told:
        try:
            process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=printed, stderr=told,
                                       start_new_session=True)
        except OSError as error:
            raise BackendUnavailable(f"{path}: {error.strerror}") from None
        code = _ended(process, _Progress(path, folder) if progress and folder is not None else None)
        printed.seek(0)
        told.seek(0)
        text, messages = printed.read().decode(errors="replace"), told.read().decode(errors="replace").strip()
    if code == 130:
        raise KeyboardInterrupt
    if code:
        raise ProgramError(messages or f"{path} ended with {code}", code)
    if options.get("json"):
        return json.loads(text)
    if folder is None:
        return text
    from ._folders import read

    try:
        answer = read(folder)
    except FileNotFoundError:
        return text
    answer.messages = messages
    return answer
