"""The city played forward, every resident: measures in, the tables a city emits out, and beside them the truth."""

from seawall.twin.begin import Beginning, nobody, seeded
from seawall.twin.behaviour import Behaviour
from seawall.twin.city_map import capacity_of, map_of
from seawall.twin.outcome import Outcome, Runs
from seawall.twin.rates import LayerWeights
from seawall.twin.simulate import Scenario, new_run, play, simulate
from seawall.twin.world import World, world_of

__all__ = [
    "Beginning",
    "Behaviour",
    "LayerWeights",
    "Outcome",
    "Runs",
    "Scenario",
    "World",
    "capacity_of",
    "map_of",
    "new_run",
    "nobody",
    "play",
    "seeded",
    "simulate",
    "world_of",
]
