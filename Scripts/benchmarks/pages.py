"""Tables in the terminal and, between the marks of docs/performance.md, in Markdown."""
import os
import re
import sys
import textwrap

from programs import ROOT, Failure

PAGE = os.path.join(ROOT, "docs", "performance.md")


def terminal(table):
    rows = [table["columns"], *[[str(cell) for cell in row] for row in table["rows"]]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print(f"\n{table['title']}")
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))))
    for note in table["notes"]:
        print(textwrap.fill(note, 118, initial_indent="  ", subsequent_indent="  "))
    sys.stdout.flush()


def markdown(table, titled):
    lines = [f"**{table['title']}**", ""] if titled else []
    lines += ["| " + " | ".join(table["columns"]) + " |",
              "|" + "|".join(["---"] + ["---:"] * (len(table["columns"]) - 1)) + "|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table["rows"]]
    return "\n".join(lines + ["", *table["notes"]]).rstrip()


def rewrite(blocks):
    """Replaces the text between <!-- bench:NAME --> and <!-- bench:end --> for each name and keeps the rest."""
    with open(PAGE) as file:
        page = file.read()
    for name, text in blocks.items():
        pattern = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- bench:end -->)", re.S)
        page, found = pattern.subn(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", page)
        if found != 1:
            raise Failure(f"docs/performance.md has {found} blocks <!-- bench:{name} -->; one is needed")
    with open(PAGE, "w") as file:
        file.write(page)


def about(record):
    machine, versions = record["machine"], record["versions"]
    names = {"libopenblas0-pthread": "OpenBLAS", "fflas-ffpack": "FFLAS-FFPACK", "libflint-dev": "FLINT",
             "numpy": "NumPy", "torch": "PyTorch"}
    swift = re.search(r"Swift version \S+", versions.get("swift", ""))
    libraries = [f"{name} {versions[key]}" for key, name in names.items() if key in versions]
    return (f"{machine['cpus']} processors of {machine['cpu']} ({machine['vectors']}), {machine['memory_GiB']} GiB, "
            f"{machine['system']}; {', '.join(libraries)}; {swift[0] if swift else 'Swift'}; {versions['fullrank']}, "
            f"{record['date']}" + (f", commit {record['commit']}" if record.get("commit") else "") + ".")
