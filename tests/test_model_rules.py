"""Rules: changes of parameters hold for every world's own value, in order, within bounds."""

from dataclasses import dataclass

import numpy as np
import pytest

from allmende.errors import OutOfRangeError, UnknownNameError
from allmende.model.recording import MEASURES, YEARLY
from allmende.model.rules import Acts, Change, Payment, Rules, View
from allmende.model.worlds import Batch, columns_of
from allmende.plugins import get
from allmende.simulation import simulate

BATCH = Batch(1, 10, np.arange(3), {"need": np.array([0.1, 0.5, 1.5])})


@pytest.fixture
def rules() -> Rules:
    return get("economy", "commons").rules()


def test_a_change_is_made_of_what_each_world_has(rules: Rules) -> None:
    changed = rules.with_change("need", times=2.0, add=0.1)
    assert columns_of(BATCH, changed)["need"] == pytest.approx([0.3, 1.1, 2.0])
    assert rules.changes == ()
    assert changed.parameters is rules.parameters


def test_to_set_is_to_change_by_nothing_of_the_own_value(rules: Rules) -> None:
    assert columns_of(BATCH, rules.with_parameters(need=0.7))["need"].tolist() == [0.7] * 3
    assert rules.with_parameters(need=0.7).changes == (Change("need", 0.0, 0.7),)


def test_changes_follow_each_other_and_only_the_outcome_is_held_within_bounds(rules: Rules) -> None:
    away_and_back = rules.with_change("need", add=5.0).with_change("need", add=-5.0)
    assert columns_of(BATCH, away_and_back)["need"] == pytest.approx([0.1, 0.5, 1.5])
    later = rules.with_change("need", add=0.3).with_parameters(need=0.2).with_change("need", times=2.0)
    assert columns_of(BATCH, later)["need"] == pytest.approx([0.4] * 3)


def test_whole_numbers_stay_whole(rules: Rules) -> None:
    assert columns_of(BATCH, rules.with_change("core_days", times=1.26))["core_days"].tolist() == [13.0] * 3


def test_the_usual_share_of_answers_is_the_one_without_policies(rules: Rules) -> None:
    columns = columns_of(BATCH, rules.with_change("answered", add=0.2))
    assert columns["answered"] == pytest.approx([0.8] * 3)
    assert columns["answered_usual"] == pytest.approx([0.6] * 3)


def test_what_cannot_be_changed_is_named(rules: Rules) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'need'"):
        rules.with_change("ned", add=1.0)
    with pytest.raises(UnknownNameError, match="Did you mean 'need'"):
        rules.with_parameters(ned=1.0)
    with pytest.raises(OutOfRangeError, match="need is 9"):
        rules.with_parameters(need=9.0)
    with pytest.raises(OutOfRangeError, match="finite"):
        rules.with_change("need", add=float("nan"))


def test_a_payment_names_accounts_and_a_basis_that_exist() -> None:
    cents = np.zeros(3, np.int64)
    with pytest.raises(UnknownNameError, match="Did you mean 'donors'"):
        Payment("donor", "members", cents, kind="gift")
    with pytest.raises(UnknownNameError, match="per_day"):
        Payment("donors", "members", cents, kind="gift", basis="per_day")  # type: ignore[arg-type]


def test_every_monthly_measure_can_be_looked_at_in_the_first_month() -> None:
    seen: dict[str, float] = {}

    @dataclass(frozen=True)
    class Onlooker:
        name: str = "onlooker"

        def __call__(self, view: View, /) -> Acts:
            if view.month == 0:
                seen.update({name: float(view.of(name).sum()) for name in MEASURES if name not in YEARLY})
            return Acts()

    @dataclass(frozen=True)
    class Look:
        start: int = 0

        def __call__(self, rules: Rules, /) -> Rules:
            return rules.with_institution(Onlooker())

    simulate("commons", members=20, months=1, replicates=1, policies=[Look()], threads=1)
    assert seen["newcomers"] == 0
    assert seen["service"] == 1
