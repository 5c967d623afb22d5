"""How the numbers were made, where they come from, and who decides."""

from __future__ import annotations

from seawall.brief.document import Cell, Desk, Grid, Section, marks
from seawall.brief.words import msg

METHODS: tuple[str, ...] = (
    msg(
        "Reproduction number: Cori et al. 2013 (doi:10.1093/aje/kwt133), imported infections apart. It says how many "
        "infections one infection leads to; above 1 the epidemic grows. By date of report it lags infection by the "
        "incubation period and the delay to the report."
    ),
    msg(
        "Recent days: infections by date of onset or specimen are completed by the delays seen so far; days of "
        "which less "
        "than half is expected to be in are marked and no estimate is quoted for them."
    ),
    msg(
        "Alarms compare a day with the series' own past (EARS: Hutwagner et al. 2003; Farrington: Noufaily et "
        "al. 2013, "
        "doi:10.1002/sim.5595). Of many series watched some raise an alarm by chance alone."
    ),
    msg(
        "Forecast: the renewal equation carries the completed recent infections forward. Its reproduction number "
        "is drawn "
        "back towards 1 as time goes on, as it is when waves run their course, in steps as large as those seen; "
        "no measure "
        "in particular is assumed. The naive baseline repeats the last value."
    ),
    msg(
        "Share found in control: infections found in quarantine or a closed loop, of those told either way; its "
        "interval "
        "allows for clusters found together."
    ),
    msg(
        "Delays: medians and shares by week of the first date, corrected for cases whose second date is still to come."
    ),
    msg(
        'Words: "growing" and "shrinking" stand for a probability above 90%, "probably" for one above 66%. Two weeks '
        'differ by "no more than chance can do" when the difference is within 5%, or within 1.96 standard '
        "deviations of counts twice as variable as Poisson."
    ),
)
"""The methods in short."""


def about_section(desk: Desk) -> Section:
    """Methods, provenance and the list of tables."""
    words, findings = desk.words, desk.findings
    provenance = findings.situation.provenance
    rows = [
        (words.say(msg("City")), words.name(findings.root)),
        (words.say(msg("Data, fingerprint of the folder")), findings.city.fingerprint),
        (words.say(msg("Last day of the data")), words.spell(findings.on, "date")),
    ]
    for label, key in (
        (msg("Pathogen assumed"), "pathogen"),
        (msg("Seed"), "seed"),
        (msg("Software"), "software"),
    ):
        if key in provenance:
            rows.append((words.say(label), str(provenance[key])))
    sources = [
        (words.name(drawn.rules), f"{drawn.drawn_by.issuer}. {drawn.drawn_by.source}")
        for drawn in findings.maps
        if drawn.drawn_by is not None
    ]
    numbered = marks(findings)
    grids = [
        _pairs("provenance", words.say(msg("Provenance")), rows),
        _tables(words.say(msg("Tables behind this brief")), numbered),
    ]
    if sources:
        grids.insert(1, _pairs("sources", words.say(msg("Sources of the rule sets")), sources))
    return Section(
        name="about",
        title=words.say(msg("Methods, sources and provenance")),
        paragraphs=tuple(words.say(text) for text in METHODS),
        grids=tuple(grids),
    )


def _tables(title: str, numbered: dict[str, str]) -> Grid:
    """The list of tables, three to a row, each under its number."""
    pairs = [(mark, f"tables/{name}.csv") for name, mark in numbered.items()]
    third = -(-len(pairs) // 3)
    rows = []
    for row in range(third):
        chosen = [pairs[at] if at < len(pairs) else ("", "") for at in (row, row + third, row + 2 * third)]
        rows.append(tuple(Cell(text=text) for pair in chosen for text in pair))
    return Grid(
        name="tables",
        title=title,
        heads=("",) * 6,
        numeric=(False,) * 6,
        rows=tuple(rows),
        note="",
        table="",
        mark="",
        narrow=True,
    )


def _pairs(name: str, title: str, rows: list[tuple[str, str]]) -> Grid:
    return Grid(
        name=name,
        title=title,
        heads=("", ""),
        numeric=(False, False),
        rows=tuple((Cell(text=left), Cell(text=right)) for left, right in rows),
        note="",
        table="",
        mark="",
        narrow=True,
    )
