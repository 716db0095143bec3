"""Place: facts before measurements before trees; undetermined without deciding facts; trajectories."""

from pathlib import Path

import numpy as np
import pytest

import allmende as al
from allmende.errors import MappingError
from allmende.gitlog.tree import Tree
from allmende.months import parse
from allmende.panel import Panel
from allmende.typology.facts import parse_facts
from allmende.typology.placing import place, trees_at
from hostile_git import NOON, commit, make
from shared_facts import dossiers
from shared_logs import community_panels

PERMISSIVE = "Permission is hereby granted, free of charge"
FOUNDED = """
community = "village"
[[period]]
from = "{start}"
to = "{before}"
value_captor = "single_company"
marks_owner = "company"
decision = "company"
[[period]]
from = "{moved}"
value_captor = "many_companies"
marks_owner = "foundation"
decision = "earned_commit"
main_funding = "dues"
"""


def panel(*, months: int = 36) -> Panel:
    """Twenty members, one act a month each."""
    member = np.repeat(np.arange(20, dtype=np.int32), months)
    month = np.tile(np.arange(parse("2019"), parse("2019") + months, dtype=np.int32), 20)
    return Panel.of_columns(
        member=member,
        month=month,
        action=np.zeros(len(month), np.uint8),
        count=np.ones(len(month), np.int64),
        day_set=np.ones(len(month), np.uint32),
        members=tuple(f"m{i}" for i in range(20)),
        orgs=("",),
        start=parse("2019"),
        stop=parse("2019") + months,
    )


def test_nothing_at_all_is_undetermined_and_says_what_is_missing() -> None:
    found = al.place(name="nobody")
    assert found.last.verdict == "undetermined"
    assert found.last.evidence == ()
    assert found.last.missing[0] == "value_captor"


def test_a_record_alone_is_undetermined() -> None:
    found = place(panel(), replicates=10)
    assert found.last.verdict == "undetermined"
    assert found.last.missing[0] == "value_captor"


def test_facts_go_before_the_tree_and_the_tree_fills_gaps() -> None:
    facts = parse_facts('community = "v"\n[[period]]\nfrom = "2019"\nlicence = "copyleft"')
    trees = [Tree("a" * 40, (), {"LICENSE": PERMISSIVE, "CONTRIBUTING.md": "Signed-off-by"}, 0)]
    found = {one.criterion: dict(one.levels) for one in place(facts=facts, trees=trees).last.evidence}
    assert found == {"licence": {"copyleft": 1.0}, "agreement": {"dco": 1.0}}


def test_licences_count_from_when_they_stood() -> None:
    second = (parse("2020-07") - 0) * 2_629_746
    trees = [
        Tree("a" * 40, (), {"LICENSE": PERMISSIVE}, 1),
        Tree("b" * 40, (), {"LICENSE": "Business Source License"}, second),
    ]
    found = place(panel(), trees=trees, by="year", replicates=0)
    licences = [[*one.evidence[-1].levels] for one in found.placements]
    assert licences == [["permissive"], ["source_available"]]


def test_moving_to_a_foundation_is_a_trajectory() -> None:
    facts = parse_facts(FOUNDED.format(start="2018-01", before="2019-12", moved="2020-01"))
    found = place(panel(), facts=facts, by="year", replicates=0)
    verdicts = [one.verdict for one in found.placements]
    assert verdicts == ["crowdsourcing", "crowdsourcing", "commons"]
    shares = [one.shares["commons"].mid for one in found.placements]
    assert shares[0] < 0.2
    assert shares[-1] > 0.7


def test_facts_outside_the_record_have_years_of_their_own() -> None:
    facts = parse_facts(FOUNDED.format(start="2010-01", before="2012-12", moved="2013-01"))
    found = place(panel(), facts=facts, by="year", replicates=0)
    years = [one.start for one in found.placements]
    assert years[0] == parse("2010")
    assert years == sorted(set(years))
    assert parse("2019") in years


def test_placements_are_the_same_twice_and_print() -> None:
    facts = parse_facts(FOUNDED.format(start="2018-01", before="2019-12", moved="2020-01"))
    one, other = (place(panel(), facts=facts, replicates=10, seed=4) for _ in range(2))
    assert one == other
    assert str(one).startswith("village: 2020-12 to 2021-11 commons (0.")


def test_bad_facts_are_told_before_anything_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "facts.toml"
    file.write_text('community = "v"\n[[period]]\nvalue_captor = "none"\n')
    with pytest.raises(MappingError, match="a period has no date"):
        place(panel(), facts=file)


def test_trees_of_a_repository_and_of_none(tmp_path: Path) -> None:
    assert trees_at(tmp_path) == ()
    repository = make(tmp_path / "r")
    commit(repository, "LICENSE", PERMISSIVE, at=NOON)
    commit(repository, "GOVERNANCE.md", "We vote.", at=NOON + 5)
    assert [sorted(one.texts) for one in trees_at(repository)] == [["LICENSE"], ["GOVERNANCE.md", "LICENSE"]]


LINUX = """
community = "Linux"
[[period]]
from = "1991-09"
to = "1997-08"
object = "common"
infrastructure = "university"
decision = "individual"
value_captor = "many_companies"
[[period]]
from = "2002-01"
to = "2005-12"
object = "common"
infrastructure = ["volunteers", "foundation"]
decision = ["individual", "earned_commit"]
value_captor = "many_companies"
main_funding = "many_companies"
[[period]]
from = "2007-01"
to = "2010-12"
object = "common"
infrastructure = "foundation"
decision = "earned_commit"
value_captor = "many_companies"
main_funding = "dues"
"""


def test_linux_before_git_and_now() -> None:
    """A record that ends in 2005 between facts that go on: from conflict to commons."""
    record = community_panels()["linux-pre-git"]
    found = place(record, facts=parse_facts(LINUX), by="year", replicates=5)
    verdicts = {one.start // 12 + 1970: one.verdict for one in found.placements if one.start is not None}
    assert {verdicts[year] for year in range(1992, 1997)} == {"conflict"}
    assert {verdicts[year] for year in (2003, 2004, 2008, 2010)} == {"commons"}
    early, late = found.placements[0].shares["commons"], found.last.shares["commons"]
    assert early.mid < late.low


@pytest.mark.parametrize(
    ("community", "before", "after"),
    [("jenkins", 2009, 2020), ("graphql-js", 2016, 2021), ("servo", 2016, 2023)],
)
def test_communities_that_moved_to_a_foundation(community: str, before: int, after: int) -> None:
    facts = dossiers().get(community)
    if facts is None or community not in community_panels():
        pytest.skip(f"the collection has nothing about {community}")
    found = place(community_panels()[community], facts=facts, by="year", replicates=0)
    shares = {
        one.start // 12 + 1970: one.shares["commons"] for one in found.placements if one.start is not None
    }
    later = max(year for year in shares if year <= after)
    assert shares[later].mid > shares[before].mid + 0.1
    assert found.last.verdict == "commons"
