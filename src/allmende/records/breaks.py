"""Breaks: months at which the record itself changed, not (only) the community (`evidence.md` L2, E24).

Three marks. Import: very many acts of a long time were entered within a day. Rewrite: acts of a
long stretch were all entered much later, within a short time. Move or split: from one
half-year to the next the members a month halve or more than double at one step, beyond
anything the record does elsewhere. A break says what was seen; what happened the record does not know.
"""

import numpy as np
from numpy.typing import NDArray

from allmende.community import Break
from allmende.events import Events
from allmende.months import MICROSECONDS_A_DAY, day_numbers, month_numbers, text

__all__ = ["breaks_of"]

BULK = 500
BULK_SHARE = 0.02
LONG_DAYS = 180
LATE_DAYS = 30
WINDOW = 6
FEWEST_MEMBERS = 12
FEWEST_BEFORE = 6
FALL, RISE = 2.0, 2.2


def breaks_of(events: Events, people: NDArray[np.bool_]) -> tuple[Break, ...]:
    """The breaks of a record.

    Args:
        events: The events.
        people: For each event, whether it counts: not a program's.
    """
    return (*_imports(events), *_steps(events, people))


def _imports(events: Events) -> list[Break]:
    late = np.flatnonzero(events.recorded - events.at > LATE_DAYS * MICROSECONDS_A_DAY)
    if len(late) < BULK:
        return []
    days, index, counts = np.unique(
        day_numbers(events.recorded[late]), return_inverse=True, return_counts=True
    )
    found = []
    for number in np.flatnonzero(counts >= max(BULK, BULK_SHARE * len(events))):
        made = day_numbers(events.at[late[index == number]])
        first, last = np.quantile(made, (0.01, 0.99)).astype(np.int64)
        month = int(month_numbers(np.array([days[number] * MICROSECONDS_A_DAY]))[0])
        # What was entered when the record began came from elsewhere; later, the record was written anew.
        kind = (
            "import"
            if last - first >= LONG_DAYS and made.min() <= day_numbers(events.at[:1])[0]
            else "rewrite"
        )
        day = np.datetime64(int(days[number]), "D")
        span = f"{np.datetime64(int(first), 'D')} to {np.datetime64(int(last), 'D')}"
        found.append(Break(month, kind, f"{counts[number]:,} acts of {span} were all entered on {day}"))
    return found


def _steps(events: Events, people: NDArray[np.bool_]) -> list[Break]:
    first, active = _members_a_month(events, people)
    if len(active) < 2 * WINDOW + 1:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(active, WINDOW)
    before, after = windows[:-WINDOW], windows[WINDOW:]
    low, high = np.median(before, axis=1), np.median(after, axis=1)
    enough = np.maximum(low, high) >= FEWEST_MEMBERS
    ratio = np.log2(np.maximum(high, 0.5) / np.maximum(low, 0.5))
    apart = (after.max(axis=1) < before.min(axis=1)) | (after.min(axis=1) > before.max(axis=1))
    at, ahead = active[WINDOW : -WINDOW + 1], active[WINDOW - 1 : -WINDOW]
    sharp = np.abs(np.log2(np.maximum(at, 0.5) / np.maximum(ahead, 0.5)))
    fell = ratio <= -np.log2(FALL)
    # From next to nothing to many is the start of a community, not a break of its record.
    rose = (ratio >= np.log2(RISE)) & (low >= FEWEST_BEFORE)
    step = enough & apart & (fell | rose) & (sharp >= 1 / 2)
    size = np.where(step, np.abs(ratio) + sharp / 100, 0)
    return [
        _step(int(first + index + WINDOW), low[index], high[index])
        for index in np.flatnonzero(step)
        if size[index] == size[max(0, index - WINDOW) : index + WINDOW + 1].max()
    ]


def _step(month: int, before: float, after: float) -> Break:
    kind, word = ("split", "fell") if after < before else ("move", "rose")
    note = (
        f"members a month {word} from {before:.0f} to {after:.0f} "
        f"(half-years before and from {text(month)}); the record does not say why: "
        "parts may have been moved out or in"
    )
    return Break(month, kind, note)


def _members_a_month(events: Events, people: NDArray[np.bool_]) -> tuple[int, NDArray[np.int64]]:
    month = month_numbers(events.at[people]).astype(np.int64)
    if not len(month):
        return 0, np.zeros(0, np.int64)
    # Clock faults make months of centuries: what lies outside the middle of the acts is left out.
    low = int(np.quantile(month, 0.001, method="higher"))
    high = max(low, int(np.quantile(month, 0.999, method="lower")))
    inside = (month >= low) & (month <= high)
    pairs = np.unique((month[inside] - low) * len(events.members) + events.member[people][inside])
    return low, np.bincount(pairs // len(events.members), minlength=high - low + 1)
