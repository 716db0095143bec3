"""Allmende: a policy laboratory for peer production.

Verbs are functions: `read`, `measure`, `report`, ... Importing the package does nothing and is
light; each verb is imported when it is first used.
"""

import importlib

__all__ = [
    "calibrate",
    "claims",
    "compare",
    "evaluate",
    "explore",
    "forecast",
    "measure",
    "place",
    "read",
    "report",
    "simulate",
    "sweep",
]
__version__ = "0.1.0"

_VERBS = {
    "calibrate": "allmende.calibration.fitting",
    "claims": "allmende.examination.examining",
    "compare": "allmende.comparison",
    "evaluate": "allmende.evaluation.evaluating",
    "explore": "allmende.conditions.exploring",
    "forecast": "allmende.forecasting.forecast",
    "measure": "allmende.measurement",
    "place": "allmende.typology.placing",
    "read": "allmende.reading",
    "report": "allmende.reports",
    "simulate": "allmende.simulation",
    "sweep": "allmende.sweeps",
}


def __getattr__(name: str) -> object:
    if name == "policies":
        return importlib.import_module("allmende.policies")
    if name not in _VERBS:
        raise AttributeError(f"module 'allmende' has no attribute '{name}'")
    return getattr(importlib.import_module(_VERBS[name]), name)


def __dir__() -> list[str]:
    return sorted({*__all__, "__version__", "policies"})
