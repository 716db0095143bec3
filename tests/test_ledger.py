"""Ledger: money moves and never appears; nothing moves twice; nothing overflows."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from allmende.apportionment import LARGEST, split
from allmende.errors import LedgerError, UnknownNameError
from allmende.ledger import ACCOUNTS, Account, Ledger, Posting, transfer

NAMES = [account.name for account in ACCOUNTS]
OUTSIDE = [account.name for account in ACCOUNTS if account.overdraft]
INSIDE = [account.name for account in ACCOUNTS if not account.overdraft]


class Books(RuleBasedStateMachine):
    """Any sequence of transfers, payouts and retries, against balances kept as Python integers."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger.opened(worlds=3)
        self.kept = {name: [0, 0, 0] for name in NAMES}
        self.moved: dict[tuple[str, str, str, int], list[int]] = {}
        self.postings: list[tuple] = []

    @rule(
        payer=st.sampled_from(NAMES),
        payee=st.sampled_from(NAMES),
        cents=st.lists(st.one_of(st.integers(0, 1000), st.integers(0, LARGEST)), min_size=3, max_size=3),
        month=st.integers(0, 3),
        named=st.booleans(),
    )
    def move(self, payer, payee, cents, month, named) -> None:
        posting = Posting("study", 0, month, "move", len(self.postings)) if named else None
        before = self.ledger.balances.copy(), self.ledger.flows()
        try:
            transfer(self.ledger, payer, payee, np.array(cents), kind="any", month=month, posting=posting)
        except LedgerError:
            assert np.array_equal(self.ledger.balances, before[0])
            assert len(self.ledger.flows()) == len(before[1])
            assert payer == payee or self._impossible(payer, payee, cents, month)
            return
        assert payer != payee
        assert not self._impossible(payer, payee, cents, month)
        key = ("any", payer, payee, month)
        self.moved[key] = [a + b for a, b in zip(self.moved.get(key, [0] * 3), cents, strict=True)]
        for world in range(3):
            self.kept[payer][world] -= cents[world]
            self.kept[payee][world] += cents[world]
        if posting:
            self.postings.append((payer, payee, cents, month, posting))

    @precondition(lambda self: self.postings)
    @rule(which=st.integers(0, 1000))
    def retry(self, which) -> None:
        payer, payee, cents, month, posting = self.postings[which % len(self.postings)]
        transfer(self.ledger, payer, payee, np.array(cents), kind="any", month=month, posting=posting)

    @precondition(lambda self: self.postings)
    @rule(which=st.integers(0, 1000))
    def misuse(self, which) -> None:
        payer, payee, cents, month, posting = self.postings[which % len(self.postings)]
        with pytest.raises(LedgerError, match="already used"):
            transfer(self.ledger, payer, payee, np.array(cents), kind="other", month=month, posting=posting)

    @rule()
    def month_ends(self) -> None:
        assert self.ledger.audit(whole=False) == []

    @invariant()
    def books_close(self) -> None:
        assert copy.deepcopy(self.ledger).audit() == []
        assert copy.deepcopy(self.ledger).audit(whole=False) == []
        for name in NAMES:
            assert self.ledger.balance(name).tolist() == self.kept[name]
        for world in range(3):
            assert sum(self.kept[name][world] for name in NAMES) == 0
        assert {
            (f.kind, f.payer, f.payee, f.month): f.cents.tolist() for f in self.ledger.flows()
        } == self.moved

    def _impossible(self, payer, payee, cents, month) -> bool:
        floor = -LARGEST if payer in OUTSIDE else 0
        moved = self.moved.get(("any", payer, payee, month), [0] * 3)
        return any(
            self.kept[payer][w] - cents[w] < floor
            or self.kept[payee][w] + cents[w] > LARGEST
            or moved[w] + cents[w] > LARGEST
            for w in range(3)
        )


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def _ledger(*transfers, worlds=2):
    """Books after transfers (payer, payee, cents)."""
    ledger = Ledger.opened(worlds=worlds)
    for payer, payee, cents in transfers:
        transfer(ledger, payer, payee, cents, kind="test", month=0)
    return ledger


def test_a_transfer_leaves_one_account_and_arrives_in_another() -> None:
    """Audience -> platform 100 and 200 cents; the platform has them, the audience owes them."""
    ledger = _ledger(("audience", "platform", [100, 200]))
    assert ledger.balance("platform").tolist() == [100, 200]
    assert ledger.balance("audience").tolist() == [-100, -200]
    assert ledger.audit() == []


def test_one_number_means_the_same_in_every_world() -> None:
    assert _ledger(("audience", "platform", 7)).balance("platform").tolist() == [7, 7]


def test_balances_given_out_are_copies() -> None:
    ledger = _ledger(("audience", "platform", 7))
    ledger.balance("platform")[:] = 0
    ledger.flows()[0].cents[:] = 0
    assert ledger.audit() == []
    assert ledger.balance("platform").tolist() == [7, 7]


