"""Typology: steps that can be read, missing facts missed, contradictions said, errors with lines."""

import re
from math import isclose, log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.errors import MappingError, UnknownNameError
from allmende.typology.codebook import CODEBOOK, DECIDING, ECONOMIES, criterion
from allmende.typology.facts import parse_facts
from allmende.typology.placement import (
    PRIOR_CASES,
    SOFTENING,
    Coded,
    Evidence,
    learn,
    most_telling,
    place_evidence,
    statements,
)

FACTS = st.fixed_dictionaries(
    {},
    optional={
        one.name: st.sampled_from(list(one.levels)).map(lambda level: {level: 1.0}) for one in CODEBOOK
    },
)

YOUTUBE = {
    "value_captor": {"attention_platform": 1.0},
    "infrastructure": {"company": 1.0},
    "decision": {"individual": 1.0},
    "object": {"separable": 1.0},
}
APACHE = {
    "value_captor": {"many_companies": 1.0},
    "marks_owner": {"foundation": 1.0},
    "decision": {"earned_commit": 1.0},
    "initiator": {"community": 1.0},
}
THREADLESS = {
    "value_captor": {"single_company": 1.0},
    "infrastructure": {"company": 1.0},
    "decision": {"company": 1.0},
    "mode": {"probabilistic": 1.0},
}


@pytest.mark.parametrize(
    ("facts", "economy"), [(YOUTUBE, "sharing"), (APACHE, "commons"), (THREADLESS, "crowdsourcing")]
)
def test_plain_cases(facts: dict, economy: str) -> None:
    placed = place_evidence(statements(facts, {}), learn())
    assert placed.verdict == economy
    assert placed.reason == ""


@given(FACTS)
def test_shares_are_probabilities_and_the_sum_of_the_weights_is_all_there_is(facts: dict) -> None:
    placed = place_evidence(statements(facts, {}), learn())
    shares = [placed.shares[economy].mid for economy in ECONOMIES]
    assert isclose(sum(shares), 1)
    totals = [sum(one.weights[i] for one in placed.evidence) for i in range(3)]
    for i in range(3):
        for j in range(3):
            if shares[i] > 1e-12 and shares[j] > 1e-12:
                assert isclose(log(shares[i] / shares[j]), totals[i] - totals[j], abs_tol=1e-6)
    for economy in ECONOMIES:
        assert placed.shares[economy].low <= placed.shares[economy].mid <= placed.shares[economy].high


@given(FACTS, st.randoms())
def test_order_of_evidence_does_not_matter(facts: dict, random) -> None:
    evidence = statements(facts, {})
    shuffled = evidence[:]
    random.shuffle(shuffled)
    one, other = place_evidence(evidence, learn()), place_evidence(shuffled, learn())
    assert one.verdict == other.verdict
    for economy in ECONOMIES:
        assert isclose(one.shares[economy].mid, other.shares[economy].mid, rel_tol=1e-9, abs_tol=1e-12)


@given(FACTS)
def test_undetermined_where_deciding_facts_are_missing(facts: dict) -> None:
    placed = place_evidence(statements(facts, {}), learn())
    lacking = any(not set(group) & set(facts) for group in DECIDING)
    assert (placed.verdict == "undetermined") == lacking
    if lacking:
        assert any(placed.missing[0] in group and not set(group) & set(facts) for group in DECIDING)


def test_nothing_known_is_a_third_each() -> None:
    placed = place_evidence([], learn())
    assert [placed.shares[economy].mid for economy in ECONOMIES] == pytest.approx([1 / 3] * 3)
    assert set(placed.missing) == {one.name for one in CODEBOOK}


@pytest.mark.parametrize("level", list(criterion("initiator").levels))
@pytest.mark.parametrize("facts", [YOUTUBE, APACHE, THREADLESS])
def test_the_initiator_never_decides(facts: dict, level: str) -> None:
    with_other = facts | {"initiator": {level: 1.0}}
    assert (
        place_evidence(statements(with_other, {}), learn()).verdict
        == place_evidence(statements(facts, {}), learn()).verdict
    )


def test_keys_at_odds_are_a_conflict() -> None:
    """Many firms earn, but one firm selects what goes in and owns the name."""
    facts = {
        "value_captor": {"many_companies": 1.0},
        "decision": {"company": 1.0},
        "marks_owner": {"company": 1.0},
        "infrastructure": {"company": 1.0},
    }
    placed = place_evidence(statements(facts, {}), learn())
    assert placed.verdict == "conflict"
    assert "value capture says commons" in placed.reason


def test_an_uncertain_measurement_weighs_less_than_a_certain_one() -> None:
    sure = Evidence("object", {"common": 1.0})
    unsure = Evidence("object", {"common": 0.6, "separable": 0.4})
    weights = [
        max(abs(w) for w in place_evidence([one], learn()).evidence[0].weights) for one in (sure, unsure)
    ]
    assert weights[1] < weights[0]


def test_cases_teach() -> None:
    """A hundred commons run by universities make a university's marks speak for commons."""
    cases = [Coded("commons", {"marks_owner": {"university": 1.0}})] * 100
    evidence = [Evidence("marks_owner", {"university": 1.0})]
    before = place_evidence(evidence, learn()).shares["commons"].mid
    assert place_evidence(evidence, learn(cases)).shares["commons"].mid > before


