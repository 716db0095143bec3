"""Kernels: loops over rows give the same bits as plain Python and compiled; corners of settlement."""

from copy import deepcopy

import numpy as np
import pytest

from allmende.kernel import compiled
from allmende.model import arriving, choosing, recording, settlement, turnover
from allmende.model.crew import Crew
from allmende.model.hearing import signals_of, traits_of, weights_of
from allmende.model.month import offers, opened
from allmende.model.recording import YEARLY
from allmende.model.rules import Acts, Payment
from allmende.model.settlement import Weight
from allmende.model.signals import Amount, Tally
from allmende.model.state import BYTES_A_MEMBER, MEMBER_FIELDS, Standing, Status
from allmende.model.worlds import Batch, Worlds
from allmende.plugins import get


def village(economy: str = "crowdsourcing", members: int = 40, worlds: int = 2, **values) -> tuple:
    found = get("economy", economy)
    rules = found.rules(**values)
    batch = Batch(9, members, np.arange(worlds))
    state = opened(batch, rules, found.works, Crew())
    return state, state.values(rules), rules, found


def same(left: Standing, right: Standing) -> None:
    for name in MEMBER_FIELDS:
        assert np.array_equal(getattr(left.members, name), getattr(right.members, name)), name
    assert np.array_equal(left.count, right.count)


@pytest.mark.parametrize(
    ("economy", "values"),
    [
        ("crowdsourcing", {"hire": 0.3, "firms": 3, "open_share": 0.4}),
        ("commons", {"layoff": 0.2, "recognition_core": 0.5, "control": 1.0}),
        ("sharing", {}),
    ],
)
def test_choosing_plain_and_compiled_agree_to_the_bit(economy: str, values: dict) -> None:
    state, columns, rules, found = village(economy, **values)
    acts = offers(state, columns, rules, 1)
    signals = signals_of(state, columns, acts, own_audience=found.works.separable)
    if economy == "crowdsourcing":
        signals[:, choosing.BAR] = 0.5
    answers = []
    for function in (choosing.choose, compiled(choosing.choose)):
        fresh, blocks = deepcopy(state.standing), state.blocks()
        tallies = np.zeros((len(blocks), len(Tally)), np.int64)
        amounts = np.zeros((len(blocks), len(Amount)))
        for now in (0, 1):
            function(fresh.members, blocks, 0, len(blocks), signals, state.streams, 9, now, tallies, amounts)
        answers.append((fresh, tallies, amounts))
    (plain, plain_tallies, plain_amounts), (fast, fast_tallies, fast_amounts) = answers
    same(plain, fast)
    assert np.array_equal(plain_tallies, fast_tallies)
    assert np.array_equal(plain_amounts, fast_amounts)
    assert fast_tallies[:, Tally.ACTING].sum() > 0
    if economy == "crowdsourcing":
        assert fast_tallies[:, Tally.ACCEPTED].sum() > 0


def test_arrivals_plain_and_compiled_agree_to_the_bit() -> None:
    state, columns, _, _ = village("commons", members=10, employed=0.5, employed_start=0.5)
    given = traits_of(columns, size=2)
    numbers = np.array([5, 7], np.int64)
    found = []
    for settle, arrive in (
        (arriving.settle, arriving.arrive),
        (compiled(arriving.settle), compiled(arriving.arrive)),
    ):
        standing = Standing.of_room(np.array([40, 40]))
        settle(standing.members, standing.first, standing.count, numbers, 0, 2, given, state.streams, 9)
        arrive(
            standing.members, standing.first, standing.count, numbers, 0, 2, 3, given, np.ones(2),
            state.streams, 9, 4,
        )  # fmt: skip
        found.append(standing)
    same(*found)
    assert found[0].count.tolist() == [10, 14]
    assert (found[0].members.employer > 0).any()


