"""``brief.json``: the brief for machines, in the shape its published schema declares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from seawall.brief.document import Brief, Figure, marks
from seawall.brief.estimates import Estimate
from seawall.brief.findings import Findings
from seawall.brief.phrases import render
from seawall.brief.sentences.zoning import restricted
from seawall.brief.words import LANGUAGES

SCHEMA_ID = "urn:seawall:schema:brief:1"
"""Identity of the schema; it changes when a reader of the old one could misread the new."""

Texts = Annotated[dict[str, str], Field(min_length=1, json_schema_extra={"propertyNames": {"enum": list(LANGUAGES)}})]
"""A text in each language written."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CityRecord(_Model):
    """Whose brief it is."""

    area_id: str
    name: str
    name_zh: str
    synthetic: bool = Field(description="Its people are made up.")
    fingerprint: str = Field(description="Hash of the folder the brief was made from.")


class CompletenessRecord(_Model):
    """How complete the data behind a number are."""

    areas_reporting: int = Field(ge=0, description="Areas whose reports of the last day are in.")
    areas_expected: int = Field(ge=0, description="Areas that report.")
    share: float | None = Field(ge=0, description="Expected share of the events reported by now; null: not estimated.")


class IntervalRecord(_Model):
    """An interval and the probability it is meant to hold."""

    low: float
    high: float
    level: float = Field(gt=0, lt=1)


class EstimateRecord(_Model):
    """One estimate: never without its interval, data date and completeness."""

    quantity: str
    area_id: str
    unit: str
    value: float
    interval: IntervalRecord
    start: date = Field(description="First day it speaks of.")
    end: date = Field(description="Last day it speaks of.")
    data_date: date = Field(description="Last day whose reports it rests on.")
    completeness: CompletenessRecord
    table: str
    row: int = Field(ge=2, description="Row of the table; the header is row 1.")
    columns: tuple[str, str, str] = Field(description="Columns of value, low and high in that row.")


class SentenceRecord(_Model):
    """One sentence: which rule wrote it, from which facts, on which rows, and how it reads."""

    part: str
    code: str
    facts: dict[str, Any]
    table: str
    rows: tuple[int, ...]
    text: Texts


class FigureRecord(_Model):
    """One figure and the table behind it."""

    name: str
    table: str
    data_date: date
    completeness: CompletenessRecord
    title: Texts


class RulesRecord(_Model):
    """What one rule set would restrict today."""

    rules: str
    names: Texts | None
    in_force: bool | None
    zones: int
    residents: int
    person_days: int
    smaller_residents: int | None = Field(description="Residents in the next smaller zones that cover the same cases.")
    smaller_estimated: bool | None = Field(description="The data are no finer: their number is estimated.")


class TableRecord(_Model):
    """One table written beside the brief."""

    name: str
    mark: str = Field(description="Its number on the page; empty for a table without rows.")
    file: str
    rows: int
    columns: tuple[str, ...]
    sha256: str


class BriefRecord(_Model):
    """A morning brief."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, title="Seawall morning brief", json_schema_extra={"$id": SCHEMA_ID}
    )

    schema_id: Literal["urn:seawall:schema:brief:1"]
    city: CityRecord
    on: date = Field(description="Day of the brief: nothing in it was learned later.")
    languages: tuple[str, ...] = Field(min_length=1, json_schema_extra={"items": {"enum": list(LANGUAGES)}})
    completeness: CompletenessRecord
    headline: Texts
    sentences: tuple[SentenceRecord, ...]
    estimates: tuple[EstimateRecord, ...]
    figures: tuple[FigureRecord, ...]
    rules: tuple[RulesRecord, ...]
    tables: tuple[TableRecord, ...]
    provenance: dict[str, Any]
    promise: Texts


def schema() -> dict[str, Any]:
    """The JSON Schema of ``brief.json`` (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **BriefRecord.model_json_schema()}


