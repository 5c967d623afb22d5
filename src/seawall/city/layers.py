"""The layers in which people meet, the stages of school, the groups watched by their job: one word for one thing.

The numbers are indices into the arrays of the synthesis and the twin; never renumber, add at the end.
"""

from __future__ import annotations

HOUSEHOLD, SCHOOL, WORK, CARE_HOME, COMMUNITY, TRANSPORT, PUBLIC, HOSPITAL, QUARANTINE_SITE, CLOSED_LOOP = range(10)

LAYERS = (
    "household",
    "school",
    "work",
    "care_home",
    "community",
    "transport",
    "public",
    "hospital",
    "quarantine_site",
    "closed_loop",
)
"""Where people meet, by index."""

MIXING = (COMMUNITY, TRANSPORT, PUBLIC)
"""Layers in which a contact is whoever happens to be there; the others are places with members."""

STAGES = ("kindergarten", "primary", "middle", "high", "university")
"""Stages of school, by index."""

KEY_GROUPS = ("port", "cold_chain", "quarantine_hotel", "medical", "courier", "market", "public_facing")
"""Groups of workers watched by their job, by index."""

AGE_CLASS_FROM = (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75)
"""First age of each class in which contacts are counted; the last is open."""

OLDEST = 100
"""Ages run from 0 to this, which stands for it and all above."""

NOWHERE = 0xFFFFFFFF
"""Daily place of who has none."""

NONE = 0xFF
"""Stage, sector or group of a place that has none."""
