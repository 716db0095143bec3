"""The indicators on 77 real logs against profiles that somebody else computed from the same logs.

The profiles come with the collection and were made without this package. They are rounded to four digits.
"""

from collections import defaultdict

import pytest

import allmende
from allmende import plugins
from allmende.aggregation import panel_of
from allmende.errors import TooFewError
from allmende.indicator import Indicator
from allmende.panel import Panel
from shared_logs import SHARED, communities_with_half_bots, community_panels, rows

ROUNDING = 0.5e-4 + 1e-9
WHOLE_LIFE = {
    "active_members": "actors_merged",
    "gini": "gini_merged",
    "one_time_contributors": "one_commit_share_merged",
    "contributor_absence_factor": "truck50_all",
    "top_member_share": "top_actor_share",
    "active_months_share": "active_months_share",
    "office_hours_share": "office_share_zoned",
}
LAST_YEARS = {"contributor_absence_factor": "truck50_24m", "eighty_percent_contributors": "truck80_24m"}


def ask(name: str, panel: Panel) -> float | None:
    """The answer, or the estimate of an indicator that refuses."""
    one = plugins.get("indicator", name)
    assert isinstance(one, Indicator)
    try:
        value = one(panel)
    except TooFewError as refusal:
        return refusal.estimate
    assert isinstance(value, float)
    return value


def test_every_log_has_a_profile_and_is_a_panel() -> None:
    assert set(community_panels()) == {row["community"] for row in rows("profiles.csv")}


@pytest.mark.parametrize(("name", "column"), WHOLE_LIFE.items())
def test_whole_lives_agree_with_the_profiles(name: str, column: str) -> None:
    compared = 0
    for row in rows("profiles.csv"):
        if row[column]:
            value = ask(name, community_panels()[row["community"]])
            assert value == pytest.approx(float(row[column]), abs=ROUNDING), row["community"]
            compared += 1
    assert compared >= 75


@pytest.mark.parametrize(("name", "column"), LAST_YEARS.items())
def test_the_last_two_years_agree_but_for_the_window(name: str, column: str) -> None:
    # The profiles count 24 months back from the last commit, a panel in calendar months.
    for row in rows("profiles.csv"):
        value = ask(name, community_panels()[row["community"]].last(24))
        expected = float(row[column])
        assert value == pytest.approx(expected, abs=max(1.0, 0.25 * expected)), row["community"]


def test_every_year_agrees_with_the_yearly_profiles() -> None:
    compared: dict[str, int] = defaultdict(int)
    for row in rows("profiles_yearly.csv"):
        start = (int(row["year"]) - 1970) * 12
        panel = community_panels()[row["community"]]
        year = panel.between(start, start + 12)
        assert ask("active_members", year) == float(row["actors_merged"]), row
        assert ask("newcomers", year) == float(row["newcomers_merged"]), row
        assert ask("contributions", year) == float(row["commits"]), row
        compared[row["community"]] += 1
    assert len(compared) == 77
    assert sum(compared.values()) > 900


def test_reading_a_log_gives_the_panel_of_the_plain_query() -> None:
    """The way a user goes (read, aggregate) and one plain query agree on every log.

    The query takes every commit for itself, the package every member: where one member commits as a person
    and as a bot, and only there, they differ, by less than one commit in a hundred.
    """
    panels = community_panels()
    mixed = communities_with_half_bots()
    assert len(mixed) <= 5
    for name, plain in panels.items():
        panel = panel_of(allmende.read(SHARED / "events" / f"{name}.parquet"))
        if name in mixed:
            assert panel.counts().sum() == pytest.approx(plain.counts().sum(), rel=0.01), name
            continue
        assert (panel.start, panel.stop) == (plain.start, plain.stop), name
        assert sorted(panel.counts()[panel.counts() > 0]) == sorted(plain.counts()), name
        assert sorted(panel.active_days()[panel.counts() > 0]) == sorted(plain.active_days()), name
        for one in ("yearly_people_retention", "newcomer_share", "beta_geometric_a", "organisation_count"):
            assert ask(one, panel.last(24)) == pytest.approx(ask(one, plain.last(24))), f"{name}: {one}"
