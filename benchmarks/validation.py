"""Validation: patterns the defaults must show. `python -P benchmarks/validation.py > docs/validation.md`.

Pattern-oriented: each row is a published or measured pattern, its band, and what the economy shows at its
defaults in the last year of ten (or over the whole run). Failures are printed with what explains them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.model import month as steps
from allmende.model.crew import Crew
from allmende.model.institutions import Platform
from allmende.model.recording import Outcome
from allmende.model.rules import Rules
from allmende.model.works import commissioned
from allmende.model.worlds import Batch, Worlds
from allmende.plugins import get
from allmende.policies.fork import Fork
from allmende.policies.relicense import Relicense
from allmende.policies.revenue_share import RevenueShare
from allmende.results import Results
from allmende.simulation import Plan, diary, run, simulate

MEMBERS, MONTHS, REPLICATES = 150, 120, 40
ECONOMIES = ("sharing", "commons", "crowdsourcing")


@dataclass(frozen=True)
class Pattern:
    """One pattern in one economy."""

    name: str
    what: str
    low: float
    high: float
    found: float
    why: str = ""

    @property
    def shown(self) -> bool:
        """Whether the economy shows it."""
        return self.low <= self.found <= self.high


@dataclass(frozen=True)
class Reach:
    """A test policy: only part of the audience can be reached from a month on (C18)."""

    share: float
    start: int

    def __call__(self, rules: Rules) -> Rules:
        return rules.with_parameters(reach=self.share)


@dataclass(frozen=True)
class Share:
    """A test policy: the platform shares its revenue."""

    share: float
    start: int

    def __call__(self, rules: Rules) -> Rules:
        return rules.with_institution(Platform(share=self.share))


def lifetimes(economy: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Active days, contributions, and months since the last one, of those who came during the run."""
    days, acts, silent = [], [], []
    for replicate in range(6):
        panel = diary(economy, members=400, months=MONTHS, replicate=replicate, seed=21)
        first = panel.first_month()
        came = np.array([not name.startswith("m-") for name in panel.members]) & (panel.counts() > 0)
        new = came & (first < MONTHS - 12)
        days.append(panel.lifetime_days()[new])
        acts.append(panel.counts()[new])
        silent.append((MONTHS - panel.last_month())[new])
    return np.concatenate(days), np.concatenate(acts), np.concatenate(silent)


HAZARDS = (
    ((1, 1), 0.48, 0.72), ((2, 2), 0.27, 0.38), ((3, 4), 0.17, 0.28), ((5, 8), 0.08, 0.15),
    ((9, 16), 0.03, 0.07), ((17, 32), 0.01, 0.03), ((33, 64), 0.01, 0.02),
)  # fmt: skip


def lifecycle(economy: str) -> list[Pattern]:
    """B1-B4: casual members, hazard by ordinal, dropout law."""
    days, acts, silent = lifetimes(economy)
    gone = silent > 12
    found = []
    for (first, last), low, high in HAZARDS:
        trials = np.minimum(days, last) - first + 1
        stops = ((days >= first) & (days <= last) & gone).sum()
        # The bands of the source, widened by the 30 % it allows a simulator.
        found.append(
            Pattern(
                "B3",
                f"stopping hazard after active day {first}" + (f"-{last}" if last > first else ""),
                low * 0.7,
                high * 1.3,
                stops / np.maximum(trials, 0).sum(),
            )
        )
    found.append(Pattern("B2", "share with one active day", 0.48, 0.72, float((days == 1).mean())))
    found.append(Pattern("B1", "share with one contribution", 0.40, 0.65, float((acts == 1).mean())))
    found.append(
        Pattern("B1", "their share of contributions", 0.01, 0.09, float((acts == 1).sum() / acts.sum()))
    )
    a, b = beta_geometric(days)
    found.append(Pattern("B4", "a of the beta-geometric fit", 0.45, 1.05, a))
    found.append(Pattern("B4", "b of the beta-geometric fit", 0.34, 0.73, b))
    return found


