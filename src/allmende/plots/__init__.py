"""Plots: Vega-Lite specifications as plain dictionaries.

A plot computes nothing: it receives rows and says how they are drawn. Every title says whether the rows were
observed or simulated.
"""

__all__: list[str] = []
