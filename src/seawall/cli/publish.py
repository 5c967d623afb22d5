"""The page of the command line, written from the commands themselves."""

from __future__ import annotations

import sys
from pathlib import Path

from seawall.cli.app import build
from seawall.core.tables import written_beside


def reference() -> str:
    """The reference page in Markdown: every command, argument and default."""
    called, sys.argv = sys.argv, ["seawall"]  # a group's usage line is named after the program that runs
    try:
        page = str(build().generate_docs(output_format="markdown", recursive=True))
    finally:
        sys.argv = called
    commands = page.index("**Commands**")
    head = (
        "# The command line\n\n"
        "Every command is the thin face of one library function. `-` is standard input or output, `--json` speaks to "
        "machines. It ends with 0 when it went well, 1 when the input is at fault (every fault is named), 2 when it "
        "was not understood. Written from the commands by `seawall.cli.publish`.\n\n"
    )
    return head + page[commands:].rstrip() + "\n"


def write_reference(folder: Path) -> None:
    """Write `cli.md` into a folder."""
    with written_beside(folder / "cli.md") as beside:
        beside.write_text(reference(), encoding="utf-8")
