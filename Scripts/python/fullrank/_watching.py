"""The caller's progress of many trials."""
from __future__ import annotations

from ._session import Progress


class _Bar:
    """tqdm's bar as a progress callback, where it is installed."""

    def __init__(self, trials: int) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            self.bar = None
            return
        self.bar = tqdm(total=trials, unit="trial")
        self.trials = trials

    def __call__(self, share: float) -> None:
        if self.bar is not None:
            self.bar.update(int(share * self.trials) - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


class Watched:
    """The caller's progress: a function, or True for tqdm's bar."""

    def __init__(self, progress: Progress | bool | None, trials: int) -> None:
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise TypeError(f"progress is {progress!r}; a function of the share that is done, or True, is needed")
        self.bar = _Bar(trials) if progress is True else None
        self.progress: Progress | None = self.bar or (None if isinstance(progress, bool) else progress)

    def __enter__(self) -> Progress | None:
        return self.progress

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