@pytest.mark.parametrize("payer", INSIDE)
def test_who_has_nothing_pays_nothing(payer) -> None:
    payee = "audience"
    with pytest.raises(LedgerError, match=f"{payer} would be overdrawn.*world 1"):
        _ledger(("audience", payer, [5, 4]), (payer, payee, 5))
    assert _ledger(("audience", payer, [5, 5]), (payer, payee, 5)).balance(payer).tolist() == [0, 0]


@pytest.mark.parametrize("payer", OUTSIDE)
def test_who_is_outside_brings_money_in(payer) -> None:
    assert _ledger((payer, "platform", 5)).balance(payer).tolist() == [-5, -5]


@pytest.mark.parametrize(
    ("cents", "message"),
    [
        ([1, -1], "an amount is -1 cents"),
        (0.5, "cents are float64"),
        ([1.0, 1.0], "cents are float64"),
        ([1, 2, 3], r"shape \(3,\)"),
        ([[1, 2]], r"shape \(1, 2\)"),
        (np.array([2**63, 0], np.uint64), "an amount is 9223372036854775808 cents"),
        (True, "cents are bool"),
    ],
)
def test_amounts_that_are_no_amounts(cents, message) -> None:
    with pytest.raises(LedgerError, match=message):
        _ledger(("audience", "platform", cents))


def test_nobody_pays_itself() -> None:
    with pytest.raises(LedgerError, match="platform would pay itself"):
        _ledger(("audience", "platform", 5), ("platform", "platform", 1))


def test_unknown_accounts_get_a_hint() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'platform'"):
        _ledger(("audience", "plattform", 5))


NEAR = [LARGEST - d for d in (0, 1, 2, 1000)] + [2**62 + d for d in (-1, 0, 1)] + [0, 1, 2]


@pytest.mark.parametrize("first", NEAR)
@pytest.mark.parametrize("second", NEAR)
def test_overflow_is_refused_before_it_happens(first, second) -> None:
    """Two payments near 2^63 into one account, from one payer and from two: refused exactly when too much."""
    for payers in (("audience", "audience"), ("audience", "donors")):
        ledger = _ledger((payers[0], "platform", first), worlds=1)
        if first + second > LARGEST:
            with pytest.raises(LedgerError, match="int64"):
                transfer(ledger, payers[1], "platform", second, kind="test", month=0)
            assert ledger.balance("platform")[0] == first
        else:
            transfer(ledger, payers[1], "platform", second, kind="test", month=0)
            assert ledger.balance("platform")[0] == first + second
        assert ledger.audit() == []


def test_random_amounts_near_the_end_of_int64() -> None:
    """10^4 worlds with pairs of amounts near 2^63: those that would overflow are refused."""
    chance = np.random.default_rng(5)
    first, second = (chance.integers(2**61, LARGEST, 10_000) for _ in range(2))
    ledger = _ledger(("audience", "platform", first), worlds=10_000)
    fits = [int(a) + int(b) <= LARGEST for a, b in zip(first, second, strict=True)]
    assert 1000 < sum(fits) < 9000
    with pytest.raises(LedgerError, match=f"world {fits.index(False)}"):
        transfer(ledger, "donors", "platform", second, kind="test", month=0)
    transfer(ledger, "donors", "platform", np.where(fits, second, 0), kind="test", month=0)
    assert ledger.audit() == []


def test_a_flow_that_circulates_may_not_overflow_either() -> None:
    ledger = _ledger(("audience", "platform", LARGEST), ("platform", "audience", LARGEST), worlds=1)
    with pytest.raises(LedgerError, match="the flow would be more"):
        transfer(ledger, "audience", "platform", 1, kind="test", month=0)
    transfer(ledger, "audience", "platform", 1, kind="test", month=1)
    assert ledger.audit() == []


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 50)), max_size=30),
    st.randoms(use_true_random=False),
)
def test_every_posting_twice_and_in_any_order(moves, chance) -> None:
    """After a start of 2,000 cents for all, the order of 30 transfers does not matter, nor do repeats."""
    start = [("donors", name, 2_000) for name in INSIDE]
    moves = [move for move in moves if move[0] != move[1]]
    named = [(move, Posting("s", 1, 2, "r", rank)) for rank, move in enumerate(moves)]
    once, twice = _ledger(*start), _ledger(*start)
    shuffled = named * 2
    chance.shuffle(shuffled)
    for ledger, order in ((once, named), (twice, shuffled)):
        for (payer, payee, cents), posting in order:
            transfer(ledger, payer, payee, cents, kind="k", month=1, posting=posting)
    assert np.array_equal(once.balances, twice.balances)
    assert [f.cents.tolist() for f in once.flows()] == [f.cents.tolist() for f in twice.flows()]


