"""Sentences: what is said is what was found, with its figures, on the right side."""

import re

import numpy as np
import pytest

from allmende.conditions.design import sample
from allmende.conditions.hinges import Conditions, what_would_have_to_be_true
from allmende.conditions.sentences import known, moves, of_ten, sentences, side
from allmende.conditions.thresholds import Threshold
from allmende.economies.commons import COMMONS
from test_conditions_hinges import DRAWS, futures


def found(effect: np.ndarray, *, luck: float = 0.01, pay_jump: float = 0.3) -> Conditions:
    return what_would_have_to_be_true(
        futures(effect, luck=luck, seed=1),
        sample("commons", size=DRAWS),
        here=COMMONS.parameters.with_values(provenance="measured", pay_jump=pay_jump),
        outcomes=["use_value"],
    )


def told(conditions: Conditions) -> list[str]:
    return list(sentences(conditions, conditions.judgements[0]))


def test_a_hinge_is_told_with_both_sides_and_where_the_community_stands() -> None:
    jump = sample("commons", size=DRAWS).column("pay_jump")
    below = told(found(0.4 - jump))
    hinge = next(each for each in below if re.match(r"The sign hinges on pay_jump: above (0.39|0.4)", each))
    assert "it falls in nearly every world, below it rises in nearly every world" in hinge
    assert hinge.endswith("Measured (C1, C3, C4, C20, C24): 0.3 log ratio, which lies below.")
    above = told(found(0.4 - jump, pay_jump=0.9))
    assert any(each.endswith("0.9 log ratio, which lies above.") for each in above)
    assert below[0].startswith(f"Of {DRAWS} sets of parameters that are believed possible, it rises in ")
    assert any(
        each.startswith("It falls in 9") and "pay_jump above 0.4" in each.replace("0.39", "0.4")
        for each in below
    )
    assert below[-1].startswith("How much it changes depends most on pay_jump (")


def test_a_policy_that_only_ever_helps_is_asked_whether_it_does_anything() -> None:
    need = sample("commons", size=DRAWS).column("need")
    conditions = found(np.where(need > 0.3, need, 0.0), luck=0)
    judged = conditions.judgements[0]
    # Luck of a billionth is left of the invented worlds; without any, half of them change nothing at all.
    assert judged.question in {"sign", "rises"}
    assert judged.hinges[0].parameter == "need"


def test_luck_is_called_luck() -> None:
    conditions = found(np.zeros(DRAWS), luck=1.0)
    said = told(conditions)
    assert "luck does too much to tell" in said[0]
    assert said[1] == "No parameter was found on which its sign hinges: what there is to see is luck."
    assert len(said) == 2


def test_an_effect_of_one_sign_turns_on_nothing() -> None:
    said = told(found(np.ones(DRAWS)))
    assert said[0].endswith("it rises in 100%.")
    assert said[1] == "No parameter was found that turns its sign."


def test_what_was_not_measured_is_told_so() -> None:
    assert told(found(np.full(DRAWS, np.nan))) == ["It was not measured in these runs."]


def test_values_come_with_their_source() -> None:
    row = {"provenance": "assumed", "evidence": "", "unit": "1"}
    assert known(row, 12_345.6) == "Assumed: 12,346"
    row = {"provenance": "literature", "evidence": "C1, C3", "unit": "log ratio"}
    assert known(row, -0.3) == "Literature (C1, C3): \u22120.3 log ratio"


@pytest.mark.parametrize(
    ("here", "where"), [(0.1, "below"), (0.35, "within the interval of the threshold"), (2.0, "above")]
)
def test_the_side_of_a_threshold(here: float, where: str) -> None:
    assert side(Threshold(0.4, 0.3, 0.5, 0.9, 0.1), here) == where


def test_tenths_of_worlds() -> None:
    assert [of_ten(share) for share in (0.0, 0.05, 0.31, 0.949, 0.95)] == [
        "hardly any world", "1 of 10 worlds", "3 of 10 worlds", "9 of 10 worlds", "nearly every world",
    ]  # fmt: skip
    assert moves(0.48, "sign") == "rises as often as it falls"
    assert moves(0.2, "falls") == "falls in 8 of 10 worlds"
    assert moves(0.2, "rises") == "does not rise in 8 of 10 worlds"
