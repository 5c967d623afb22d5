"""The city played forward, every resident: measures in, the tables a city emits out, and beside them the truth."""
