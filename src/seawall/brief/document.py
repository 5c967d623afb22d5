"""The brief as a document in one language: what stands on it, not how it is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from seawall.brief.findings import Findings
from seawall.brief.phrases import render
from seawall.brief.sentence import Sentence
from seawall.brief.tables import TABLE_ORDER
from seawall.brief.words import Words, msg


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence on the page, with the mark that leads to its table.

    Attributes:
        text: the sentence.
        code: the rule that wrote it.
        table, rows: where its numbers stand.
        mark: the table's number on the page, e.g. ``T3``; empty where the table is empty.
    """

    text: str
    code: str
    table: str
    rows: tuple[int, ...]
    mark: str

    @property
    def spans(self) -> str:
        """The rows as spans: ``2-15 17``."""
        spans: list[list[int]] = []
        for row in self.rows:
            if spans and row == spans[-1][1] + 1:
                spans[-1][1] = row
            else:
                spans.append([row, row])
        return " ".join(f"{first}-{last}" if last > first else str(first) for first, last in spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: its drawing, what it shows, how far its data reach and which table stands behind it."""

    name: str
    svg: str
    title: str
    alt: str
    caption: str
    stamp: str
    table: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: text, or a drawing as small as text."""

    text: str = ""
    svg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table on the page.

    Attributes:
        name: id of the table.
        title: its heading.
        heads: column headings.
        numeric: which columns are set flush right.
        rows: cells, the first of each row being its name.
        note: what is to be known about it.
        table, mark: the table behind it.
        narrow: whether it fits beside something else.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str
    table: str
    mark: str
    narrow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A number a duty officer looks for first, with its interval."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One of the four earlies."""

    title: str
    span: str
    value: str
    verdict: str
    details: tuple[str, ...]
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Page one, for the duty officer."""

    cards: tuple[Card, ...]
    changed: tuple[Line, ...]
    sure: tuple[Line, ...]
    where: tuple[Line, ...]
    map: Figure | None
    panels: tuple[Panel, ...]
    earlies: tuple[Line, ...]
    ahead: tuple[Line, ...]
    fan: Figure | None
    missing: tuple[Line, ...]
    more_missing: str
    rules: Grid | None
    rule_lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the detail, for the epidemiologist."""

    name: str
    title: str
    lines: tuple[Line, ...] = ()
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Brief:
    """The morning brief in one language.

    Attributes:
        lang: its language.
        findings: what it rests on.
        title, date, headline: what stands above all.
        stamp: how far the data reach and how complete they are.
        synthetic: the warning that the people are made up; empty for a real city.
        front: page one.
        sections: the pages behind it.
        labels: headings and small words.
        gap: what stands between two sentences: a blank, or nothing in Chinese.
        promise: who decides.
    """

    lang: str
    findings: Findings = field(repr=False)
    title: str
    date: str
    headline: tuple[Line, ...]
    stamp: str
    synthetic: str
    front: Front = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    labels: Mapping[str, str] = field(repr=False)
    gap: str
    promise: str

    @property
    def headline_text(self) -> str:
        """The sentences above all, as one text."""
        return self.gap.join(line.text for line in self.headline)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every part of the page is made from: the findings and the language."""

    findings: Findings
    words: Words

    def lines(self, part: str) -> tuple[Line, ...]:
        """The sentences of a part."""
        return self.said(self.findings.sentences[part])

    def said(self, sentences: Sequence[Sentence]) -> tuple[Line, ...]:
        """Sentences in this language, with the mark of their table."""
        return tuple(
            Line(
                text=render(sentence, self.words),
                code=sentence.code,
                table=sentence.table,
                rows=sentence.rows,
                mark=self.mark(sentence.table),
            )
            for sentence in sentences
        )

    def mark(self, table: str) -> str:
        """The number of a table on the page; empty where it has no rows."""
        return marks(self.findings).get(table, "")

    @property
    def stamp(self) -> str:
        """How far the data reach and how complete the last day's reports are."""
        complete, on = self.findings.completeness, self.findings.on
        if self.findings.districts:
            return self.words.say(
                msg("Data to {on:date}; {reporting:n} of {expected:n} districts reported."),
                on=on,
                reporting=complete.areas_reporting,
                expected=complete.areas_expected,
            )
        if complete.areas_reporting >= complete.areas_expected:
            return self.words.say(msg("Data to {on:date}; the city has reported."), on=on)
        return self.words.say(msg("Data to {on:date}; the city has not reported that day."), on=on)

    def joined(self, *parts: str) -> str:
        """Sentences one after another, with a blank between them where the script has one."""
        return self.words.gap.join(part for part in parts if part)

    def figure(self, name: str, svg: str, *, title: str, alt: str, caption: str, table: str) -> Figure:
        """A drawing with what must stand under it."""
        return Figure(
            name=name,
            svg=svg,
            title=title,
            alt=alt,
            caption=caption,
            stamp=self.stamp,
            table=table,
            mark=self.mark(table),
        )


def marks(findings: Findings) -> dict[str, str]:
    """Table to its number on the page: T1, T2, … for those that have rows."""
    present = [name for name in TABLE_ORDER if name in findings.tables and findings.tables[name].height]
    return {name: f"T{number}" for number, name in enumerate(present, start=1)}
