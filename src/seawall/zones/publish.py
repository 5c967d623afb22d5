"""The reference page of rule sets, written from the rule files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seawall.core import describe_quantities
from seawall.zones.lint import forbidden_inputs
from seawall.zones.load import DEFAULT_RULES, load_shipped, shipped
from seawall.zones.messages import LIFTS, NOTES, REASONS
from seawall.zones.residents import BASES, UnitSizes
from seawall.zones.ruleset import Clause, Indicator, RuleSet, Stage, Tier
from seawall.zones.vocabulary import INPUTS


def write_pages(folder: Path) -> None:
    """Write ``rules.md`` into the folder of reference pages; run again after any change to a rule file."""
    (folder / "rules.md").write_text(rules_page(), encoding="utf-8")


def rules_page() -> str:
    """The page: every rule set with its tiers, thresholds and clocks, and the words of a map."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Rule sets for zones"
    yield ""
    yield "<!-- Written by seawall.zones.publish.write_pages from the rule files; do not edit. -->"
    yield ""
    yield (
        "Each rule set is a TOML file in the package. A number is *found* in a text that was looked up, given *from "
        "memory* (high, medium or low confidence), or *assumed*. `valid_to` is the first day on which a rule set no "
        "longer held. How they are applied: [Zones](../explanation/zones.md)."
    )
    yield ""
    yield "| rule set | family | in force | confidence | drawn when none is named |"
    yield "| --- | --- | --- | --- | --- |"
    for key in shipped():
        rules = load_shipped(key)
        drawn = "yes" if key in DEFAULT_RULES else ""
        yield f"| [{key}](#{key}) | {rules.family} | {_validity(rules)} | {_sure(rules.confidence)} | {drawn} |"
    for key in shipped():
        yield ""
        yield from _section(load_shipped(key))
    yield ""
    yield from _vocabulary()
    yield ""
    yield from _messages()


def _validity(rules: RuleSet) -> str:
    return f"{rules.valid_from} to {rules.valid_to or 'open'}"


def _sure(confidence: str) -> str:
    return confidence.replace("memory-", "from memory, ")


def _section(rules: RuleSet) -> Iterator[str]:
    yield f"## {rules.key}"
    yield ""
    yield f"{rules.names['en']} · {rules.names['zh-Hans']} · {rules.names['zh-Hant']}"
    yield ""
    yield f"Issued by: {rules.issuer}. Source: {rules.source} ({_sure(rules.confidence)}). In force {_validity(rules)}."
    if rules.about:
        yield ""
        yield rules.about
    yield ""
    yield "| tier | names | restricts | residents count as restricted |"
    yield "| --- | --- | --- | --- |"
    for tier in rules.tiers:
        names = " · ".join(tier.names.values())
        bound = "yes" if tier.restricts_residents else "no"
        yield f"| `{tier.code}` | {names} | {tier.restricts.replace('_', ' ')} | {bound} |"
    yield ""
    if rules.anchored is not None:
        yield from _anchored(rules)
    else:
        yield from _judged(rules)


def _anchored(rules: RuleSet) -> Iterator[str]:
    anchored = rules.anchored
    assert anchored is not None
    yield (
        f"Unit: {anchored.unit}. The day of the last infection is day {anchored.day_zero}. Infections found in "
        f"quarantine elsewhere are {anchored.in_control.replace('_', ' ')}. Stays count from {anchored.look_back_days} "
        f"days before onset. A stage waits at most {anchored.pending_days} days for its exit round."
    )
    yield ""
    yield "| stage | tier | opened by | quiet days | exit round | then |"
    yield "| --- | --- | --- | --- | --- | --- |"
    opened = {trigger.stage: trigger.input for trigger in anchored.triggers}
    for stage in anchored.stages.values():
        yield _stage(stage, opened.get(stage.key))


def _stage(stage: Stage, opened: str | None) -> str:
    exit_round = "none"
    if stage.exit_round is not None:
        exit_round = f"from day {stage.exit_round.on_day}, {stage.exit_round.coverage:.0%} of residents"
    by = f"`{opened}`" if opened else ""
    then = f"`{stage.then}`" if stage.then else "lifted"
    return f"| `{stage.key}` | `{stage.tier}` | {by} | {stage.quiet_days} | {exit_round} | {then} |"


