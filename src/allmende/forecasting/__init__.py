"""Forecasting: the coming months of a community, with intervals that were checked against what happened."""
