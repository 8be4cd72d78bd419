"""The runner of docs/notebooks says when a page is wrong. (Scripts/python/test runs the pages themselves.)"""
from __future__ import annotations

import subprocess
import sys

from conftest import ROOT

RUNNER = ROOT / "Scripts" / "python" / "notebooks"


def ended(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(RUNNER), *map(str, arguments)], capture_output=True, text=True)


def test_right_and_wrong_pages(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```python\nx = 2\nprint(x + 1)\n```\n```text\n3\n```\n\n```python\ny = x\n```\nEnd\n")
    assert ended(page).returncode == 0
    right = page.read_text()
    page.write_text(right.replace("\n3\n", "\n4\n"))
    answer = ended(page)
    assert answer.returncode == 1 and "line 4" in answer.stderr
    assert ended("--write", page).returncode == 0 and page.read_text() == right
    page.write_text(right.replace("print(x + 1)", "print(x + z)"))
    assert "NameError" in ended(page).stderr
    page.write_text("```python\nimport no_such_module\n```\n")
    answer = ended(page)
    assert answer.returncode == 69 and "no_such_module" in answer.stderr


def test_pages_show_what_they_print():
    """Each page was run: every print has its output, every figure is there."""
    pages = sorted((ROOT / "docs" / "notebooks").glob("*.md"))
    assert len(pages) >= 3
    for page in pages:
        text = page.read_text()
        assert "```text\n```" not in text, page.name
        for picture in text.split("](")[1:]:
            target = picture.split(")")[0]
            assert target.startswith("http") or (page.parent / target).exists(), (page.name, target)
