"""Tables of a backtest: scores of each method over communities, paired by community."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from peers.forecasts import NO_TOTALS

from allmende.forecasting import scoring
from allmende.forecasting.history import MONTHLY, YEARLY

if TYPE_CHECKING:
    from backtest import Case

Numbers = NDArray[np.float64]

REFERENCE = "last year x others' change"
PRODUCT = "Allmende"
ORDER = (
    PRODUCT, "members in an environment", "level in an environment", "members, independent", "level",
    "the simulator, calibrated", "flat, last quarter", "flat, last year", "members repeat last year",
    "AutoARIMA on logs", "AutoETS",
    "AutoTheta", "BG/NBD", "seasonal naive", REFERENCE,
)  # fmt: skip
OWN = {PRODUCT, "members in an environment", "level in an environment", "members, independent", "level"}
HORIZONS = ((0, 1), (1, 3), (3, 6), (6, 12))
SIZES = ((0, 60), (60, 250), (250, 10**9))
LEVELS = (0.8, 0.95)


def tables(cases: "Sequence[Case]") -> None:
    """Print everything."""
    names = sorted({case.community for case in cases})
    print(f"{len(names)} communities, {len(cases)} forecasts of twelve months.\n")
    methods = [one for one in ORDER if one in cases[0].said]
    scores = {
        (method, outcome): [_scores(case, method, outcome) for case in cases if outcome in case.said[method]]
        for method in methods
        for outcome in (*MONTHLY, *YEARLY)
    }
    for outcome in MONTHLY:
        _monthly(methods, outcome, scores)
    for outcome in (*MONTHLY, *YEARLY):
        _yearly(methods, outcome, scores)
    _paired(methods, scores)
    _slices(methods, cases)


def _scores(case: "Case", method: str, outcome: str) -> dict[str, float]:
    paths = np.asarray(case.said[method][outcome], np.float64)
    total = paths.sum(axis=1)[:, None]
    true_total = np.array([case.year[outcome]])
    found = {"community": case.community, "level": true_total[0]}
    if outcome in MONTHLY and paths.shape[1] > 1:
        truth = case.truth[outcome]
        unit = scoring.scale(case.known.series[outcome])
        found |= {
            "crps": float(scoring.crps(paths, truth).mean()),
            "mase": float(np.abs(np.median(paths, axis=0) - truth).mean() / unit) if unit > 0 else np.nan,
        }
        found |= {f"in{level}": float(scoring.covered(paths, truth, level).mean()) for level in LEVELS}
    if method not in NO_TOTALS:
        found["year crps"] = float(scoring.crps(total, true_total)[0])
        found |= {f"year in{level}": float(scoring.covered(total, true_total, level)[0]) for level in LEVELS}
    middle = np.median(paths, axis=0).sum() if method in NO_TOTALS else np.median(total)
    found["error"] = float(np.log((middle + 1) / (true_total[0] + 1)))
    return found


def _by(rows: Sequence[Mapping[str, float]], field: str) -> Numbers:
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        sums[str(row["community"])] += row[field]
    return np.array([sums[name] for name in sorted(sums)])


def _monthly(methods: Sequence[str], outcome: str, scores: Mapping[tuple[str, str], list]) -> None:
    print(f"### {outcome}, by month\n")
    print("| method | CRPS / seasonal naive | MASE | 80 % | 95 % | bias of the year |")
    print("|---|---|---|---|---|---|")
    naive = _by(scores["seasonal naive", outcome], "crps")
    told = []
    for method in methods:
        rows = scores[method, outcome]
        if not rows or "crps" not in rows[0] or _same(method, outcome):
            continue
        ratio = scoring.geometric_ratio(_by(rows, "crps"), naive)
        told.append((ratio, method, rows))
    for ratio, method, rows in sorted(told, key=lambda one: one[0]):
        mase = np.nanmedian([row["mase"] for row in rows])
        inside = [np.mean([row[f"in{level}"] for row in rows]) for level in LEVELS]
        bias = 100 * np.expm1(np.median([row["error"] for row in rows]))
        print(
            f"| {_bold(method)} | {ratio:.3f} | {mase:.2f} | {inside[0]:.2f} | {inside[1]:.2f} "
            f"| {bias:+.0f} % |"
        )
    print()


def _yearly(methods: Sequence[str], outcome: str, scores: Mapping[tuple[str, str], list]) -> None:
    print(f"### {outcome}, {'the year' if outcome in YEARLY else 'total of the year'}\n")
    print("| method | CRPS / y, median | CRPS / reference class (95 %) | 80 % | 95 % | bias | error |")
    print("|---|---|---|---|---|---|---|")
    reference = _by(scores[REFERENCE, outcome], "year crps")
    for method in methods:
        rows = scores[method, outcome]
        if not rows or "year crps" not in rows[0] or _same(method, outcome):
            continue
        share = np.median([row["year crps"] / (row["level"] + 1) for row in rows])
        ratio, low, high = scoring.paired_ratio(_by(rows, "year crps"), reference)
        inside = [np.mean([row[f"year in{level}"] for row in rows]) for level in LEVELS]
        errors = np.array([row["error"] for row in rows])
        bias, size = 100 * np.expm1(np.median(errors)), 100 * np.expm1(np.median(np.abs(errors)))
        print(
            f"| {_bold(method)} | {share:.3f} | {ratio:.3f} ({low:.3f} to {high:.3f}) | {inside[0]:.2f} "
            f"| {inside[1]:.2f} | {bias:+.0f} % | {size:.0f} % |"
        )
    print()


def _paired(methods: Sequence[str], scores: Mapping[tuple[str, str], list]) -> None:
    print("### Allmende against each, CRPS by month, paired by community\n")
    print("| against | " + " | ".join(MONTHLY) + " |")
    print("|---|" + "---|" * len(MONTHLY))
    for method in methods:
        if method == PRODUCT or "crps" not in scores[method, MONTHLY[0]][0]:
            continue
        cells = []
        for outcome in MONTHLY:
            if _same(method, outcome):
                cells.append("the same")
                continue
            mine, theirs = (_by(scores[one, outcome], "crps") for one in (PRODUCT, method))
            ratio, low, high = scoring.paired_ratio(mine, theirs)
            cells.append(f"{ratio:.3f} ({low:.3f} to {high:.3f}), better in {int((mine < theirs).sum())}")
        print(f"| {method} | " + " | ".join(cells) + " |")
    print()


def _slices(methods: Sequence[str], cases: "Sequence[Case]") -> None:
    print("### CRPS / seasonal naive by horizon and by size (members active in a year)\n")
    heads = [f"months {a + 1}-{b}" for a, b in HORIZONS]
    heads += [f"{'over ' + str(a) if b > 10**6 else f'{a} to {b}'} members" for a, b in SIZES]
    print("| outcome, method | " + " | ".join(heads) + " |")
    print("|---|" + "---|" * len(heads))
    for outcome in MONTHLY:
        for method in methods:
            if method not in {PRODUCT, "members in an environment", "level in an environment",
                              "flat, last quarter", "AutoARIMA on logs"}:  # fmt: skip
                continue
            if _same(method, outcome):
                continue
            cells = [_ratio(cases, method, outcome, months=months) for months in HORIZONS]
            cells += [_ratio(cases, method, outcome, size=size) for size in SIZES]
            print(f"| {outcome}, {method} | " + " | ".join(cells) + " |")
    print()


def _ratio(
    cases: "Sequence[Case]", method: str, outcome: str, *, months: tuple[int, int] = (0, 12),
    size: tuple[int, int] = (0, 10**9),
) -> str:  # fmt: skip
    here = slice(*months)
    sums: dict[str, Numbers] = defaultdict(lambda: np.zeros(2))
    for case in cases:
        known = case.known
        active = len(np.unique(known.member[known.month >= known.stop - 12]))
        if size[0] <= active < size[1]:
            sums[case.community] += [
                scoring.crps(np.asarray(case.said[one][outcome], np.float64), case.truth[outcome])[here].sum()
                for one in (method, "seasonal naive")
            ]
    both = np.array(list(sums.values()))
    return f"{scoring.geometric_ratio(both[:, 0], both[:, 1]):.3f}"


def _same(method: str, outcome: str) -> bool:
    """Whether a method says what another one says of this outcome.

    Newcomers come from the level part alone, figures of a whole year from the members part.
    """
    if outcome in YEARLY:
        return "level" in method or method == "members in an environment"
    return outcome == "newcomers" and method in {
        "members in an environment",
        "level in an environment",
        "members, independent",
    }


def _bold(method: str) -> str:
    return f"**{method}**" if method in OWN else method
