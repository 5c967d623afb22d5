"""Every resident of a city, made from its folder: who lives with whom, who spends the day where, who meets whom."""

from seawall.city.synth.contacts import Contacts
from seawall.city.synth.matrix import contact_matrix
from seawall.city.synth.people import People
from seawall.city.synth.synthesise import synthesise

__all__ = ["Contacts", "People", "contact_matrix", "synthesise"]