def beta_geometric(days: NDArray[np.int64]) -> tuple[float, float]:
    """Maximum likelihood of P(n) = B(a + 1, b + n - 1) / B(a, b), as the source fits it."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    def loss(logs: NDArray[np.float64]) -> float:
        a, b = np.exp(logs)
        return -float((betaln(a + 1, b + days - 1) - betaln(a, b)).sum())

    best = minimize(loss, [0.0, 0.0], method="Nelder-Mead")
    return float(np.exp(best.x[0])), float(np.exp(best.x[1]))


def inequality(results: Results) -> list[Pattern]:
    """A20-A23: Gini, top tenth, half of the work, one contribution; years of about as many authors."""
    last = {
        name: results[name][0, 0, :, 35::12].ravel()
        for name in (
            "gini",
            "top_tenth_share",
            "half_members",
            "yearly_members",
            "single_share",
            "single_contributions",
        )
    }

    def middle(name: str) -> float:
        return float(np.median(last[name]))

    return [
        Pattern("A20", "Gini of contributions in a year", 0.64, 0.88, middle("gini")),
        Pattern("A21", "share of the top tenth in a year", 0.56, 0.87, middle("top_tenth_share")),
        Pattern("A22", "members who make half of a year", 3, 17, middle("half_members")),
        Pattern(
            "A22", "the same as a share of members", 0.016, 0.08,
            float(np.median(last["half_members"] / last["yearly_members"])),
        ),
        Pattern("A23", "share with one contribution in a year", 0.25, 0.61, middle("single_share")),
        Pattern("A23", "their share of contributions", 0.014, 0.135, middle("single_contributions")),
        Pattern(
            "B9", "newcomers' share of a year's members", 0.51, 0.91,
            float(results["newcomers"][0, 0, :, 36:].sum() / last["yearly_members"].sum()),
        ),
    ]  # fmt: skip


def audience_loss(economy: str) -> Pattern:
    """C18: four fifths of the audience are lost in month 60; activity over the next three months."""
    found = simulate(economy, members=MEMBERS, months=64, replicates=60, seed=4, policies=[Reach(0.2, 59)])[
        "active_days"
    ][:, 0, :, 60:63].sum(axis=(1, 2))
    return Pattern(
        "C18", "activity after losing 4/5 of the audience", -0.55, -0.30, float(found[1] / found[0] - 1)
    )


def attention() -> list[Pattern]:
    """G1 and G5: who gets the views, and who would get the money."""
    economy = get("economy", "sharing")
    plan = Plan.of(economy.rules(), (Share(0.55, 36),), economy.works, 72)
    worlds = steps.opened(Batch(13, 5_000, np.arange(1)), plan.calendar[0], economy.works, Crew())
    receipts: list[NDArray[np.float64]] = []

    def watch(now: int, state: Worlds) -> None:
        member, rows = state.standing.members, state.standing.rows(0)
        if now == 71:
            receipts.append(member.receipt[rows].astype(float))
        if now == 70:
            weights = member.audience[rows].astype(float)
            receipts.append(weights)

    run(worlds, plan, Outcome.empty(1, 72), crew=Crew(), watcher=watch)
    views, paid = np.sort(receipts[0])[::-1], np.sort(receipts[1])[::-1]
    views, paid = views[views > 0], paid[paid > 0]
    return [
        Pattern("G1", "share of attention of the top 3 % of channels", 0.70, 0.95, _top(views, 0.03)),
        Pattern("G5", "share of payouts of the top 1 % paid", 0.50, 0.90, _top(paid, 0.01)),
        Pattern("G5", "median payout over mean payout", 0.0, 0.15, float(np.median(paid) / paid.mean())),
    ]


def _top(values: NDArray[np.float64], share: float) -> float:
    return float(values[: max(1, round(share * len(values)))].sum() / values.sum())


def commons(results: Results) -> list[Pattern]:
    """E12 and D12: who pays for the infrastructure, how many organisations make half."""
    bought = {
        payer: cents.sum() for (kind, payer, _), cents in results.flows.items() if kind == "infrastructure"
    }
    asked = results["uses"][0, 0, :, 12:].sum()
    free = 0.5 * results["uses"][0, 0, :, :1].sum() * (MONTHS - 12)
    factors = []
    for replicate in range(8):
        panel = diary("commons", members=MEMBERS, months=72, replicate=replicate, seed=21).last(24)
        rows = panel.rows()
        firms = np.bincount(rows.org, rows.count)[1:]
        ordered = np.sort(firms)[::-1]
        if ordered.sum() > 0:
            factors.append(int(np.searchsorted(np.cumsum(ordered), 0.5 * ordered.sum()) + 1))
    total = sum(bought.values())
    return [
        Pattern(
            "E12",
            "share of paid infrastructure paid by the foundation",
            0.57,
            1.0,
            bought["foundation"] / total,
        ),
        Pattern("E12", "paid share of capacity needed", 0.2, 0.8, float(1 - free / max(asked, 1))),
        Pattern("D12", "organisations making half of employed work", 1, 3, float(np.median(factors or [0]))),
    ]


def crowd() -> list[Pattern]:
    """F10, F11, F16: the funnel, and commissions."""
    base = simulate("crowdsourcing", members=1_000, months=60, replicates=30, seed=2)
    flood = simulate(
        "crowdsourcing", members=1_000, months=60, replicates=30, seed=2, parameters={"judging_capacity": 0.2}
    )
    rate = _rate(base)
    return [
        Pattern("F10", "share of proposals used", 0.001, 0.01, rate),
        Pattern(
            "F11", "the same with a third of the judging capacity, relative", 0.2, 0.6, _rate(flood) / rate
        ),
        *commissions(),
    ]


def _rate(results: Results) -> float:
    return float(results["accepted_proposals"][..., 1:].sum() / results["contributions"][..., 1:].sum())


def commissions() -> list[Pattern]:
    """F16: of what is commissioned a third helps and a third hurts."""
    economy = get("economy", "crowdsourcing")
    worlds = steps.opened(Batch(3, 1, np.arange(3_000)), economy.rules(), economy.works, Crew())
    effects = commissioned(worlds, np.ones(3_000), 5)
    return [
        Pattern("F16", "share of commissions that help", 0.30, 0.37, float((effects > 0).mean())),
        Pattern("F16", "share of commissions that hurt", 0.30, 0.37, float((effects < 0).mean())),
    ]


def policies() -> list[Pattern]:
    """E10, E11, E15, C24, C25: what followed where such a thing was done; bands are the figure and 0.15."""
    gone = Fork(start=24, core=0.9, outer=0.3, employed=0.9)
    futures = [gone, Fork(start=24), Fork(start=24, fork=True)]
    exodus = simulate("commons", members=300, months=36, replicates=20, seed=8, policies=futures)
    third, year = slice(30, 33), slice(24, 36)
    together = sum(1 + _change(exodus, "contributions", future, year) for future in (2, 3))
    inside = simulate(
        "commons", members=300, months=24, replicates=10, seed=8, policies=[Relicense(start=12)],
        parameters={"employed": 1.0, "employed_start": 1.0},
    )  # fmt: skip
    shared = simulate(
        "sharing", members=300, months=36, replicates=20, seed=8,
        policies=[RevenueShare(), RevenueShare(contingency=1.0)],
    )  # fmt: skip
    whole = slice(0, 36)
    return [
        Pattern(
            "E15", "contributions in the third quarter after the core left", -0.93, -0.63,
            _change(exodus, "contributions", 1, third),
        ),
        Pattern(
            "E15", "active members in that quarter", -0.76, -0.46,
            _change(exodus, "active_members", 1, third),
        ),
        Pattern("E10", "contributions of project and fork together, first year", 1.35, 1.65, together - 1),
        Pattern(
            "E11", "relicensing where nobody outside took part, on contributions", -0.15, 0.15,
            _change(inside, "contributions", 1, slice(12, 24)),
        ),
        Pattern(
            "C24", "a shared revenue, on the days of the core (sign)", -1, 0,
            _change(shared, "core_days", 1, whole),
        ),
        Pattern("C24", "the same on newcomers (sign)", 0, 1, _change(shared, "newcomers", 1, whole)),
        Pattern(
            "C25", "a share that depends on quality, on output (sign)", 0, 1,
            _change(shared, "output", 2, whole),
        ),
    ]  # fmt: skip


def _change(results: Results, measure: str, future: int, months: slice) -> float:
    """Relative change against the baseline over some months."""
    sums = results[measure][:, 0, :, months].sum(axis=(1, 2))
    return float(sums[future] / sums[0] - 1)


def patterns() -> dict[str, list[Pattern]]:
    """All patterns, by economy."""
    extra: dict[str, Callable[[Results], list[Pattern]]] = {
        "sharing": lambda _results: attention(),
        "commons": commons,
        "crowdsourcing": lambda _results: crowd(),
    }  # fmt: skip
    found = {}
    for economy in ECONOMIES:
        results = simulate(economy, members=MEMBERS, months=MONTHS, replicates=REPLICATES, seed=1)
        found[economy] = [
            *lifecycle(economy), *inequality(results), audience_loss(economy), *extra[economy](results),
        ]  # fmt: skip
    return found | {"policies": policies()}


NOTES = """## How far this goes

