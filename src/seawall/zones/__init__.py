"""From what is seen to a `ZoneMap`, each tier with its reason; rule sets are data."""

from seawall.zones.draw import compare, draw_zones
from seawall.zones.explain import tier_from_reason
from seawall.zones.lint import forbidden_inputs
from seawall.zones.load import DEFAULT_RULES, lint_rules, load_rules, parse_rules, read_document, shipped
from seawall.zones.map import ZoneMap
from seawall.zones.messages import LIFTS, NOTES, REASONS
from seawall.zones.residents import BASES, UnitSizes
from seawall.zones.ruleset import RuleSet, Tier
from seawall.zones.seen import Seen, last_day, see

__all__ = [
    "BASES",
    "DEFAULT_RULES",
    "LIFTS",
    "NOTES",
    "REASONS",
    "RuleSet",
    "Seen",
    "Tier",
    "UnitSizes",
    "ZoneMap",
    "compare",
    "draw_zones",
    "forbidden_inputs",
    "last_day",
    "lint_rules",
    "load_rules",
    "parse_rules",
    "read_document",
    "see",
    "shipped",
    "tier_from_reason",
]
