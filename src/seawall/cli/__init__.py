"""The same acts from a terminal. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import sys

from seawall.cli.app import run


def main() -> None:
    """Entry point of the `seawall` command."""
    sys.exit(run(sys.argv[1:]))


__all__ = ["main"]
