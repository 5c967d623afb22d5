"""Options: the strategies among which to choose, as single files and as families with levers, read from TOML."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.core.shipped import Shipped
from seawall.core.toml_rows import Rows, parse_toml, read_text, shown
from seawall.core.toml_tables import Reading, Section
from seawall.measures import Measure, Strategy, read_strategy, shipped_strategies
from seawall.measures.form import forms, of_another_form

STANDARD = "standard"
NOTHING = "do-nothing"
"""The option that is always played, so that every other can be compared with it."""

MOST = 2000
"""Options of one choice at most; a family is the product of its levers, and grows fast."""

Value = float | int | str | bool | tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One strategy that may be chosen.

    Attributes:
        key: tells it from all others: the base, and its levers where they differ from the base's own.
        base: key of the strategy it was made from.
        strategy: what is ordered.
        levers: name of a lever to its value here; a switch is True where the measure is kept.
        lever_names_zh: name of a lever to its name in Chinese.
    """

    key: str
    base: str
    strategy: Strategy
    levers: Mapping[str, Value] = field(default_factory=dict)
    lever_names_zh: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Options:
    """All options of a choice, by key; the first is that nothing is done."""

    name: str
    name_zh: str
    about: str
    options: Mapping[str, Option]


@dataclass(frozen=True, kw_only=True)
class _Lever:
    """What a family varies."""

    name: str
    name_zh: str
    measure: int
    field: str
    values: tuple[Value, ...]


SHIPPED = Shipped(package="seawall.plan", folder="candidates", noun="set of options", option="--strategies")


def shipped_options() -> tuple[str, ...]:
    """Names of the sets of options in the package."""
    return SHIPPED.names()


def read_options(sources: Sequence[str | Path] = (STANDARD,)) -> Options:
    """All options that the sources name.

    Args:
        sources: each the name of a shipped set of options or of a shipped strategy, a TOML file with options or a
            strategy, or a folder of such files.

    Raises:
        InvalidInput: a source is not there, or something in it cannot be. Carries every fault of every source.
    """
    faults: list[Fault] = []
    found: list[Options] = []
    for source in dict.fromkeys(str(one) for one in sources):
        for path in _files(source, faults):
            try:
                found.append(_read(path))
            except InvalidInput as error:
                faults += error.faults or [Fault(file=str(path), problem=error.message, mend="Correct the file")]
    nothing = Option(key=NOTHING, base=NOTHING, strategy=read_strategy(NOTHING))
    options: dict[str, Option] = {NOTHING: nothing}
    for one in (option for options_ in found for option in options_.options.values()):
        if one.key in options and one.strategy != options[one.key].strategy:
            problem = f'two options are named "{one.key}"'
            faults.append(Fault(file=one.strategy.file, problem=problem, mend="Give one of the files another name"))
        options.setdefault(one.key, one)
    if len(options) > MOST:
        problem = f"there are {len(options):,} options, and {MOST:,} at most can be compared"
        faults.append(Fault(file="--strategies", problem=problem, mend="Give fewer levers, or fewer values for each"))
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s) with the options; nothing was run.", faults)
    named = [one for one in found if one.name]
    return Options(
        name="; ".join(one.name for one in named),
        name_zh="；".join(one.name_zh or one.name for one in named),
        about=" ".join(one.about for one in named if one.about),
        options=options,
    )


def _files(source: str, faults: list[Fault]) -> list[str]:
    """The files of a source; shipped ones by name."""
    path = Path(source)
    if path.is_dir():
        inside = sorted(str(one) for one in path.glob("*.toml"))
        if not inside:
            mend = "Put strategies or options into it, or give another folder"
            faults.append(Fault(file=source, problem="the folder holds no TOML file", mend=mend))
        return inside
    if source.endswith(".toml") or source in (*shipped_options(), *shipped_strategies()):
        return [source]
    known = (*shipped_options(), *shipped_strategies())
    problem = f'"{source}" is neither shipped nor a file or folder{closest(source, known)}'
    mend = f"Give a folder of TOML files, a TOML file, or one of {', '.join(known)}"
    faults.append(Fault(file="--strategies", problem=problem, mend=mend))
    return []


def _read(source: str) -> Options:
    """Options of one file: a set of families, or one strategy."""
    if source in shipped_options():
        text, file = SHIPPED.text(source)
        return parse_options(text, file=file)
    if source.endswith(".toml"):
        text = read_text(Path(source), "options")
        document = parse_toml(text, file=Path(source).name, noun="options", least="Write [strategy] or [options]")
        if "strategy" not in document:
            return parse_options(text, file=Path(source).name, beside=Path(source).parent)
    key = Path(source).name.removesuffix(".toml")
    option = Option(key=key, base=key, strategy=read_strategy(source))
    return Options(name="", name_zh="", about="", options={key: option})


