"""What macOS tells of its memory: written from its manual page of vm_stat; nobody has run it on a Mac yet."""
from __future__ import annotations

import re
import subprocess
from typing import Optional


def free_memory(report: Optional[str] = None) -> Optional[int]:
    """Bytes of pages that are unused or that nobody touched for a while, as the kernels count them; None if unknown.

    Swap is not counted: macOS makes it as it goes, up to what the disk holds.

    Parameters
    ----------
    report
        What ``vm_stat`` prints; the program is asked if it is not given.
    """
    if report is None:
        try:
            report = subprocess.run(
                ["/usr/bin/vm_stat"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=5,
                check=True).stdout.decode("ascii", "replace")
        except (OSError, subprocess.SubprocessError):
            return None
    size = re.search(r"page size of ([0-9]+) bytes", report)
    pages = {name: int(count) for name, count in re.findall(r'^"?Pages ([a-z ]+)"?: +([0-9]+)\.', report, re.M)}
    if size is None or "free" not in pages:
        return None
    # "Pages free" leaves out those that were read ahead, which are free too.
    return int(size[1]) * sum(pages.get(name, 0) for name in ("free", "speculative", "inactive"))
