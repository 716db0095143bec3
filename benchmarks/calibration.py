"""Calibration, checked: `python -P benchmarks/calibration.py [part ...]`: tables of `docs/calibration.md`.

    recovery    200 invented communities: do intervals hold the truth as often as they say?
    ranks       simulation-based calibration: are ranks of the truth among draws uniform?
    misfit      communities of other laws: is a flag raised? Of the law itself: is none?
    speed       seconds by number of members
    records     the logs beside the project, where they are: laws, rivals, patterns
    starts      worlds of these communities against the year that followed

Sizes: `--sets N` (recovery, ranks, misfit), `--every N` (one in so many logs). Without a part, all but
the last two are run.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
# Last, so that scripts of this folder hide no installed package.
sys.path.append(str(Path(__file__).resolve().parent))

import careers as invented
from allmende.calibration.careers import Careers, grouped
from allmende.calibration.fitting import calibrate
from allmende.calibration.lawfit import PRIORS, draw_law, fit_law
from allmende.calibration.likelihood import NAMES, log_likelihood
from allmende.calibration.rivals import rivals
from allmende.errors import TooFewError

Numbers = NDArray[np.float64]
LEVELS = {0.5: 0.6744897501960817, 0.8: 1.2815515655446004, 0.95: 1.959963984540054}
MONTHS = 60
DRAWS = 255
BINS = 32


def truths(count: int, seed: int) -> Numbers:
    """Laws drawn from the priors of the calibration. float64[count, 4]."""
    luck = np.random.default_rng(seed)
    medians, spreads = zip(*(PRIORS[name] for name in NAMES), strict=True)
    logs = np.log(medians) + np.array(spreads) * luck.standard_normal((count, len(NAMES)))
    return np.exp(np.clip(logs, np.log([0.005, 1e-4, 0.01, 0.005]), np.log([20.0, 500.0, 20.0, 200.0])))


def told(sets: int, share: float, level: float) -> str:
    """A coverage, and whether it lies in the binomial 99 % band."""
    from scipy.stats import binom

    low, high = binom.ppf([0.005, 0.995], sets, level) / sets
    mark = "" if low <= share <= high else " **out**"
    return f"{share:.3f} ({low:.2f} to {high:.2f}){mark}"


def recovery(sets: int) -> None:
    """Coverage of central intervals of the draws, and of Wald intervals of maximum likelihood, by size."""
    print(f"\nRecovery of {sets} laws, drawn from the priors, from records of {MONTHS} months. Here is")
    print("the coverage of intervals, with the binomial 99 % band of exact ones: of draws, and of")
    print("maximum likelihood give or take standard errors of the logarithm.\n")
    print("| members | interval | parameter | 50 % | 80 % | 95 % | median error, in standard errors |")
    print("|---:|---|---|---|---|---|---:|")
    laws = truths(sets, 1)
    for members in (300, 3_000):
        away, within = [], []
        for number, law in enumerate(laws):
            made, _ = invented.careers(members, MONTHS, tuple(law.tolist()), 10_000 + number)
            fit = fit_law(grouped(made))
            away.append((fit.logs - np.log(law)) / fit.errors)
            within.append((draw_law(fit, DRAWS, seed=number) < law).mean(axis=0))
        table, shares = np.array(away), np.array(within)
        for place, name in enumerate(NAMES):
            u = np.abs(2 * shares[:, place] - 1)
            held = [told(sets, float((u <= level).mean()), level) for level in LEVELS]
            print(f"| {members:,} | draws | {name} | {' | '.join(held)} | |")
        for place, name in enumerate(NAMES):
            held = [told(sets, float((np.abs(table[:, place]) <= z).mean()), q) for q, z in LEVELS.items()]
            middle = float(np.median(table[:, place]))
            print(f"| {members:,} | likelihood | {name} | {' | '.join(held)} | {middle:+.2f} |")


def ranks(sets: int) -> None:
    """SBC: prior, record, draws, rank; also of the log-likelihood and of the share that is gone."""
    from scipy.stats import chi2, kstest

    members = 400
    laws, found, luck = truths(sets, 2), [], np.random.default_rng(3)
    for number, law in enumerate(laws):
        made, _ = invented.careers(members, MONTHS, tuple(law.tolist()), 50_000 + number)
        groups = grouped(made)
        draws = np.log(draw_law(fit_law(groups), DRAWS, seed=number))
        true = np.log(law)
        heights = np.array([log_likelihood(groups, one)[0] for one in draws])
        tail = draws[:, 2] - np.logaddexp(draws[:, 2], draws[:, 3])
        ranked = [_rank(draws[:, place], true[place], luck) for place in range(len(NAMES))]
        ranked.append(_rank(heights, log_likelihood(groups, true)[0], luck))
        ranked.append(_rank(tail, true[2] - np.logaddexp(true[2], true[3]), luck))
        found.append(ranked)
    table = np.array(found)
    print(f"\nSimulation-based calibration: {sets} laws from the priors, {members} members, {MONTHS} months,")
    print(
        f"{DRAWS} draws each. Chi-square over {BINS} bins and Kolmogorov-Smirnov; alarm at 0.001 by Holm.\n"
    )
    print("| quantity | p of chi-square | p of KS | mean rank (0.5) | shape |")
    print("|---|---:|---:|---:|---|")
    p_values = []
    for place, name in enumerate((*NAMES, "log-likelihood", "a / (a + b)")):
        u = (table[:, place] + 0.5) / (DRAWS + 1)
        counts = np.histogram(u, BINS, (0, 1))[0]
        square = float(((counts - sets / BINS) ** 2 / (sets / BINS)).sum())
        both = (float(chi2.sf(square, BINS - 1)), float(kstest(u, "uniform").pvalue))
        p_values += both
        spread = float(((u - 0.5) ** 2).mean() * 12)
        shape = "cup: draws too narrow" if spread > 1.1 else "cap: draws too wide" if spread < 0.9 else "flat"
        print(f"| {name} | {both[0]:.3f} | {both[1]:.3f} | {u.mean():.3f} | {shape} ({spread:.2f}) |")
    print(f"\nLeast p after Holm: {min(min(p_values) * len(p_values), 1.0):.4f}.")
    _power(sets)


def _rank(draws: Numbers, truth: float, luck: np.random.Generator) -> int:
    """Of how many draws the truth lies above; equal ones by lot."""
    return int((draws < truth).sum() + luck.integers(0, int((draws == truth).sum()) + 1))


def _power(sets: int) -> None:
    """How often draws that are wrong in a known way would be seen with so many sets."""
    from scipy.stats import kstest, norm

    luck, seen = np.random.default_rng(4), Counter[str]()
    for _ in range(200):
        z = luck.standard_normal(sets)
        for name, u in {"width x 0.9": norm.cdf(z / 0.9), "shift of 0.1 sd": norm.cdf(z + 0.1)}.items():
            counts = np.histogram(u, BINS, (0, 1))[0]
            from scipy.stats import chi2

            square = float(((counts - sets / BINS) ** 2 / (sets / BINS)).sum())
            seen[name] += min(chi2.sf(square, BINS - 1), kstest(u, "uniform").pvalue) < 0.001 / 12
    power = ", ".join(f"{name} in {count / 2:.0f} of 100" for name, count in sorted(seen.items()))
    print(f"Power with {sets} sets: {power}.")


def misfit(sets: int) -> None:
    """Other laws must raise a flag, the law itself seldom."""
    from test_calibration_checks import misfitting

    worlds: dict[str, Callable[[int], NDArray[np.int64]]] = {
        "the law itself": lambda n: invented.monthly_days(500, MONTHS, (0.4, 0.5, 0.8, 0.5), n)[0],
        "a fixed half-year, or once": lambda n: misfitting(500, MONTHS, n),
        "days in spells (three on each)": lambda n: np.minimum(
            3 * invented.monthly_days(500, MONTHS, (0.4, 0.5, 0.8, 0.5), n)[0], 28
        ),
        "back after years": _returning,
    }
    print(f"\nFlags in {sets} communities of each kind, 500 members, {MONTHS} months.\n")
    print("| kind | flagged | most often |")
    print("|---|---:|---|")
    for name, make in worlds.items():
        flagged, which = 0, Counter[str]()
        for number in range(sets):
            fit = calibrate(invented.panel(make(number)), seed=number)
            missed = [one.name for one in fit.patterns if one.missed]
            flagged += bool(missed)
            which.update(missed)
        often = "; ".join(f"{one} ({count})" for one, count in which.most_common(2))
        print(f"| {name} | {flagged} | {often} |")


def _returning(seed: int) -> NDArray[np.int64]:
    """Half of those who left come back after 18 months and do the same again."""
    days = invented.monthly_days(500, MONTHS, (0.6, 0.3, 0.8, 0.8), seed)[0]
    again = np.zeros_like(days)
    again[:, 18:] = days[:, :-18]
    chosen = np.random.default_rng(seed).random(len(days)) < 0.5
    return np.minimum(days + again * chosen[:, None] * (days == 0), 28)


def speed(_: int) -> None:
    """CPU seconds of each part, the median of three."""
    print("\nCPU seconds (median of three), invented records of 120 months.\n")
    print("| members | grouping | fit of the law | whole `calibrate` | 100 draws |")
    print("|---:|---:|---:|---:|---:|")
    for members in (1_000, 10_000, 100_000):
        days, joined, _ = invented.monthly_days(members, 120, (0.4, 0.3, 0.8, 0.5), 1)
        made, panel = invented.careers(members, 120, (0.4, 0.3, 0.8, 0.5), 1)[0], invented.panel(days)
        del joined
        fit = calibrate(panel)
        found = [
            _seconds(partial(grouped, made)),
            _seconds(partial(_grouped_and_fitted, made)),
            _seconds(partial(calibrate, panel)),
            _seconds(partial(fit.draws, 100)),
        ]
        print(f"| {members:,} | {' | '.join(f'{one:.2f}' for one in found)} |")


def _grouped_and_fitted(made: Careers) -> None:
    fit_law(grouped(made))


def _seconds(part: Callable[[], object]) -> float:
    found = []
    for _ in range(3):
        start = os.times()
        part()
        stop = os.times()
        found.append(stop.user + stop.system - start.user - start.system)
    return float(np.median(found))


def records(every: int) -> None:
    """The logs beside the project: how the law does on them. Only counts and quantiles are printed."""
    from shared_logs import community_panels

    laws, missed, best, refused, ahead, apart = [], Counter[str](), Counter[str](), 0, [], 0
    asked = Counter[str]()
    for panel in list(community_panels().values())[::every]:
        try:
            fit = calibrate(panel)
        except TooFewError:
            refused += 1
            continue
        laws.append(fit.law.values)
        asked.update(one.name for one in fit.patterns)
        missed.update(one.name for one in fit.patterns if one.missed)
        order = _thinned(fit.joined)
        best[order[0][0]] += 1
        ahead.append(order[0][1])
        apart += bool(fit.offices and fit.offices.apart)
    table = np.array(laws)
    print(f"\n{len(laws)} logs were fitted, {refused} refused (too few joined, came back, or months).\n")
    print("| parameter | lower quarter | median | upper quarter |\n|---|---:|---:|---:|")
    for place, name in enumerate(NAMES):
        low, middle, high = np.quantile(table[:, place], (0.25, 0.5, 0.75))
        print(f"| {name} | {low:.2f} | {middle:.2f} | {high:.2f} |")
    print(
        f"\nLikeliest of the four laws: {', '.join(f'{name} {count}' for name, count in best.most_common())}."
    )
    print(f"Members of known organisations differ (p < 0.001) in {apart}.\n")
    print("| pattern | communities in which it could be looked at | missed |\n|---|---:|---:|")
    for name, count in asked.items():
        print(f"| {name} | {count} | {missed[name]} |")


def starts(every: int) -> None:
    """Worlds that begin with a community against the year that followed: see `calibration_starts`."""
    from calibration_starts import starts as told

    told(every)


def _thinned(joined: Careers) -> list[tuple[str, float]]:
    found = rivals(joined)
    return [(one.name, one.log_likelihood - found[1].log_likelihood) for one in found]


PARTS = {
    "recovery": recovery,
    "ranks": ranks,
    "misfit": misfit,
    "speed": speed,
    "records": records,
    "starts": starts,
}
ON_LOGS = ("records", "starts")


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--every", type=int, default=1, help="Look at one in so many logs.")
    asked = parser.parse_args()
    for name in asked.parts or [name for name in PARTS if name not in ON_LOGS]:
        PARTS[name](asked.every if name in ON_LOGS else asked.sets)


if __name__ == "__main__":
    main()
