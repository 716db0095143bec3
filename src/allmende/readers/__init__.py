"""Readers: plug-ins, one file each; found by folder, so nothing is listed here."""
