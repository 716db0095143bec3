"""Forecast file: a forecast as JSON for other programs."""

from importlib.metadata import version
from typing import Any

from allmende.forecasting.forecast import LEVELS, Forecast
from allmende.forecasting.history import MONTHLY, YEARLY
from allmende.months import MONTHS_A_YEAR, text

__all__ = ["forecast_json"]

FORMAT, VERSION = "allmende.forecast", 1


def forecast_json(told: Forecast, *, command: str = "") -> str:
    """The forecast as JSON text; fields are only ever added.

    `monthly` has for each outcome its middle, the ends of its intervals, and what happened as far as it is
    known; `year` the same for the first year; `backtest` the years that were tried.

    Args:
        told: The forecast.
        command: The command that makes it again.
    """
    import msgspec

    past = told.reliability
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "origin": "forecast",
        "command": command,
        "made_by": f"allmende {version('allmende')}",
        "community": told.name,
        "seed": told.seed,
        "months": [text(told.start + place) for place in range(told.months)],
        "monthly": {name: _monthly(told, name) for name in MONTHLY},
        "year": {name: _year(told, name) for name in (*MONTHLY, *YEARLY)},
        "last_year": dict(told.last),
        "backtest": None
        if past is None
        else {
            "skill": dict(past.skill),
            "months_inside": dict(past.months_inside),
            "years": [
                {
                    "start": text(one.start),
                    "low": one.low,
                    "mid": one.mid,
                    "high": one.high,
                    "happened": one.truth,
                }
                for one in past.hindcasts
            ],
        },
        "notes": list(told.notes),
    }
    return msgspec.json.encode(said).decode() + "\n"


def _monthly(told: Forecast, name: str) -> dict[str, Any]:
    ends = {f"{level:.0%}": told.band(name, level) for level in LEVELS}
    return {
        "mid": next(iter(ends.values()))[1].tolist(),
        "intervals": {
            level: {"low": low.tolist(), "high": high.tolist()} for level, (low, _, high) in ends.items()
        },
        "happened": told.truth[name].tolist(),
    }


def _year(told: Forecast, name: str) -> dict[str, Any]:
    scored = told.true_year and told.months >= MONTHS_A_YEAR
    return {
        "mid": told.year(name).mid,
        "intervals": {
            f"{level:.0%}": {"low": told.year(name, level).low, "high": told.year(name, level).high}
            for level in LEVELS
        },
        "happened": told.true_year[name] if scored else None,
    }
