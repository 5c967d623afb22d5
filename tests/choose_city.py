"""A small city, a few options and a goal, as words for `seawall choose`: what tests of choosing share."""

from __future__ import annotations

from pathlib import Path

from seawall.city.example import write_example

OPTIONS = """
[options]
name = "A few"
name_zh = "少量"

[[family]]
base = "test-trace-isolate"

[[family.lever]]
name = "tracing"
name_zh = "追踪"
measure = "trace_contacts"
field = "cases_a_day"
values = [20, 500]

[[family]]
base = "staged-lockdown"
"""

GOAL = """
[goal]
name = "Few infections"

[[require]]
event = "infections"
at_most = {limit}
probability = {probability}

[[then]]
event = "restricted_days"
within = 0.05
"""


def asked(folder: Path) -> list[str]:
    """Make the city in the folder, where it is not there; gives the command without where to write and to play."""
    if not (folder / "city").exists():
        write_example(folder / "city", residents=4000, seed=2)
        (folder / "options.toml").write_text(OPTIONS, encoding="utf-8")
        (folder / "goal.toml").write_text(GOAL.format(limit=2600, probability=0.6), encoding="utf-8")
    named = ["--strategies", str(folder / "options.toml"), "--goal", str(folder / "goal.toml")]
    effort = ["--days", "30", "--infected", "12", "--seed", "5", "--replicates", "8", "--first", "4"]
    return ["choose", str(folder / "city"), *named, *effort]
