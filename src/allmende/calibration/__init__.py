"""Calibration: a member model fitted to a community's own record, and what the fit is worth."""
