"""Figures of the brief: inline SVG whose text stays text, set in the font the brief carries."""
