"""The command line: one lazy entry per command, one place where errors become advice."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError
from rich.console import Console

from seawall import __version__
from seawall.core import InvalidInput, SeawallError

COMMANDS = {
    "brief": ("seawall.cli.brief:brief", "The main job: the morning brief of a city."),
    "example": ("seawall.cli.example:example", "Write the synthetic example city."),
    "check": ("seawall.cli.folder:check", "Find everything wrong with a city folder at once."),
    "import": ("seawall.cli.folder:import_", "Bring foreign files into a city folder, with a receipt."),
    "simulate": ("seawall.cli.simulate:simulate", "Play the city forward, every resident, under measures."),
    "choose": ("seawall.cli.choose:choose", "Compare strategies: the least restriction that meets the goal."),
    "plan": ("seawall.cli.plan:plan", "What to open, place and stock, and why."),
    "review": ("seawall.cli.review:review", "What decisions expected against what came, and the next version."),
    "zones": ("seawall.cli.zones:zones", "Draw the risk zones, with reasons, ends and people restricted."),
    "r": ("seawall.cli.reproduction:reproduction", "Time-varying reproduction number."),
    "nowcast": ("seawall.cli.nowcast:nowcast", "Recent days completed for reporting delay."),
    "forecast": ("seawall.cli.forecast:forecast", "Quantile forecasts in hub format."),
    "score": ("seawall.cli.forecast:score", "Score forecasts: WIS, coverage, skill against a baseline."),
    "detect": ("seawall.cli.detect:detect", "Aberrations in series of counts."),
}
"""Command to the function that serves it, imported only when the command runs, and its line of help."""


def build() -> App:
    """The `seawall` application with all its commands."""
    app = App(
        name="seawall",
        version=__version__,
        help="From a city's daily reports to the least restriction that does the job.",
        help_format="plaintext",
        console=Console(),
        error_console=Console(stderr=True),
        result_action="return_value",
    )
    for name, (target, line) in COMMANDS.items():
        app.command(target, name=name, help=line)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line; 0 it went well, 1 the input is at fault, 2 it was not understood."""
    try:
        status = build()(list(arguments), exit_on_error=False, print_error=True)
    except CycloptsError:
        return 2
    except SeawallError as error:
        report(error, as_json="--json" in arguments)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:  # a file or folder that cannot be read or written; a full disk
        report(SeawallError(f"{error.filename or 'A file'}: {error.strerror or error}."), as_json="--json" in arguments)
        return 1
    return status if isinstance(status, int) else 0


def report(error: SeawallError, *, as_json: bool) -> None:
    """Say what is wrong on standard error, for a person or for a machine."""
    if not as_json:
        sys.stderr.write(f"{error}\n")
        return
    faults = error.faults if isinstance(error, InvalidInput) else ()
    message = error.message if isinstance(error, InvalidInput) else str(error)
    rows = [{"file": f.file, "row": f.row, "column": f.column, "problem": f.problem, "mend": f.mend} for f in faults]
    sys.stderr.write(json.dumps({"error": message, "faults": rows}, ensure_ascii=False) + "\n")