def _judged(rules: RuleSet) -> Iterator[str]:
    judged = rules.judged
    assert judged is not None
    said = [f"Judged for: {', '.join(judged.levels)}."]
    if judged.effect_after_days:
        said.append(f"A change takes effect {judged.effect_after_days} days after the day that decides it.")
    if len(judged.leave_weekdays) < 7:
        said.append("Only Monday to Saturday, without public holidays, count towards the days below.")
    if judged.needs:
        said += [f"At least one of {', '.join(group)} must be known." for group in judged.needs]
    if rules.unknown is None:
        said.append(f"Without data the last tier stands for {judged.expires_days} days, then there is none.")
    yield " ".join(said)
    yield ""
    yield "| indicator | is | computed as | window | rounded to | when missing |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for indicator in judged.indicators.values():
        yield _indicator(indicator)
    for grade in judged.grades.values():
        yield ""
        yield f"`{grade.key}`, {grade.names['en']}:"
        yield ""
        yield "| grade | when |"
        yield "| --- | --- |"
        for step, clauses in grade.steps:
            yield f"| {step} | {_when(clauses)} |"
    yield ""
    yield "| tier | when | entered after | left after |"
    yield "| --- | --- | --- | --- |"
    for tier in rules.tiers:
        yield _thresholds(tier, working=len(judged.leave_weekdays) < 7)


def _indicator(indicator: Indicator) -> str:
    below = f" / {indicator.denominator}" if indicator.denominator else ""
    per = f" × {indicator.per:,.0f}" if indicator.per != 1 else ""
    weighted = f", weighted by `{indicator.uptake}`" if indicator.uptake else ""
    decimals = "not rounded" if indicator.decimals is None else f"{indicator.decimals} decimals"
    window = f"{indicator.window_days} days, {indicator.min_days} reported"
    if indicator.delay_days:
        window += f", {indicator.delay_days} days behind"
    missing = "left out" if indicator.optional else "not judged"
    formula = f"{indicator.statistic} of {indicator.numerator}{below}{per}{weighted}"
    return f"| `{indicator.key}` | {indicator.names['en']} | {formula} | {window} | {decimals} | {missing} |"


def _when(clauses: tuple[Clause, ...]) -> str:
    return " or ".join(" and ".join(f"`{condition}`" for condition in clause) for clause in clauses)


def _thresholds(tier: Tier, *, working: bool) -> str:
    if tier.by_judgement:
        return f"| `{tier.code}` | decided without a number; never proposed | | |"
    if tier.unknown:
        return f"| `{tier.code}` | {_when(tier.when)}, or an input is missing; goes before all others | | |"
    days = "working days" if working else "days"
    enter = f"{tier.enter_days} days" if tier.enter_days > 1 else "1 day"
    leave = f"{tier.leave_days} {days}" if tier.leave_days > 1 else "1 day"
    sure = f" ({_sure(tier.confidence)})" if tier.confidence else ""
    return f"| `{tier.code}` | {_when(tier.when)} | {enter}{sure} | {leave} |"


def _vocabulary() -> Iterator[str]:
    yield "## What a rule may read"
    yield ""
    yield "| input | is |"
    yield "| --- | --- |"
    for name, known in INPUTS.items():
        yield f"| `{name}` | {known.about} |"
    yield ""
    yield "## What no rule may read"
    yield ""
    yield "| it | because |"
    yield "| --- | --- |"
    for name, why in forbidden_inputs():
        yield f"| {name} | {why} |"
    yield ""
    yield "## Where the number of residents comes from"
    yield ""
    yield "| `residents_basis` | is |"
    yield "| --- | --- |"
    for basis, about in BASES.items():
        yield f"| `{basis}` | {about} |"
    yield ""
    yield "| typical size of | residents | source |"
    yield "| --- | --- | --- |"
    for size in describe_quantities(UnitSizes):
        yield f"| {size.name} | {size.default:g} | {size.source} |"


def _messages() -> Iterator[str]:
    yield "## Messages"
    yield ""
    yield 'A map carries codes with facts, `{"code": …, "facts": {…}}`; the brief puts them into words.'
    for title, messages in (("Reasons", REASONS), ("What lifts a tier", LIFTS), ("Notes", NOTES)):
        yield ""
        yield f"### {title}"
        yield ""
        yield "| code | facts |"
        yield "| --- | --- |"
        for code, facts in messages.items():
            yield f"| `{code}` | {', '.join(f'`{fact}`' for fact in facts)} |"
