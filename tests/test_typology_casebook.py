"""The casebook: forty cases and more, each fact a known one, and the source's table from facts alone."""

from collections import Counter

import pytest

from allmende.errors import UnknownNameError
from allmende.typology.casebook import CONFLICT, case, cases, coded, likelihoods
from allmende.typology.codebook import DECIDING, ECONOMIES
from allmende.typology.placement import Placement, place_evidence, statements

# The table of the seminar, and the two cases on which its word and the facts are known to differ.
SOURCE = {
    "youtube-2006": "sharing",
    "linux-1993": CONFLICT,
    "linux-2007": "commons",
    "apache-2005": "commons",
    "mozilla-2006": "commons",
    "eclipse-2002": "crowdsourcing",
    "eclipse-2005": CONFLICT,
}


def blind(slug: str) -> Placement:
    """The case placed by what the cases of other communities teach."""
    one = case(slug)
    return place_evidence(
        statements(one.period.facts, one.period.sources), likelihoods(without=one.community)
    )


@pytest.mark.parametrize(("slug", "economy"), SOURCE.items())
def test_the_table_of_the_source_follows_from_facts(slug: str, economy: str) -> None:
    assert blind(slug).verdict == economy


def test_eclipse_is_at_odds_because_of_who_decides() -> None:
    assert blind("eclipse-2005").reason == "value capture says commons, decision says crowdsourcing"


def test_nearly_all_cases_are_placed_by_the_others() -> None:
    wrong = [slug for slug, one in cases().items() if blind(slug).verdict != one.label]
    assert len(wrong) <= 4, wrong
    plain = [slug for slug in wrong if not cases()[slug].second]
    assert plain == [], "only hybrids may be placed elsewhere"


def test_there_are_forty_cases_and_more_of_all_three_and_hybrids() -> None:
    found = cases()
    assert len(found) >= 40
    count = Counter(one.label for one in found.values())
    assert all(count[economy] >= 10 for economy in ECONOMIES)
    assert sum(bool(one.second or one.between) for one in found.values()) >= 6


def test_each_case_is_coded_with_sources_for_what_decides() -> None:
    for slug, one in cases().items():
        assert one.label in {*ECONOMIES, CONFLICT}, slug
        assert one.by, slug
        assert one.note, slug
        assert abs(sum(one.credence.values()) - 1) < 1e-12, slug
        for group in DECIDING:
            assert set(group) & set(one.period.facts), f"{slug} lacks {group}"
            assert set(group) & set(one.period.sources), f"{slug} has no source for {group}"
        assert set(one.period.sources) <= set(one.period.facts), slug


def test_what_was_not_looked_up_is_not_called_certain() -> None:
    for slug, one in cases().items():
        deciding = " ".join(one.period.sources.get(name, "") for group in DECIDING for name in group)
        if deciding.startswith("not looked up"):
            assert one.period.confidence != "high", slug


def test_a_community_is_left_out_with_all_its_periods() -> None:
    of_redis = [one for one in cases().values() if one.community == "Redis"]
    assert len(of_redis) == 3
    weight = sum(one.weight for one in coded()) - sum(one.weight for one in coded(without="Redis"))
    assert weight == pytest.approx(len(of_redis))


def test_an_unknown_case_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'youtube-20"):
        case("youtube-2007")
