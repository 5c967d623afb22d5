"""Pictures and tables of what `choices.py` found, for the case page.

    .venv/bin/python examples/shanghai-2022/frontiers.py FOLDER -o PICTURES

FOLDER is where `choices.py` wrote. Writes a picture of deaths against restriction on every evening, in English and in
Chinese, from the options that were played equally often, and prints the tables.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from choices import ADHERENCE, EVEN, EVENINGS, GOALS, PER_RESIDENT, spread
from scipy.stats import binomtest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GOAL = "likelier-than-not"
"""Whose choice is marked in the picture; the marks themselves are the same for every goal."""

REFERENCE = "lockdown+days=60"
"""Option that the others are held against, run by run."""

LIMITS = (1, 2, 5, 10)
"""Deaths per 100,000 residents; the shipped goals ask for 2."""

NAMED = {
    "do-nothing": ("nothing", "不采取措施"),
    "targeted": ("targeted", "精准防控"),
    "limits": ("fewer contacts", "减少接触"),
    "ours": ("Seawall's own", "本系统方案"),
    "halves-4": ("east, then west, 4 days", "浦东、浦西先后4天"),
    "lockdown": ("all at home, 20 days", "全市居家20天"),
    "lockdown+days=60": ("all at home, 60 days", "全市居家60天"),
    "compounds": ("closed compounds", "小区封控"),
    "trigger+each=city": ("home while the city reports over 25", "全市报告超过25时居家"),
    "lockdown+days=40": ("all at home, 40 days", "全市居家40天"),
    "trigger+from=100": ("home while a district reports over 100", "区报告超过100时居家"),
    "trigger+from=100+each=city": ("home while the city reports over 100", "全市报告超过100时居家"),
    "trigger+left=0.3": ("less strictly home while a district reports over 25", "区报告超过25时较松地居家"),
}
"""Reports are those of seven days per 100,000 residents."""

LEFT, BELOW = (2, 3, 8), (3, 7)
"""Numbers that stand to the left of their mark, and below it, where marks lie close."""

LEAST = 0.02
"""Deaths per 100,000 below which the picture does not go."""

WORDS = {
    "en": {
        "x": "restricted days a resident, 60 days",
        "y": "deaths per 100,000 residents",
        "title": "From the evening of {on}",
        "chosen": "chosen: {name}",
        "nearest": "none meets it; nearest: {name}",
        "note": "Median run and 90 % of {runs} runs, the same luck for every option. Chosen: for likelier-than-not.",
    },
    "zh": {
        "x": "60天内人均受限天数",
        "y": "每10万人死亡数",
        "title": "{on} 晚起",
        "chosen": "所选：{name}",
        "nearest": "均不满足，最接近：{name}",
        "note": "{runs}次模拟的中位数与90%区间，各方案所遇随机情形相同。所选：按“较可能守住”的目标。",
    },
}


def told_of(folder: Path, on: date, goal: str) -> dict[str, Any]:
    """What a choice says."""
    path = folder / f"{on}" / f"played-{ADHERENCE:g}" / goal / "choice.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def picture(folder: Path, path: Path, lang: str) -> None:
    """Deaths against restriction, an evening each."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import font_manager
    from matplotlib import pyplot as plt

    from seawall.brief.fonts import FAMILIES, font_path

    font_manager.fontManager.addfont(font_path())
    words = WORDS[lang]
    plt.rcParams["font.family"] = ["DejaVu Sans"] if lang == "en" else [FAMILIES["zh-Hans"], "DejaVu Sans"]
    figure, grid = plt.subplots(2, 2, figsize=(10, 8), dpi=100, sharex=True, sharey=True)
    for axes, on in zip(grid.flat, EVENINGS, strict=True):
        told = told_of(folder, on, GOAL)
        right = told["chosen"] or told["infeasible"]
        key = right.get("key") or right["nearest"]
        even = told_of(folder, on, "even")
        options = {one["key"]: one for one in even["options"]}
        for number, one in enumerate(EVEN, start=1):
            _mark(axes, options[one], even["residents"], number)
        name = NAMED.get(key, (key, key))[lang == "zh"]
        said = words["chosen" if told["chosen"] else "nearest"].format(name=name)
        axes.set_title(f"{words['title'].format(on=on)}\n{said}", fontsize=9, loc="left")
        axes.set_yscale("log")
        axes.grid(visible=True, color="#e5e5e5")
        axes.spines[["top", "right"]].set_visible(False)
    for axes in grid[-1]:
        axes.set_xlabel(words["x"])
    for axes in grid[:, 0]:
        axes.set_ylabel(words["y"])
    note = words["note"].format(runs=even["options"][0]["replicates"])
    numbered = [f"{number}  {NAMED[key][lang == 'zh']}" for number, key in enumerate(EVEN, start=1)]
    rows = ["      ".join(numbered[at : at + 5]) for at in (0, 5)]
    figure.text(0.01, 0.005, "\n".join([*rows, note]), fontsize=8, color="#1c2b39", linespacing=1.5)
    figure.tight_layout(rect=(0, 0.065, 1, 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    plt.close(figure)


def _mark(axes: Axes, one: Mapping[str, Any], residents: float, number: int) -> None:
    x, y = one["amounts"]["restricted_days"], one["amounts"]["deaths"]
    low, middle, high = (max(y[name] * 1e5 / residents, LEAST) for name in ("q5", "q50", "q95"))
    left, across, right = (x[name] / residents for name in ("q5", "q50", "q95"))
    axes.plot([across, across], [low, high], color="#083f66", lw=0.8, alpha=0.6)
    axes.plot([left, right], [middle, middle], color="#083f66", lw=0.8, alpha=0.6)
    axes.plot(across, middle, "o", ms=4.5, color="#083f66")
    right_of, above = number not in LEFT, number not in BELOW
    axes.annotate(
        str(number),
        (across, middle),
        xytext=(5 if right_of else -5, 4 if above else -10),
        textcoords="offset points",
        ha="left" if right_of else "right",
        fontsize=8,
        color="#c2500b",
        fontweight="bold",
    )


def goals_table(folder: Path) -> str:
    """A row for each evening and goal: what would have been put before the command, and how sure that is."""
    lines = [
        "| evening | goal | put before the command | holds the limits (90 %) | right | runner-up |",
        "|---|---|---|---|---:|---|",
    ]
    for on in EVENINGS:
        for goal in (Path(name).stem for name in GOALS):
            told = told_of(folder, on, goal)
            right = told["chosen"] or told["infeasible"]
            key = right.get("key") or right["nearest"]
            one = next(option for option in told["options"] if option["key"] == key)
            said = f"`{key}`" if told["chosen"] else f"none meets it; nearest `{key}`"
            holds = f"{one['p_meets']:.0%} ({one['p_meets_low']:.0%}-{one['p_meets_high']:.0%})"
            runner_up = (told["runner_up"] or {}).get("key")
            lines.append(f"| {on} | {goal} | {said} | {holds} | {right['p_right']:.0%} | `{runner_up}` |")
    return "\n".join(lines)


def options_table(folder: Path, on: date) -> str:
    """A row for each option played equally often: per 100,000 residents, days a resident; median and 90 % of runs."""
    told = told_of(folder, on, "even")
    events = ("infections", "deaths", "restricted_days", "lost_work_days")
    lines = ["| option | infections | deaths | restricted days | work days lost | intensive care for all (90 %) |"]
    lines.append("|---|---:|---:|---:|---:|---|")
    for one in told["options"]:
        cells = [f"`{one['key']}`"]
        for event in events:
            per = (1 if event in PER_RESIDENT else 100_000) / told["residents"]
            cells.append(spread(one["amounts"][event], per))
        cared = next(limit for limit in one["p_limits"] if limit["event"] == "no_icu")
        cells.append(f"{cared['p']:.0%} ({cared['low']:.0%}-{cared['high']:.0%})")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def apart_table(folder: Path, on: date) -> str:
    """Run by run against everybody at home for 60 days; and in how many runs deaths stay within limits."""
    path = folder / f"{on}" / f"played-{ADHERENCE:g}" / "even" / "scores.csv"
    scores, residents = pl.read_csv(path), told_of(folder, on, "even")["residents"]
    wide = scores.pivot(on="strategy", index="replicate", values="deaths").sort("replicate")
    lines = [
        f"| option | runs with more deaths than `{REFERENCE}` | within {', '.join(map(str, LIMITS))} per 100,000 |"
    ]
    lines.append("|---|---|---|")
    for key in EVEN:
        mine, other = wide[key].to_numpy(), wide[REFERENCE].to_numpy()
        within = [_share(int((mine * 1e5 / residents <= limit).sum()), mine.size) for limit in LIMITS]
        more = "" if key == REFERENCE else _share(int((mine > other).sum()), mine.size)
        lines.append(f"| `{key}` | {more} | {'; '.join(within)} |")
    return "\n".join(lines)


def _share(count: int, runs: int) -> str:
    low, high = binomtest(count, runs).proportion_ci(0.9, method="exact")
    return f"{count / runs:.0%} ({low:.0%}-{high:.0%})"


def unknowns(folder: Path, on: date, goal: str) -> str:
    """What the choice is sensitive to."""
    told = told_of(folder, on, goal)
    said = [
        f"{one['unknown']} ({one['low']:.3g} to {one['high']:.3g}): `{one['choice_low']}` to `{one['choice_high']}`"
        + (", changes" if one["changes"] else ", by chance as far as can be told")
        for one in told["sensitivity"]
    ]
    return "; ".join(said) or "too few runs to say"


def main() -> None:
    """Draw the pictures and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args()
    for lang in WORDS:
        picture(asked.folder, asked.output / f"shanghai-choices.{lang}.png", lang)
    print(goals_table(asked.folder))
    for on in EVENINGS:
        print(f"\n## {on}\n\n{options_table(asked.folder, on)}\n\n{apart_table(asked.folder, on)}\n")
        for goal in (Path(name).stem for name in GOALS):
            told = told_of(asked.folder, on, goal)
            print(f"{goal}: {unknowns(asked.folder, on, goal)}")
            if told["infeasible"]:
                print("missing", told["infeasible"]["missing"], "mend", told["infeasible"]["mend"])


if __name__ == "__main__":
    main()