def parse_options(text: str, *, file: str, beside: Path | None = None) -> Options:
    """Options from the text of a file of families.

    Args:
        text: TOML.
        file: name of the file as the user knows it.
        beside: folder in which a base that ends in ``.toml`` lies; None: bases are shipped strategies only.

    Raises:
        InvalidInput: carries every fault, with the row and key it stands at.
    """
    document = parse_toml(text, file=file, noun="options", least="Write [options], a name, and [[family]] with a base")
    faults: list[Fault] = []
    top = Section(document, Reading(file=file, faults=faults, rows=Rows(text)))
    head = top.section("options")
    name = name_zh = about = ""
    if head is not None:
        name, name_zh, about = head.text("name"), head.text("name_zh", default=""), head.text("about", default="")
        head.finish()
    options: dict[str, Option] = {}
    for part in top.sections("family"):
        for option in _family(part, beside):
            options.setdefault(option.key, option)
        part.finish()
    top.finish()
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        raise InvalidInput(f"{file} has {len(faults)} problem(s); nothing was run.", faults)
    return Options(name=name, name_zh=name_zh, about=about, options=options)


def _family(part: Section, beside: Path | None) -> Iterator[Option]:
    """The base, then every combination of the levers; no two alike."""
    base = part.text("base")
    strategy = _base(part, base, beside) if base else None
    parts = part.sections("lever", default=[])
    if strategy is None:
        for lever in parts:
            lever.asked.extend(lever.values)
        return
    before = len(part.faults)
    levers = [found for one in parts if (found := _lever(one, strategy)) is not None]
    names = [one.name for one in levers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        part.fault("lever", f'two levers are named "{name}"', "Give each its own name")
    if len(part.faults) > before:
        return
    key = base.rpartition("/")[2].removesuffix(".toml")
    own = {lever.name: _own(lever, strategy) for lever in levers}
    names_zh = {lever.name: lever.name_zh or lever.name for lever in levers}
    yield Option(key=key, base=key, strategy=strategy, levers=own, lever_names_zh=names_zh)
    seen = {strategy}
    for values in itertools.product(*(lever.values for lever in levers)):
        set_to = dict(zip((lever.name for lever in levers), values, strict=True))
        changed = {name: value for name, value in set_to.items() if value != own[name]}
        if not changed:
            continue
        try:
            made = _set(strategy, list(zip(levers, values, strict=True)))
        except InvalidInput as error:
            together = ", ".join(f"{name} = {shown(value)}" for name, value in set_to.items())
            for fault in error.faults:
                part.fault("lever", f"with {together} {fault.problem}", fault.mend)
            return
        if made in seen:  # a lever of a measure that another lever leaves out
            continue
        seen.add(made)
        label = "+".join([key, *(_label(name, value) for name, value in changed.items())])
        yield Option(key=label, base=key, strategy=made, levers=set_to, lever_names_zh=names_zh)


def _base(part: Section, base: str, beside: Path | None) -> Strategy | None:
    try:
        if base.endswith(".toml"):
            return read_strategy((beside or Path()) / base)
        return read_strategy(base)
    except InvalidInput as error:
        for fault in error.faults:
            where = f" ({fault.file}, row {fault.row})" if fault.row is not None else ""
            part.fault("base", f"{fault.problem}{where}", fault.mend)
        return None


def _lever(part: Section, strategy: Strategy) -> _Lever | None:
    """A lever, or None, and everything wrong with it."""
    before = len(part.faults)
    name, name_zh = part.text("name"), part.text("name_zh", default="")
    at = _measure(part, strategy)
    switch = part.boolean("switch", default=False)
    forms_given = [key for key in ("values", "low") if key in part.values]
    if switch:
        for key in ("field", "values", "low", "high", "steps"):
            part.asked.append(key)
            if key in part.values:
                part.fault(key, "a switch keeps the measure or leaves it out, nothing else", "Take it out")
        part.finish()
        if len(part.faults) > before or at is None:
            return None
        return _Lever(name=name, name_zh=name_zh, measure=at, field="", values=(True, False))
    key = part.text("field")
    values: tuple[Value, ...] = ()
    if len(forms_given) != 1:
        part.fault("values", "nothing says which values, or two things do", "Give values = [ ], or low, high and steps")
        part.asked.extend(("values", "low", "high", "steps"))
    elif "values" in part.values:
        given = part.values["values"]
        part.asked.append("values")
        if isinstance(given, list) and given:
            values = tuple(tuple(one) if isinstance(one, list) else one for one in given)
        else:
            part.fault("values", f"{shown(given)} is not a list of values", "Give a list such as [0.2, 0.5]")
    else:
        values = _steps(part)
    part.finish()
    if at is not None and key:
        _check_values(part, strategy.measures[at], key, values)
    if len(part.faults) > before or at is None:
        return None
    return _Lever(name=name, name_zh=name_zh, measure=at, field=key, values=tuple(dict.fromkeys(values)))


def _measure(part: Section, strategy: Strategy) -> int | None:
    """Position of the measure that a lever names, by its name or, where it is the only one, its kind."""
    asked = part.text("measure")
    if not asked:
        return None
    named = [at for at, one in enumerate(strategy.measures) if one.name == asked]
    kind = [at for at, one in enumerate(strategy.measures) if one.kind == asked]
    found = named or kind
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(strategy.measures[at].name for at in found)
        part.fault("measure", f'"{asked}" may be any of {names}', "Give the name of one of them")
    else:
        names_all = [one.name for one in strategy.measures]
        problem = f'"{asked}" is no measure of {strategy.file}{closest(asked, names_all)}'
        part.fault("measure", problem, f"Use one of {', '.join(names_all) or 'none: it has no measure'}")
    return None


def _steps(part: Section) -> tuple[Value, ...]:
    low = part.number("low", low=-1e18, high=1e18)
    high = part.number("high", low=-1e18, high=1e18)
    steps = part.integer("steps", low=2, high=100)
    if high <= low:
        part.fault("high", f"{high:g} is not above low, {low:g}", "Give a range that runs upwards")
    return tuple(round(low + (high - low) * step / (steps - 1), 10) for step in range(steps))


def _check_values(part: Section, measure: Measure, key: str, values: Iterable[Value]) -> None:
    """Each value must be one that the measure itself takes."""
    fields = [one for one in forms(type(measure)) if one not in ("kind", "name")]
    if key not in fields:
        part.fault("field", f'"{key}" is not a key of {measure.kind}{closest(key, fields)}', f"Use {', '.join(fields)}")
        return
    at = "values" if "values" in part.values else "low"
    for value in values:
        told = of_another_form(type(measure), key, value)
        if told is None:
            try:
                dataclasses.replace(measure, **{key: value})  # type: ignore[arg-type]
                continue
            except InvalidInput as error:
                told = error.faults[0].problem, error.faults[0].mend
        part.fault(at, f"{shown(value)} does not fit {key} of {measure.kind}: {told[0]}", told[1])


def _own(lever: _Lever, strategy: Strategy) -> Value:
    if not lever.field:
        return True
    own: Value = getattr(strategy.measures[lever.measure], lever.field)
    return own


def _set(strategy: Strategy, levers: Sequence[tuple[_Lever, Value]]) -> Strategy:
    """The strategy with every lever set; what stands without a switched-off measure must still make sense."""
    measures: list[Measure | None] = list(strategy.measures)
    for lever, value in levers:
        measure = measures[lever.measure]
        if not lever.field:
            measures[lever.measure] = measure if value else None
        elif measure is not None:
            measures[lever.measure] = dataclasses.replace(measure, **{lever.field: value})  # type: ignore[arg-type]
    kept = [at for at, measure in enumerate(measures) if measure is not None]
    return dataclasses.replace(
        strategy,
        measures=tuple(measure for measure in measures if measure is not None),
        lines=tuple(strategy.lines[at] for at in kept if at < len(strategy.lines)),
    )


def _label(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return name if value else f"no {name}"
    if isinstance(value, tuple):
        return f"{name}={'/'.join(str(one) for one in value)}"
    text = f"{value:g}".replace("e+", "e") if isinstance(value, float) else str(value)  # "+" parts the levers of a key
    return f"{name}={text}"


def named(option: Option) -> tuple[str, str]:
    """What an option is called in English and in Chinese: its base, and the levers that tell it from the base."""
    strategy = option.strategy
    changed = [label.partition("=")[0].removeprefix("no ") for label in option.key.split("+")[1:]]
    english, chinese = [], []
    for lever in changed:
        value, name_zh = option.levers[lever], option.lever_names_zh.get(lever, lever)
        if isinstance(value, bool):
            english.append(f"with {lever}" if value else f"without {lever}")
            chinese.append(f"有{name_zh}" if value else f"无{name_zh}")
        else:
            text = "–".join(str(one) for one in value) if isinstance(value, tuple) else f"{value}"
            english.append(f"{lever} {text}")
            chinese.append(f"{name_zh} {text}")
    base, base_zh = strategy.name, strategy.name_zh or strategy.name
    if not changed:
        return base, base_zh
    return f"{base}: {', '.join(english)}", f"{base_zh}：{'，'.join(chinese)}"
