"""Alarms: counts that stand out from what was to be expected."""
