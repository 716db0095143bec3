"""Conditions: what would have to be true for an effect to be there, to vanish, or to turn its sign."""
