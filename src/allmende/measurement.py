"""Measure: who carries this community, does it renew itself, and how sure is that?

Windows that are compared have equal length (`evidence.md` J11): the last twelve complete months, the twelve
before them, and the complete calendar years. Indicators that speak of whole careers get the whole record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from allmende.aggregation import panel_of
from allmende.answers import PERIODS, Answer, Change, answer, change, complete_window, indicators, periods
from allmende.community import Community
from allmende.errors import OutOfRangeError, TooFewError, UnknownNameError
from allmende.findings import Finding, findings
from allmende.indicator import Indicator
from allmende.months import month_numbers, text
from allmende.panel import NEVER, Panel
from allmende.reader import Progress, silent
from allmende.records.record import possible_moment
from allmende.resampling import LEVEL, REPLICATES, enough

__all__ = ["RAW", "Measurement", "measure"]

SERIES_REPLICATES, SERIES_LEAST = 50, 12
RAW = ("active_members", "contributor_absence_factor", "gini")


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything that was measured about a community, ready to be told; reports compute nothing.

    Args:
        community: The community measured (events, identities, refusals, record).
        panel: The panel all numbers were made from, bots left out.
        answers: Every indicator: over the last complete window, or over the whole record for those
            that speak of whole careers.
        changes: For indicators of a window, this window against the one of equal length before it.
        series: For each indicator of a window, the answers by period, oldest first.
        by: The period of the series, one of `PERIODS`.
        findings: What a maintainer should know, as sentences.
        raw: Concentration and activity as they would be without merging accounts, to be shown beside the
            merged ones: indicator name -> value.
        level: Share of resampled values inside the intervals.
        replicates: How many times members were resampled.
        seed: Seed of the resampling.
    """

    community: Community
    panel: Panel
    answers: tuple[Answer, ...]
    changes: tuple[Change, ...] = ()
    series: dict[str, tuple[Answer, ...]] = field(default_factory=dict)
    by: str = "year"
    findings: tuple[Finding, ...] = ()
    raw: dict[str, float] = field(default_factory=dict)
    level: float = LEVEL
    replicates: int = REPLICATES
    seed: int = 0

    def __getitem__(self, name: str) -> Answer:
        """The answer of one indicator.

        Raises:
            UnknownNameError: it was not asked.
        """
        for one in self.answers:
            if one.indicator == name:
                return one
        raise UnknownNameError("measured indicator", name, [one.indicator for one in self.answers])


def measure(
    community: Community,
    *,
    since: int | None = None,
    until: int | None = None,
    by: str = "year",
    names: Sequence[str] = (),
    replicates: int = REPLICATES,
    seed: int = 0,
    executor: str = "serial",
    progress: Progress = silent,
) -> Measurement:
    """Who carries this community, does it renew itself, and how sure is that?

    Args:
        community: The community.
        since: First month (`months`) of the record to look at; the history before it still tells who is new.
        until: Month after the last.
        by: Period of the series: "month", "quarter" or "year".
        names: Indicators to ask; all when empty.
        replicates: How many times members are resampled for the intervals.
        seed: Seed of the resampling.
        executor: Where the panel is made (`executors`); the numbers are the same everywhere.
        progress: Told how far measuring has come.

    Raises:
        UnknownNameError: no indicator or period of that name.
        TooFewError: the community has no event that is not a bot's.
        OutOfRangeError: the record has no month between `since` and `until`.
    """
    if by not in PERIODS:
        raise UnknownNameError("period", by, PERIODS)
    chosen = indicators(names)
    panel = panel_of(community, executor=executor, kept=possible_moment(community.events))
    if not len(panel):
        raise TooFewError(
            f"'{community.name}' has no act by a person to measure",
            next_step="Ask for another branch or a longer period; `allmende read` shows what was refused.",
        )
    start = panel.start if since is None else since
    stop = panel.stop if until is None else min(until, panel.stop)
    if start >= stop:
        raise OutOfRangeError(
            f"no month of the record lies from {text(start)} to before {text(until or stop)}",
            expected=f"months from {text(panel.start)} to {text(panel.stop - 1)}",
        )
    panel = panel.between(start, stop)
    return _measured(community, panel, chosen, by=by, replicates=replicates, seed=seed, progress=progress)


def _measured(
    community: Community,
    panel: Panel,
    chosen: list[Indicator],
    *,
    by: str,
    replicates: int,
    seed: int,
    progress: Progress,
) -> Measurement:
    members = int((panel.first_month() != NEVER).sum())
    replicates = enough(members, replicates=replicates)
    window = panel.between(*complete_window(panel))
    backwards = [one for one in chosen if community.truncated and (one.lifetime or one.family == "renewal")]
    asked = [one for one in chosen if one not in backwards]
    of_window = [one for one in asked if not one.lifetime]
    spans = periods(panel, by)
    stages = len(spans) + 3
    careers = answer([one for one in asked if one.lifetime], panel, replicates=replicates, seed=seed)
    progress("measuring", 1, stages)
    present = answer(of_window, window, replicates=replicates, seed=seed)
    progress("measuring", 2, stages)
    changes = tuple(change(of_window, window, replicates=replicates, seed=seed))
    progress("measuring", 3, stages)
    scalar = [one for one in of_window if not one.curve]
    series: dict[str, list[Answer]] = {one.name: [] for one in scalar}
    for done, span in enumerate(spans, 4):
        for one in answer(
            scalar, panel.between(*span), replicates=min(replicates, SERIES_REPLICATES), seed=seed
        ):
            series[one.indicator].append(one)
        progress("measuring", done, stages)
    refused = [_cut_short(one, community, window) for one in backwards]
    by_name = {one.indicator: one for one in (*careers, *present, *refused)}
    answers = tuple(by_name[one.name] for one in chosen)
    return Measurement(
        community,
        panel,
        answers,
        changes,
        {name: tuple(row) for name, row in series.items()},
        by,
        findings(community, panel, answers, changes),
        _raw(community, window),
        LEVEL,
        replicates,
        seed,
    )


def _cut_short(one: Indicator, community: Community, window: Panel) -> Answer:
    """The refusal of an indicator that looks back, on a history without a beginning."""
    note = (
        f"'{one.name}' looks back, and the history is cut short ({community.truncated}).\n"
        "    Read a whole clone (`git fetch --unshallow`)."
    )
    return Answer(one.name, window.start, window.stop, note=note)


def _raw(community: Community, window: Panel) -> dict[str, float]:
    """The figures of `RAW` for the window as they would be if every account were a member."""
    if len(community.account) != len(community.events):
        return {}
    months = month_numbers(community.events.at)
    inside = (months >= window.start) & (months < window.stop)
    accounts = int(community.account.max(initial=-1)) + 1
    events = replace(
        community.events,
        member=community.account,
        recorder=community.account,
        members=tuple(f"account-{i}" for i in range(accounts)),
        touches=None,
    ).take(inside)
    bot = np.zeros(accounts, bool)
    bot[community.account] = community.bot[community.events.member]
    panel = panel_of(replace(community, events=events, bot=bot), start=window.start, stop=window.stop)
    return {
        one.indicator: one.value
        for one in answer(indicators(RAW), panel, replicates=0)
        if one.value is not None
    }
