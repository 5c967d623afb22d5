"""From a `Situation` to a `ZoneMap`, each tier with its reason; rule sets are data."""
