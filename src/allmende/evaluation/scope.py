"""Scope: when the event was, and whether the record can be asked about it at all."""

from collections.abc import Sequence
from datetime import date

from allmende.community import Break
from allmende.errors import AllmendeError, OutOfRangeError, TooFewError
from allmende.evaluation.expected import Window
from allmende.forecasting.history import History
from allmende.forecasting.sufficient import LEAST_MONTHS, usable
from allmende.months import MONTHS_A_YEAR, parse, text

__all__ = ["LEAST_AFTER", "moment_of", "refuse", "steps", "window_of"]

LEAST_AFTER = 6
_MONTH = len("2024-03")
_LATE = 15
_NEAR = 6
_RECOUNTED = ("regime", "import", "rewrite")


def moment_of(event: str) -> tuple[int, int]:
    """The month of an event, and how many months after it counting begins: 1 where the day is late.

    Raises:
        AllmendeError: it is no day and no month.

    >>> moment_of("2024-03-20"), moment_of("2024-03"), moment_of("2024-03-02")
    ((650, 1), (650, 0), (650, 0))
    """
    written = event.strip()
    try:
        day = date.fromisoformat(f"{written}-01" if len(written) == _MONTH else written)
        return parse(written), int(day.day > _LATE)
    except (ValueError, AllmendeError):
        raise AllmendeError(
            f"'{event}' is not the date of an event", expected="a day such as 2024-03-20, or a month, 2024-03"
        ) from None


def window_of(history: History, event: str, *, outcome: str, months: int) -> Window:
    """The months after an event, as many as were asked for and are known.

    Raises:
        AllmendeError: the event is no date.
        OutOfRangeError: it lies outside the record.
    """
    month, late = moment_of(event)
    if not history.start <= month < history.stop:
        raise OutOfRangeError(
            f"an event in {text(month)} was asked about",
            expected=f"a month inside the record, which knows {text(history.start)} to "
            f"{text(history.stop - 1)} completely",
        )
    return Window(month, month + late, min(month + late + months, history.stop), outcome)


def refuse(history: History, window: Window, breaks: Sequence[Break], name: str) -> None:
    """Refuse what cannot be told.

    Raises:
        TooFewError: the record is too short before or after the event, or counts something else after it;
            the error carries the ratio of the months after to as many before, not to be trusted.
    """
    lacks = _short(history, window) or _recounted(window, breaks)
    if lacks is None:
        return
    estimate = _plain_ratio(history, window)
    said = "" if estimate is None else f"; months after over months before would say {estimate:.2f}"
    raise TooFewError(
        f"what followed {text(window.known)} in '{name}' cannot be told: {lacks[0]}{said}",
        estimate=estimate,
        expected=f"{LEAST_MONTHS} months before the event and {LEAST_AFTER} after it, counted in one way",
        next_step=lacks[1],
    )


def steps(window: Window, breaks: Sequence[Break]) -> tuple[Break, ...]:
    """Steps of the record near the event: parts may have been moved in or out."""
    return tuple(
        one
        for one in breaks
        if one.kind not in _RECOUNTED and window.known - _NEAR <= one.month < window.stop
    )


def _short(history: History, window: Window) -> tuple[str, str] | None:
    after = window.stop - window.start
    if after < LEAST_AFTER:
        return (
            f"{after} of the months after it {'is' if after == 1 else 'are'} known completely",
            f"Come back in {text(window.start + LEAST_AFTER + 1)}.",
        )
    if not usable(history.until(window.known)):
        known = window.known - history.start
        return (
            f"{known} months are known before it"
            if known < LEAST_MONTHS
            else "too few members were active in the twelve months before it",
            "Read what it grew out of with it: a fork's origin, the repository or wiki from before a move.",
        )
    return None


def _recounted(window: Window, breaks: Sequence[Break]) -> tuple[str, str] | None:
    for one in breaks:
        # After a change of attribution what lies before is left out, and two years must be left.
        reach = LEAST_MONTHS if one.kind == "regime" else MONTHS_A_YEAR
        if one.kind in _RECOUNTED and window.known - reach < one.month < window.stop:
            return (
                f"the record itself changed in {text(one.month)} ({one.kind}: {one.note})",
                "Read a record that counts in one way through the event, such as the one imported from.",
            )
    return None


def _plain_ratio(history: History, window: Window) -> float | None:
    series = history.series[window.outcome]
    after = window.observed(history)
    before = series[max(0, window.known - history.start - MONTHS_A_YEAR) : window.known - history.start]
    if not len(after) or not before.any():
        return None
    return float(after.mean() / before.mean())