def write_record(briefs: Sequence[Brief], written: Mapping[str, bytes]) -> str:
    """The briefs of one situation as JSON, validated.

    Args:
        briefs: the same findings in one language or several.
        written: table name to the bytes of its CSV.
    """
    findings = briefs[0].findings
    record = BriefRecord(
        schema_id="urn:seawall:schema:brief:1",
        city=CityRecord(
            area_id=findings.root,
            name=findings.city.name,
            name_zh=findings.city.name_zh,
            synthetic=findings.city.synthetic,
            fingerprint=findings.city.fingerprint,
        ),
        on=findings.on,
        languages=tuple(brief.lang for brief in briefs),
        completeness=_completeness(findings.completeness),
        headline={brief.lang: brief.headline_text for brief in briefs},
        sentences=tuple(_sentences(findings, briefs)),
        estimates=tuple(_estimate(estimate) for estimate in findings.estimates),
        figures=tuple(_figures(findings, briefs)),
        rules=tuple(_rules(findings)),
        tables=tuple(_tables(findings, written)),
        provenance=_plain(findings.situation.provenance),
        promise={brief.lang: brief.promise for brief in briefs},
    )
    return json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _sentences(findings: Findings, briefs: Sequence[Brief]) -> list[SentenceRecord]:
    from seawall.brief.compose import words_for

    words = {brief.lang: words_for(findings, brief.lang) for brief in briefs}
    return [
        SentenceRecord(
            part=part,
            code=sentence.code,
            facts=_plain(sentence.facts),
            table=sentence.table,
            rows=sentence.rows,
            text={lang: render(sentence, said) for lang, said in words.items()},
        )
        for part, sentences in findings.sentences.items()
        for sentence in sentences
    ]


def _figures(findings: Findings, briefs: Sequence[Brief]) -> list[FigureRecord]:
    return [
        FigureRecord(
            name=figure.name,
            table=figure.table,
            data_date=findings.on,
            completeness=_completeness(findings.completeness),
            title={brief.lang: figures_of(brief)[name].title for brief in briefs},
        )
        for name, figure in figures_of(briefs[0]).items()
    ]


def figures_of(brief: Brief) -> dict[str, Figure]:
    """Every figure of a brief by its name."""
    front = [figure for figure in (brief.front.map, brief.front.fan) if figure is not None]
    behind = [figure for section in brief.sections for figure in section.figures]
    return {figure.name: figure for figure in (*front, *behind)}


def _rules(findings: Findings) -> list[RulesRecord]:
    rows = []
    totals, smaller = findings.tables["zone_totals"], findings.tables["zone_smaller"]
    if totals.is_empty():
        return []
    drawn_by = {drawn.rules: drawn.drawn_by for drawn in findings.maps}
    for row in restricted(totals).iter_rows(named=True):
        told = drawn_by[row["rules"]]
        finer = smaller.filter(pl.col("rules") == row["rules"], pl.col("smaller_residents").is_not_null())
        rows.append(
            RulesRecord(
                rules=row["rules"],
                names=None if told is None else {lang: told.names[lang] for lang in LANGUAGES},
                in_force=None if told is None else told.in_force(findings.on),
                zones=row["zones"],
                residents=row["residents"] or 0,
                person_days=row["person_days"] or 0,
                smaller_residents=int(finer["smaller_residents"].sum()) if finer.height else None,
                smaller_estimated=bool(finer["estimate"].any()) if finer.height else None,
            )
        )
    return rows


def _tables(findings: Findings, written: Mapping[str, bytes]) -> list[TableRecord]:
    numbered = marks(findings)
    return [
        TableRecord(
            name=name,
            mark=numbered.get(name, ""),
            file=f"tables/{name}.csv",
            rows=table.height,
            columns=tuple(table.columns),
            sha256=hashlib.sha256(written[name]).hexdigest(),
        )
        for name, table in findings.tables.items()
    ]


def _estimate(estimate: Estimate) -> EstimateRecord:
    return EstimateRecord(
        quantity=estimate.quantity,
        area_id=estimate.area_id,
        unit=estimate.unit,
        value=estimate.value,
        interval=IntervalRecord(low=estimate.low, high=estimate.high, level=estimate.level),
        start=estimate.start,
        end=estimate.end,
        data_date=estimate.data_date,
        completeness=_completeness(estimate.completeness),
        table=estimate.table,
        row=estimate.row,
        columns=estimate.columns,
    )


def _completeness(known: Any) -> CompletenessRecord:
    return CompletenessRecord(
        areas_reporting=known.areas_reporting, areas_expected=known.areas_expected, share=known.share
    )


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(dict(facts), default=str)))