Most of these patterns are fitted, not predicted. `r`, `alpha`, `a`, `b` and `extra_acts` are medians of
fits to fourteen git histories, from which B1-B4 follow; `audience_elasticity` is C18's own figure. After a
first run of this page, `arrivals` was raised from 0.05 to 0.06 for B9, and `quality_spread` of sharing
from 1.2 to 1.4 for G5, which also moved G1. Not fitted: A20-A23, D12, F11.

F10 and F16 are inputs (`open_share`, the thirds) and are here to show that the funnel passes them on. E12
counts cases; one economy is one case, so the row says only that in the commons the foundation pays for
what is not donated. G5 is about receipts of members still there, after three years of sharing.
Under *policies*, who leaves in E15 is assumed (nine tenths of the core and of the employed, three tenths of
the others), and its bands (the figure and 0.15 either way) were set after a first run; both rows lie near an
edge. That it does not recover in the next quarters is not assumed. Signs of C24 and C25 rest on parameters
taken from them.
Parameters have the same defaults everywhere unless an economy says otherwise; see `docs/odd/`."""
EXPLAINED: dict[tuple[str, str], str] = {
    ("policies", "contributions of project and fork together, first year"): (
        "in the one pair of which it is known, Redis and Valkey, the fork had 140 people of 48 companies in "
        "its first year where the project had had 93. In the model newcomers follow users, and no firm joins "
        "because of the fork: the two together have more newcomers than the project alone, but not more work."
    ),
}


def main() -> None:
    """Print the page."""
    found = patterns()
    shown = sum(pattern.shown for each in found.values() for pattern in each)
    total = sum(map(len, found.values()))
    print("# Validation\n")
    print("Do the economies show, at their defaults, the patterns that records show? Ids are rows of the")
    print("evidence table; bands are those of the source, for B3 widened by the 30 % it allows. It is made")
    print(f"by `python -P benchmarks/validation.py`. {shown} of {total} patterns are shown.\n")
    for economy, each in found.items():
        print(f"## {economy.capitalize()}\n")
        print("| id | pattern | band | found | |")
        print("|---|---|---:|---:|---|")
        for pattern in each:
            mark = "shown" if pattern.shown else "**not shown**"
            print(
                f"| {pattern.name} | {pattern.what} | {pattern.low:.3g} to {pattern.high:.3g} | "
                f"{pattern.found:.3g} | {mark} |"
            )
        for pattern in each:
            if not pattern.shown:
                why = EXPLAINED.get(
                    (economy, pattern.what), EXPLAINED.get(("", pattern.what), "Not explained yet.")
                )
                print(f"\n{pattern.name}, {pattern.what}: {why}")
        print()
    print(NOTES)


if __name__ == "__main__":
    main()