def test_settlement_plain_and_compiled_agree_to_the_bit() -> None:
    state, columns, _, _ = village("sharing")
    weights = weights_of(state, columns)
    weights[:, Weight.VIEWS] = 1.5
    blocks, rows = state.blocks(), len(state.standing.members.rate)
    paid = (np.arange(rows) % 3 * 500).astype(np.float32)
    found = []
    for attract, watch, drive, leave in (
        (settlement.attract, settlement.watch, settlement.settle_drive, turnover.settle_leavers),
        tuple(
            compiled(f)
            for f in (settlement.attract, settlement.watch, settlement.settle_drive, turnover.settle_leavers)
        ),
    ):
        fresh, views = deepcopy(state.standing), np.zeros(rows, np.float32)
        amounts = np.zeros((len(blocks), len(Amount)))
        attract(fresh.members, blocks, 0, len(blocks), weights, state.streams, 9, 2, views, amounts)
        watch(fresh.members, blocks, 0, len(blocks), weights, views)
        drive(fresh.members, blocks, 0, len(blocks), weights, views, paid)
        fresh.members.status[::3] = Status.LEAVING
        chance = np.full(2, 0.9)
        leave(fresh.members, blocks, 0, len(blocks), chance, np.full(2, 0.4), state.streams, 9, 2)
        found.append((fresh, amounts))
    same(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])
    assert (found[0][0].members.drive != 0).any()


def test_a_member_takes_64_bytes() -> None:
    assert BYTES_A_MEMBER <= 64


@pytest.mark.parametrize("made", [lambda kernel: kernel, compiled])
def test_rows_given_back_keep_who_stays_and_their_order(made) -> None:
    state, _, _, _ = village("commons", members=30)
    standing, archive = state.standing, np.zeros(2)
    standing.members.status[::4] = Status.GONE
    standing.members.audience[:] = 2.0
    stay = [standing.members.status[standing.rows(world)] != Status.GONE for world in (0, 1)]
    before = [[column[standing.rows(w)][stay[w]].copy() for column in standing.members] for w in (0, 1)]
    gone = standing.count.sum() - sum(each.sum() for each in stay)
    made(turnover.give_back)(standing.members, standing.first, standing.count, 0, 2, archive)
    assert archive.sum() == 2.0 * gone > 0
    for world in (0, 1):
        after = [column[standing.rows(world)] for column in standing.members]
        assert all(np.array_equal(*each) for each in zip(before[world], after, strict=True))


def test_worlds_that_need_more_room_are_moved_as_they_are() -> None:
    state, _, _, _ = village("commons", members=30)
    fresh = turnover.resettle(state.standing, np.array([150, 160]))
    assert np.diff(fresh.first).tolist() == [150, 160]
    for world in (0, 1):
        for old, new in zip(state.standing.members, fresh.members, strict=True):
            assert np.array_equal(old[state.standing.rows(world)], new[fresh.rows(world)])


def test_yearly_measures_of_a_hand_made_year() -> None:
    state, _, _, _ = village("commons", members=4, worlds=1, arrivals=0.0)
    state.standing.members.year[:4] = [1, 1, 2, 6]
    found = recording.yearly_of(state)
    assert [float(found[name][0]) for name in YEARLY] == pytest.approx([4, 0.4, 0.6, 1, 0.5, 0.2])
    assert not state.standing.members.year.any()


def payment(worlds: Worlds, **options) -> Payment:
    given = {
        "payer": "donors",
        "payee": "members",
        "cents": np.full(worlds.batch.size, 1_000),
        "kind": "gift",
    }
    return Payment(**(given | options))


@pytest.mark.parametrize("basis", ["days", "accepted", "members"])
def test_a_pool_is_paid_out_to_the_cent_and_never_to_employed_members(basis: str) -> None:
    """CF11: payments sum to the pool; equal claims get equal shares within a cent."""
    from allmende.model.payments import pay

    state, _, _, _ = village("commons", members=30, arrivals=0.0)
    member = state.standing.members
    member.days[:] = 2
    member.accepted[:] = 1
    member.employer[::2] = 1
    paid = pay(state, Acts(payments=(payment(state, basis=basis),)), np.empty(0, np.float32), 0)
    assert state.ledger.balance("members").tolist() == [1_000, 1_000]
    assert paid.rows.sum() == 2_000
    assert not paid.rows[member.employer > 0].any()
    assert np.ptp(paid.rows[(member.employer == 0) & (member.arrival < 0)]) <= 1


def test_nobody_pays_more_than_it_holds() -> None:
    from allmende.model.payments import pay

    state, _, _, _ = village("commons", members=5)
    promised = (
        payment(state, payee="platform", cents=np.array([300, 0])),
        payment(state, payer="platform", payee="suppliers", cents=np.array([500, 500])),
    )
    pay(state, Acts(payments=promised), np.empty(0, np.float32), 0)
    assert state.ledger.balance("suppliers").tolist() == [300, 0]
    assert state.ledger.balance("platform").tolist() == [0, 0]
