"""From reports to a `Situation`: delays, nowcast, reproduction number, alarms, spread, forecast."""
