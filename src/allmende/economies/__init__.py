"""Economies: each module is one plug-in of kind "economy"."""
