"""Policy file: what was asked can be written down, read back, and run again."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from allmende.errors import AllmendeError, OutOfRangeError, UnknownNameError
from allmende.model.rules import Rules
from allmende.policies.bounty import Bounty
from allmende.policies.gate import Gate
from allmende.policyfile import (
    futures_from_tables,
    futures_to_tables,
    futures_to_toml,
    policy_from_table,
    policy_to_table,
    read_futures,
)
from allmende.simulation import simulate


@dataclass(frozen=True, slots=True)
class Handmade:
    """A policy without levers."""

    start: int = 2

    def __call__(self, rules: Rules, /) -> Rules:
        return rules


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "futures.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_levers_that_are_not_given_stay_at_their_defaults() -> None:
    assert policy_from_table({"policy": "bounty", "pool": 500}) == Bounty(pool=500)
    assert policy_to_table(Bounty(pool=500)) == {
        "policy": "bounty", "start": 0, "pool": 500, "threshold": 3.0, "contingency": 0.0,
    }  # fmt: skip


def test_futures_survive_a_file(tmp_path: Path) -> None:
    futures = ((Bounty(pool=500, start=3), Gate()), (), (Gate(strictness=-0.1),))
    assert read_futures(written(tmp_path, futures_to_toml(futures))) == futures


def test_files_written_by_hand_may_spread_over_lines_and_omit_levers(tmp_path: Path) -> None:
    text = """futures = [
        [ { policy = "bounty", pool = 500 },   # two together
          { policy = "gate" } ],
        [ { policy = "gate", strictness = 2 } ],
    ]"""
    assert read_futures(written(tmp_path, text)) == ((Bounty(pool=500), Gate()), (Gate(strictness=2.0),))


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (
            'futures = [[{ policy = "bountey" }]]',
            UnknownNameError,
            r"'bountey' - at futures.toml, futures\[0\]\[0\]. Did you mean 'bounty'",
        ),
        (
            'futures = [[], [{ policy = "bounty", pol = 5 }]]',
            UnknownNameError,
            r"'pol' - at futures.toml, futures\[1\]\[0\]. Did you mean 'pool'",
        ),
        (
            'futures = [[{ policy = "bounty", pool = -5 }]]',
            OutOfRangeError,
            r"Bounty.pool is -5.*futures\[0\]\[0\]",
        ),
        ('futures = [[{ policy = "bounty", pool = "5" }]]', OutOfRangeError, "a whole number"),
        ("futures = [[{ pool = 5 }]]", AllmendeError, r"does not name a policy - at futures.toml"),
        ('futures = [{ policy = "bounty" }]', AllmendeError, "expected `array`.*futures.toml"),
        ("future = []", AllmendeError, "future"),
        ("futures = [[{ policy = ]]", AllmendeError, "not TOML"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, kind: type, said: str) -> None:
    with pytest.raises(kind, match=said):
        read_futures(written(tmp_path, text))


def test_lists_of_the_wrong_depth_are_named() -> None:
    with pytest.raises(AllmendeError, match=r"no list - at study.toml, futures\[0\]"):
        futures_from_tables([{"policy": "bounty"}], "study.toml, futures")
    with pytest.raises(AllmendeError, match=r"'bounty' does not name a policy - at futures\[0\]\[0\]"):
        futures_from_tables([["bounty"]])


def test_a_simulation_remembers_its_policies_so_that_it_can_be_run_again() -> None:
    asked = {"members": 40, "months": 4, "replicates": 1, "threads": 1}
    first = simulate("commons", policies=[Bounty(pool=500, start=1), (Gate(), Bounty())], **asked)
    kept = first.replay.arguments["policies"]
    assert kept == futures_to_tables([(), (Bounty(pool=500, start=1),), (Gate(), Bounty())])
    again = simulate("commons", policies=futures_from_tables(kept)[1:], **asked)
    assert again.hash() == first.hash()


def test_policies_without_levers_are_told_apart_but_not_read_back() -> None:
    assert policy_to_table(Handmade()) == {"policy": "Handmade", "start": 2}
    with pytest.raises(UnknownNameError):
        policy_from_table(policy_to_table(Handmade()))