def test_intervals_hold_the_share_that_true_likelihoods_would_give() -> None:
    """Worlds whose likelihoods are drawn as the codebook says, with cases coded from them: Bayes' law."""
    chance = np.random.default_rng(7)
    chosen = [one for one in CODEBOOK if one.name in {"value_captor", "decision", "object"}]
    inside, worlds = 0, 120
    for world in range(worlds):
        truth = {}
        for one in chosen:
            prior = PRIOR_CASES * np.array([one.likelihood(level) for level in one.levels])
            truth[one.name] = np.stack([chance.dirichlet(prior[:, i]) for i in range(3)], axis=1)
        cases = [
            Coded(
                economy,
                {
                    one.name: {list(one.levels)[chance.choice(len(one.levels), p=truth[one.name][:, i])]: 1.0}
                    for one in chosen
                },
            )
            for i, economy in enumerate(ECONOMIES)
            for _ in range(15)
        ]
        facts = {one.name: {str(chance.choice(list(one.levels))): 1.0} for one in chosen}
        logs = sum(
            one.weight
            / SOFTENING
            * np.log(truth[one.name][list(one.levels).index(next(iter(facts[one.name])))])
            for one in chosen
        )
        share = np.exp(logs) / np.exp(logs).sum()
        found = place_evidence(statements(facts, {}), learn(cases), seed=world).shares["commons"]
        inside += found.low <= share[1] <= found.high
    # 90 % intervals; 5 standard errors of 120 worlds below, and they may be a little wide.
    assert inside / worlds > 0.9 - 5 * (0.9 * 0.1 / worlds) ** 0.5
    assert inside / worlds < 0.995


@given(FACTS)
def test_more_is_told_by_what_is_missing_only(facts: dict) -> None:
    missing = most_telling(statements(facts, {}), learn())
    assert set(missing) == {one.name for one in CODEBOOK} - set(facts)


def test_a_case_in_parts_teaches_in_parts() -> None:
    cases = [Coded("commons", {"marks_owner": {"university": 1.0}})] * 10
    halves = [Coded("commons", {"marks_owner": {"university": 1.0}}, 0.5)] * 20
    for name in ("sharing", "commons"):
        evidence = [Evidence("marks_owner", {"university": 1.0})]
        one, other = (place_evidence(evidence, learn(taught)).shares[name] for taught in (cases, halves))
        assert isclose(one.mid, other.mid)


def test_codebook_is_complete() -> None:
    assert {one.code for one in CODEBOOK} == {f"K{i}" for i in range(1, 11)}
    weights = {one.name: one.weight for one in CODEBOOK}
    second = max(weights[name] for name in DECIDING[1])
    assert weights["value_captor"] > second > weights["initiator"]
    assert weights["initiator"] == min(weights.values())
    for one in CODEBOOK:
        assert one.question.endswith("?")
        assert np.allclose(np.sum([one.likelihood(level) for level in one.levels], axis=0), 1)


GOOD = """
community = "village"

[[period]]
from = "1991-08"
to = "1997-12"
object = "common"
decision = ["individual", "mixed"]

[[period]]
from = "1998-01"
marks_owner = "foundation"

[period.sources]
marks_owner = "the deed"
"""


def test_facts_file() -> None:
    dossier = parse_facts(GOOD)
    assert dossier.community == "village"
    first, second = dossier.periods
    assert first.facts["decision"] == {"individual": 0.5, "mixed": 0.5}
    assert first.stop == second.start
    assert second.stop is None
    assert second.sources == {"marks_owner": "the deed"}
    assert dossier.at(first.start - 1) is None
    assert dossier.at(second.start + 1000) is second


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (("object", "objects"), UnknownNameError, r"'objects' - at facts, line 7\. Did you mean 'object'"),
        (('"common"', '"comon"'), UnknownNameError, r"answer to 'object'.*line 7\. Did you mean 'common'"),
        (('from = "1991-08"\n', ""), MappingError, "a period has no date"),
        (('"1997-12"', '"1999-12"'), MappingError, "two periods overlap at 1998-01"),
        (('"1997-12"', '"1990-12"'), MappingError, r"ends \(1990-12\) before it begins"),
        (('"1991-08"', '"1991-13"'), MappingError, r"'1991-13' is not a month - at facts, line 5"),
        (('["individual", "mixed"]', "[]"), MappingError, "has no answer"),
        (('["individual", "mixed"]', '["mixed", "mixed"]'), MappingError, "or one twice"),
        (('marks_owner = "the deed"', 'mark = "the deed"'), MappingError, "names something that is no fact"),
        (("[[period]]", "[period]"), MappingError, "is not TOML"),
        (("community =", "community"), MappingError, "is not TOML"),
        (("community", "a" + ".a" * 5000 + " = 1\ncommunity"), MappingError, "more than sixteen parts"),
        (("community =", "x = " + "[" * 5000 + "]" * 5000 + "\ncommunity ="), MappingError, "is not TOML"),
    ],
)
def test_bad_facts_are_named(change: tuple[str, str], kind: type, message: str) -> None:
    text = GOOD.replace(change[0], change[1], 1)
    with pytest.raises(kind, match=message):
        parse_facts(text)


def test_the_example_of_the_how_to_is_a_facts_file() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "how-to" / "facts.md").read_text()
    (example,) = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    assert len(parse_facts(example).periods) == 2
