"""The rule sets of zones that strategies name, for the commands that play them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seawall.city import City
    from seawall.measures import Ground, Strategy, Zoning
    from seawall.twin.study import RuleSets
    from seawall.zones import RuleSet


def rule_sets(strategies: Mapping[str, Strategy], city: City) -> RuleSets | None:
    """The rule sets that the strategies draw zones by; every fault of every one is told."""
    drawn = {strategy.zoning.rules: strategy for strategy in strategies.values() if strategy.zoning is not None}
    if not drawn:
        return None
    from seawall.core import Fault, InvalidInput
    from seawall.twin.study import RuleSets
    from seawall.zones import load_rules
    from seawall.zones.in_loop import zoning_of

    found: dict[str, RuleSet] = {}
    faults: list[Fault] = []
    for name in drawn:
        try:
            found[name] = load_rules(name)
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s) with the rule sets; nothing was run.", faults)

    def zoning(strategy: Strategy, ground: Ground) -> Zoning:
        assert strategy.zoning is not None
        return zoning_of(found[strategy.zoning.rules], ground, city.areas, level=strategy.zoning.level)

    return RuleSets(
        zoning=zoning,
        tiers={name: tuple(tier.code for tier in rules.tiers) for name, rules in found.items()},
        text={name: repr(rules) for name, rules in found.items()},
    )
