"""Patterns: does the law describe what these people did? Checks that can fail.

Figures that no parameter was fitted to are taken from the record and from worlds in which the same people
follow the law (posterior predictive checks; Gelman, Meng and Stern 1996):

    stopping hazard by ordinal    who stopped after the n-th active day, of those who had one (B3)
    return curve                  who came back within a year, of those silent for g months (B15)
    retention of cohorts          who acted again 1-6, 7-12, 13-24 months after joining (B6)
    Lorenz                        the share of active days of the busiest tenth (A21)
    spells                        active days in an active month

A pattern is missed when the record lies outside what the worlds show (99 % of them) *and* is away from
their middle by more than `TOLERANCE`: with very many members any law differs from any record.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.worlds import Cells, imagined

__all__ = ["TOLERANCE", "Pattern", "compared", "figures"]

Numbers = NDArray[np.float64]

TOLERANCE = 0.2
_ORDINALS = ((1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 32))
_GAPS = (3, 6, 12, 24)
_SPANS = ((1, 6), (7, 12), (13, 24))
_GONE = 12
_FEWEST = 20
_OUTSIDE = 0.005
_MOST_MEMBERS = 4_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """A figure of the record against the law.

    Args:
        name: What it is.
        observed: In the record.
        low: Lower end of what 99 % of the law's worlds show.
        middle: Their median.
        high: Upper end.
    """

    name: str
    observed: float
    low: float
    middle: float
    high: float

    @property
    def missed(self) -> bool:
        """Whether the law does not show it."""
        outside = self.observed < self.low or self.observed > self.high
        return outside and abs(self.observed - self.middle) > TOLERANCE * max(self.middle, 0.02)

    @property
    def told(self) -> str:
        """The figure against the law in words."""
        return f"{self.name}: {self.observed:.3g} in the record, {self.middle:.3g} by the law"


def compared(cells: Cells, laws: Numbers, *, seed: int) -> tuple[Pattern, ...]:
    """Every pattern for which the record has enough members.

    Args:
        cells: What the members did.
        laws: Draws of r, alpha, a, b: one world each. float64[worlds, 4].
        seed: Seed of the worlds.
    """
    some = _thinned(cells)
    found, counted = figures(some)
    worlds = np.array(
        [figures(imagined(some.seen, law, seed=seed, replicate=k))[0] for k, law in enumerate(laws)]
    )
    patterns = []
    for place, name in enumerate(_names()):
        shown = worlds[np.isfinite(worlds[:, place]), place]
        if counted[place] < _FEWEST or len(shown) < len(laws) // 2:
            continue
        low, middle, high = (float(one) for one in np.quantile(shown, (_OUTSIDE, 0.5, 1 - _OUTSIDE)))
        # Quantiles of few worlds end inside; the spread tells where the rest would lie.
        wide = 2.8 * float(shown.std())
        patterns.append(
            Pattern(
                name, float(found[place]), min(low, middle - wide), middle,
                max(high, middle + wide),
            )
        )  # fmt: skip
    return tuple(patterns)


def figures(cells: Cells) -> tuple[Numbers, Numbers]:
    """The figures, in the order of their names, and how many members or silences each rests on."""
    size = len(cells.seen)
    total = np.bincount(cells.who, cells.days, size).astype(np.float64)
    last = np.zeros(size, np.int64)
    last[cells.who] = cells.month
    gone = cells.seen - 1 - last >= _GONE
    rows = [_hazard(total, gone, low, high) for low, high in _ORDINALS]
    rows += [_returned(cells, last, gap) for gap in _GAPS]
    rows += [_retained(cells, low, high) for low, high in _SPANS]
    ordered = np.sort(total)[::-1]
    rows.append((ordered[: max(1, size // 10)].sum() / max(ordered.sum(), 1.0), size))
    rows.append((total.sum() / max(len(cells.who), 1), size))
    table = np.array(rows, np.float64)
    return table[:, 0], table[:, 1]


def _names() -> tuple[str, ...]:
    def span(low: int, high: int) -> str:
        return str(low) if low == high else f"{low}-{high}"

    return (
        *(f"stopping after active day {span(low, high)}" for low, high in _ORDINALS),
        *(f"back within a year after {gap} silent months" for gap in _GAPS),
        *(f"active again {low}-{high} months after joining" for low, high in _SPANS),
        "share of active days of the busiest tenth",
        "active days in an active month",
    )


def _hazard(total: Numbers, gone: NDArray[np.bool_], low: int, high: int) -> tuple[float, float]:
    stops = float((gone & (total >= low) & (total <= high)).sum())
    # Of who is not known to have gone, the last day may or may not have been the last.
    reached = np.where(gone, total, total - 1)
    trials = float(np.clip(np.minimum(reached, high) - low + 1, 0, None).sum())
    return (stops / trials if trials else np.nan), trials


def _returned(cells: Cells, last: NDArray[np.int64], gap: int) -> tuple[float, float]:
    same = cells.who[1:] == cells.who[:-1]
    silent = np.diff(cells.month)[same]
    known = cells.seen[cells.who[:-1][same]] - cells.month[:-1][same] > gap + _GONE
    at_risk = float(((silent > gap) & known).sum())
    back = float(((silent > gap) & (silent <= gap + _GONE) & known).sum())
    at_risk += float((cells.seen - last > gap + _GONE).sum())
    return (back / at_risk if at_risk else np.nan), at_risk


def _retained(cells: Cells, low: int, high: int) -> tuple[float, float]:
    known = cells.seen > high
    acted = np.zeros(len(cells.seen), bool)
    acted[cells.who[(cells.month >= low) & (cells.month <= high)]] = True
    return (float(acted[known].mean()) if known.any() else np.nan), float(known.sum())


def _thinned(cells: Cells) -> Cells:
    every = -(-len(cells.seen) // _MOST_MEMBERS)
    if every <= 1:
        return cells
    kept = cells.who % every == 0
    return Cells(cells.who[kept] // every, cells.month[kept], cells.days[kept], cells.seen[::every])