def test_a_refused_posting_can_be_made_later() -> None:
    ledger, posting = _ledger(), Posting("s", 0, 0, "dues")
    with pytest.raises(LedgerError, match="overdrawn"):
        transfer(ledger, "firms", "foundation", 5, kind="dues", month=0, posting=posting)
    transfer(ledger, "audience", "firms", 5, kind="sales", month=0)
    transfer(ledger, "firms", "foundation", 5, kind="dues", month=0, posting=posting)
    assert ledger.balance("foundation").tolist() == [5, 5]


DAMAGES: dict[str, tuple[Callable[[Ledger], None], str]] = {
    "a cent appears": (lambda ledger: _change(ledger.balances, 0, 4, 1), "do not sum to zero"),
    "a cent vanishes": (lambda ledger: _change(ledger.balances, 1, 4, -1), "do not sum to zero"),
    "2^32 cents appear": (lambda ledger: _change(ledger.balances, 0, 4, 2**32), "do not sum to zero"),
    "a cent moves by itself": (lambda ledger: _move(ledger, 4, 5, 1), "its entries say"),
    "an account is overdrawn": (lambda ledger: _move(ledger, 5, 4, 1), "foundation is overdrawn in world 0"),
}


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("name", DAMAGES)
def test_audit_sees_what_did_not_come_through_the_door(name, whole) -> None:
    """Before the first audit, after one, and however often it is asked."""
    damage, sentence = DAMAGES[name]
    for audits in (0, 1):
        ledger = _ledger(("audience", "platform", [100, 200]))
        for _ in range(audits):
            assert ledger.audit(whole=whole) == []
        damage(ledger)
        for _ in range(2):
            assert any(sentence in found for found in ledger.audit(whole=whole))


def test_a_monthly_audit_takes_the_last_one_at_its_word() -> None:
    """An entry that is struck out after its audit shows only when everything is added up."""
    ledger = _ledger(("audience", "platform", [100, 200]))
    assert ledger.audit(whole=False) == []
    ledger.entries.clear()
    assert ledger.audit(whole=False) == []
    assert ledger.audit() != []


def test_the_sum_of_accounts_cannot_wrap_around() -> None:
    """Two accounts with 2^63 - 1 cents and one with 2 sum to 2^64: zero in int64, and seen all the same."""
    ledger = Ledger.opened(worlds=1)
    ledger.balances[0, :3] = LARGEST, LARGEST, 2
    assert int(ledger.balances.sum()) == 0
    assert "the accounts of world 0 do not sum to zero" in ledger.audit()


@pytest.mark.parametrize("months", [24, pytest.param(2_000, marks=pytest.mark.slow)])
def test_ten_thousand_random_worlds_close_to_the_cent(months) -> None:
    """Months of advertising, sharing, dues and grants with amounts drawn at random: 0 cents off.

    2,000 months are 10^8 postings.
    """
    worlds, chance = 10_000, np.random.default_rng(8)
    ledger = Ledger.opened(worlds=worlds)
    for month in range(months):
        transfer(
            ledger, "advertisers", "platform", chance.integers(0, 10**9, worlds), kind="ads", month=month
        )
        for payer, payee, kind in (
            ("platform", "members", "share"),
            ("platform", "foundation", "dues"),
            ("foundation", "suppliers", "servers"),
            ("suppliers", "members", "wages"),
        ):
            shared = ledger.balance(payer) * chance.integers(0, 101, worlds) // 100
            transfer(ledger, payer, payee, shared, kind=kind, month=month)
        assert ledger.audit(whole=month % 12 == 11) == []
    assert ledger.audit() == []
    total = sum(f.cents.astype(object) for f in ledger.flows() if f.payer == "advertisers")
    held = sum(ledger.balance(name).astype(object) for name in INSIDE)
    assert np.array_equal(total, held)


def test_accounts_of_ones_own() -> None:
    ledger = Ledger.opened(worlds=1, accounts=(Account("mint", overdraft=True), Account("purse")))
    transfer(ledger, "mint", "purse", 3, kind="k", month=0)
    assert ledger.balances.tolist() == [[-3, 3]]


def test_two_accounts_of_one_name_are_refused() -> None:
    with pytest.raises(LedgerError, match="two accounts are called 'purse'"):
        Ledger.opened(worlds=1, accounts=(Account("purse"), Account("purse")))


def test_no_worlds_are_no_problem() -> None:
    ledger = _ledger(("audience", "platform", 7), worlds=0)
    assert ledger.audit() == []
    assert split(np.zeros(0, np.int64), [], [0]).tolist() == []


def _change(balances, world, column, cents) -> None:
    balances[world, column] += cents


def _move(ledger, payer, payee, cents) -> None:
    ledger.balances[0, payer] -= cents
    ledger.balances[0, payee] += cents
