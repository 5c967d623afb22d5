"""Sentences written by rules from the numbers: each rule is a pure function of the tables behind the brief."""

from seawall.brief.sentences.ahead import say_forecast, say_track_record
from seawall.brief.sentences.changed import say_alarms, say_care, say_control, say_crossings, say_reports, say_week
from seawall.brief.sentences.earlies import say_earlies
from seawall.brief.sentences.gaps import say_completeness, say_missing, say_notes, say_recent_days
from seawall.brief.sentences.sure import say_pace, say_reproduction, say_trend
from seawall.brief.sentences.where import say_districts, say_places
from seawall.brief.sentences.zoning import say_rules, say_smaller, say_zone_changes, say_zones

__all__ = [
    "say_alarms",
    "say_care",
    "say_completeness",
    "say_control",
    "say_crossings",
    "say_districts",
    "say_earlies",
    "say_forecast",
    "say_missing",
    "say_notes",
    "say_pace",
    "say_places",
    "say_recent_days",
    "say_reports",
    "say_reproduction",
    "say_rules",
    "say_smaller",
    "say_track_record",
    "say_trend",
    "say_week",
    "say_zone_changes",
    "say_zones",
]
