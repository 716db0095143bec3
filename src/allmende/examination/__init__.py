"""Examination: the claims of the theory, tried over what is believed about the parameters."""
