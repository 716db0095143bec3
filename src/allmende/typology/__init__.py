"""Typology: which of the three economies a community is, when, and on what evidence.

A placement is a dated state, not a nature. Facts and measurements are read through a codebook of ten
criteria; value capture decides first, then infrastructure and decision rights, then the object; who
began never decides alone. Where the deciding facts are missing the answer is "undetermined", and where
they contradict each other it is "conflict".
"""
