"""Benchmarks: ``./seawall bench`` lists them."""
