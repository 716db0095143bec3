"""Indicators: plug-ins, one file a family; found by folder, so nothing is listed here."""
