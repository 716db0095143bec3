"""Evaluation: what followed a past event, held against what the record before it let expect."""
