"""How infection runs in one person and passes to the next; the catalogue of pathogens."""
