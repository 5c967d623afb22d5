"""The catalogue as a page of the reference, written from the code."""

from __future__ import annotations

from pathlib import Path

from seawall.core import describe_quantities
from seawall.disease.catalogue import CATALOGUE
from seawall.disease.evidence import AgeProfile, DelayEvidence, Evidence
from seawall.disease.pathogen import Pathogen

_HEAD = """# The catalogue of pathogens

<!-- Written by seawall.disease.publish.write_catalogue from the catalogue in the code; do not edit. -->

Each number stands with its interval, its source and how sure it is: *found*, read in the source named; *recalled*,
from that source but not looked up again; *assumed*, chosen by us. What the pages do with these numbers, and which of
them must not be combined, is told in {doc}`../explanation/disease`.
"""

_DELAYS = {
    "incubation": "Infection to first symptoms",
    "generation": "Infection to infection",
    "serial_interval": "First symptoms to first symptoms",
}


def catalogue_page() -> str:
    """The page in Markdown."""
    parts = [_HEAD, _quantities(), _overview(), *(_section(entry) for entry in CATALOGUE.values())]
    return "\n".join(parts)


def write_catalogue(reference: Path) -> None:
    """Write ``catalogue.md`` into the folder of reference pages."""
    (reference / "catalogue.md").write_text(catalogue_page(), encoding="utf-8")


def _quantities() -> str:
    rows = [
        f"| `{declared.name}` | {declared.about} | {declared.unit} | {declared.low:g} to {declared.high:g} |"
        for declared in describe_quantities(Pathogen)
    ]
    return "\n".join(
        [
            "## What is kept of each",
            "",
            "| quantity | is | unit | taken between |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _overview() -> str:
    rows = []
    for entry in CATALOGUE.values():
        seen = entry.observed_doubling_days
        rows.append(
            f"| [`{entry.key}`](#{entry.key}) | {entry.name} | {entry.name_zh} | {entry.name_hant} | "
            f"{entry.basic_reproduction_number:g} | {entry.generation.delay.mean_days:.3g} | "
            f"{entry.growth_per_day:.3f} | {_doubling(entry.doubling_days)} | "
            f"{'' if seen is None else f'{seen:g} ({seen.low:g} to {seen.high:g})'} |"
        )
    return "\n".join(
        [
            "## All at a glance",
            "",
            "Growth and doubling time follow from the basic reproduction number and the generation time.",
            "",
            "| key | name | 简体 | 繁體 | R₀ | generation time, days | growth per day | doubles in | seen, days |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _doubling(days: float) -> str:
    return f"{days:.2f} days" if days > 0 else f"halves in {-days:.2f} days"


def _section(entry: Pathogen) -> str:
    lines = [f"({entry.key})=", f"## {entry.name}", "", f"`{entry.key}` · {entry.name_zh} · {entry.name_hant}", ""]
    if entry.caution:
        lines += [entry.caution, ""]
    lines += ["| quantity | value | interval | unit | source | how sure |", "| --- | --- | --- | --- | --- | --- |"]
    for declared in describe_quantities(Pathogen):
        number = getattr(entry, declared.name)
        assert isinstance(number, Evidence)
        lines.append(
            f"| `{declared.name}` | {number:.3g} | {number.low:.3g} to {number.high:.3g} | {declared.unit} | "
            f"{number.source} | {number.confidence} |"
        )
    seen = entry.observed_doubling_days
    if seen is not None:
        lines.append(
            f"| `observed_doubling_days` | {seen:.3g} | {seen.low:.3g} to {seen.high:.3g} | day | {seen.source} | "
            f"{seen.confidence} |"
        )
    lines += [
        "",
        "| delay | from-to | distribution | mean, days | interval of the mean | sd, days | kind | source | how sure |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, about in _DELAYS.items():
        told = getattr(entry, name)
        assert isinstance(told, DelayEvidence)
        lines.append(
            f"| `{name}` | {about} | {told.delay.family} | {told.delay.mean_days:.3g} | {told.mean_low:.3g} to "
            f"{told.mean_high:.3g} | {told.delay.sd_days:.3g} | {told.basis} | {told.source} | {told.confidence} |"
        )
    lines.append("")
    for title, profile in (("Deaths", entry.fatality), ("Admissions", entry.hospitalisation)):
        if profile is not None:
            lines += _ages(title, profile)
    return "\n".join(lines)


def _ages(title: str, profile: AgeProfile) -> list[str]:
    ends = [*(f"{first - 1}" for first in profile.ages_from[1:]), ""]
    bands = [f"{first}-{end}" if end else f"{first}+" for first, end in zip(profile.ages_from, ends, strict=True)]
    about = f"{title} per {profile.of}, by age; the truth may be {profile.factor:g} times smaller or larger."
    return [
        f"{about} {profile.source} ({profile.confidence}).",
        "",
        f"| age | {' | '.join(bands)} |",
        f"| --- |{' --- |' * len(bands)}",
        f"| fraction | {' | '.join(f'{value:.2g}' for value in profile.probabilities)} |",
        "",
    ]
