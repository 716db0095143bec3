"""Numbers as text: one way to write each unit, everywhere.

Shares are written in per cent, counts in full with thousands apart, everything else with three figures.
"""

from math import isfinite

from allmende.indicator import Interval

__all__ = ["between", "change", "counted", "number", "shown_unit"]

_MINUS = "\u2212"
_LARGE = 999.5
_MANY = 10.0
_SMALL_SHARE = 0.1
_COUNTED = {"members", "contributions", "organisations", "acts", "newcomers", "works", "events"}


def number(value: float | None, unit: str) -> str:
    """A number in its unit, without the unit's name.

    >>> number(999.97, "money")
    '1,000'
    >>> number(0.4312, "share"), number(0.0123, "share"), number(12480.0, "members"), number(3.14159, "1")
    ('43%', '1.2%', '12,480', '3.14')
    """
    if value is None or not isfinite(value):
        return "\u2013"
    if unit == "share":
        decimals = 1 if 0 < abs(value) < _SMALL_SHARE else 0
        return _signed(f"{value * 100:.{decimals}f}%".replace(".0%", "%"))
    if unit in _COUNTED and (value == round(value) or abs(value) >= _MANY):
        return _signed(f"{value:,.0f}")
    if unit in _COUNTED:
        return _signed(f"{value:.2g}")
    if abs(value) >= _LARGE:
        return _signed(f"{value:,.0f}")
    return _signed(f"{value:.3g}")


def between(interval: Interval | None, unit: str) -> str:
    """An interval as text, its ends rounded like the number.

    >>> between(Interval(0.1, 0.2, 0.31), "share")
    '10 to 31%'
    """
    if interval is None:
        return ""
    low, high = number(interval.low, unit), number(interval.high, unit)
    if unit == "share":
        low = low.removesuffix("%")
    return f"{low} to {high}"


def change(interval: Interval | None, unit: str) -> str:
    r"""A difference as text, with its sign; shares differ by points.

    >>> ascii(change(Interval(-0.05, -0.02, 0.01), "share"))
    "'\\u22122 points'"
    """
    if interval is None:
        return ""
    text = number(interval.mid, unit)
    sign = "+" if interval.mid > 0 else ""
    if not any(figure in text for figure in "123456789"):
        text, sign = text.lstrip(_MINUS), ""
    if unit == "share":
        text = text.replace("%", " point" if text.lstrip(_MINUS) == "1%" else " points")
    return f"{sign}{text}"


def counted(count: int, noun: str) -> str:
    """A count with its noun.

    >>> counted(1, "month"), counted(12_480, "act")
    ('1 month', '12,480 acts')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shown_unit(unit: str) -> str:
    """The name of a unit beside its number: nothing for shares (the per cent sign says it) and plain ratios.

    >>> shown_unit("months"), shown_unit("share"), shown_unit("1")
    ('months', '', '')
    """
    return "" if unit in {"share", "1", ""} else unit


def _signed(text: str) -> str:
    return text.replace("-", _MINUS)
