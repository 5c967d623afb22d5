"""The example city: a made-up harbour city with an outbreak whose truth is known."""

from seawall.city.example.write import ExampleCity, write_example

__all__ = ["ExampleCity", "write_example"]
