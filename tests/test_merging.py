"""Keys join, guards say no; and what merging is: an equivalence that no order and no other name changes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.people.accounts import parse
from allmende.people.bots import recognise
from allmende.people.merging import Partition, merge
from invented import FAMILY, GIVEN, account_texts


def merged(texts: list[str], *, kept_apart: frozenset[int] = frozenset()) -> Partition:
    accounts = [parse(text) for text in texts]
    into = Partition(len(texts))
    merge(accounts, bots=[recognise(a) != "" for a in accounts], kept_apart=kept_apart, into=into)
    return into


def together(*texts: str) -> bool:
    partition = merged(list(texts))
    return len({partition.find(number) for number in range(len(texts))}) == 1


def apart(*texts: str) -> bool:
    partition = merged(list(texts))
    return len({partition.find(number) for number in range(len(texts))}) == len(texts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Same address: upper case, plus tags, Gmail's dots, nicks, other scripts, nothing.
        ("Amabel Oddworth <ao@mill.example>", "Amabel Oddworth <AO@mill.example>"),
        ("Amabel Oddworth <ao+git@mill.example>", "aoddworth <ao@mill.example>"),
        ("Amabel Oddworth <amabel.oddworth@gmail.com>", "amabel <amabeloddworth@googlemail.com>"),
        ("Amabel Oddworth <ao@mill.example>", "zippy <ao@mill.example>"),
        ("Amabel Oddworth <ao@mill.example>", "奥德沃 <ao@mill.example>"),
        ("Amabel Oddworth <ao@mill.example>", "ao@mill.example"),
        ("Amabel Oddworth <oddworth@mill.example>", "Mabel Married <oddworth@mill.example>"),
        # A forge's own accounts.
        ("Amabel <7+old@users.noreply.github.com>", "zippy <7+new@users.noreply.github.com>"),
        ("Amabel <7+odd@users.noreply.github.com>", "zippy <odd@users.noreply.github.com>"),
        # Rare full names.
        ("Amabel Oddworth <a@mill.example>", "Oddworth, Amabel <b@forge.example>"),
        ("Amábel Oddworth <a@mill.example>", "Amabel ODDWORTH <b@forge.example>"),
        ("Amabel Oddworth <root@laptop.local>", "Amabel Oddworth <b@forge.example>"),
        # Rare handles: local part, login, nick, a name written as one word.
        ("Amabel Oddworth <aoddworth@mill.example>", "A. Oddworth <aoddworth@forge.example>"),
        ("Bob Oddworth <boddworth@mill.example>", "Robert Oddworth <boddworth@forge.example>"),
        ("Amabel Oddworth <zippy77@mill.example>", "zippy77 <1+zippy77@users.noreply.github.com>"),
        ("amabeloddworth <x@mill.example>", "Amabel Oddworth <amabel.oddworth@forge.example>"),
        ("Amabel <oddworth77@mill.example>", "Amabel <1+oddworth77@users.noreply.github.com>"),
        # A single name that the address completes.
        ("Amabel <oddworth.a@mill.example>", "Amabel Oddworth <x@forge.example>"),
    ],
)
def test_keys_join(one: str, other: str) -> None:
    assert together(one, other)
    assert together(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # An address used under names that share nothing is not a key.
        ("Amabel Oddworth <list@mill.example>", "Bertolf Vexley <list@mill.example>"),
        ("zippy <dev@mill.example>", "Bertolf Vexley <dev@mill.example>"),
        # A malformed address is not an address.
        ("zippy <root@localhost>", "zappy <root@localhost>"),
        ("zippy <>", "zappy <>"),
        # A handle carried by unlike full names is not a key.
        ("Amabel Oddworth <millwork@a.example>", "Bertolf Vexley <millwork@b.example>"),
        ("Jane Oddworth <joddworth@a.example>", "Bertolf Oddworth <joddworth@b.example>"),
        # Roles, given names and numbers are no handles.
        ("zippy <info@a.example>", "zappy <info@b.example>"),
        ("github <github@a.example>", "Amabel Oddworth <github@b.example>"),
        ("Amabel <amabel@a.example>", "Amabel Oddworth <x@b.example>"),
        ("Amabel <x@a.example>", "Amabel Oddworth <amabel@b.example>"),
        ("santi <sd@a.example>", "Santiago M. Oddworth <santi@b.example>"),
        ("Sebastian <e@a.example>", "zippy <sebastian@b.example>"),
        ("Ermentrud <e@a.example>", "Your Name <ermentrud@b.example>"),
        # Two who merely call themselves the same.
        ("Amabel <a@a.example>", "amabel <b@b.example>"),
        # "X via Y" is not a name.
        ("Amabel Oddworth via Post <p@a.example>", "Amabel Oddworth <a@b.example>"),
        ("Amabel Oddworth via Post <p@a.example>", "Bertolf Vexley via Post <p@a.example>"),
        # Nor is "X and Y", which would join X with Y.
        ("Amabel Oddworth and Bertolf Vexley <pair@a.example>", "Amabel Oddworth <pair@a.example>"),
        # Names of nobody, and names that very many have.
        ("Your Name <a@a.example>", "Your Name <b@b.example>"),
        ("unknown <a@a.example>", "unknown <b@b.example>"),
        ("Wei Zhang <zw@a.example>", "Zhang Wei <b@b.example>"),
        ("John Smith <john.smith@a.example>", "John Smith <b@b.example>"),
        # Initials are not a full name.
        ("A. O. <a@a.example>", "A. O. <b@b.example>"),
        # Programs and persons stay apart.
        ("Mill Bot <mill@a.example>", "Amabel Oddworth <mill@a.example>"),
        ("mill[bot] <x@a.example>", "mill[bot] <y@b.example>"),
    ],
)
def test_guards_say_no(one: str, other: str) -> None:
    assert apart(one, other)
    assert apart(other, one)


def test_a_common_name_joins_inside_one_organisation() -> None:
    partition = merged(
        ["Wei Zhang <wz@redhat.com>", "Wei Zhang <wzhang2@redhat.com>", "Wei Zhang <w@gmail.com>"]
    )
    assert partition.find(0) == partition.find(1) != partition.find(2)


def test_a_name_of_words_that_many_carry_is_not_rare() -> None:
    crowd = [f"Amabel {family}son <{family}@a.example>" for family in FAMILY]
    crowd += [f"{given}a Oddworth <{given}@b.example>" for given in GIVEN]
    partition = merged([*crowd, "Amabel Oddworth <x1@c.example>", "Amabel Oddworth <y2@d.example>"])
    assert partition.find(len(crowd)) != partition.find(len(crowd) + 1)


def test_a_list_address_joins_only_what_shares_a_name() -> None:
    texts = [f"{given} {family} <post@mill.example>" for given, family in zip(GIVEN, FAMILY, strict=False)]
    assert apart(*texts)
    partition = merged([*texts, f"{GIVEN[0][0]}. {FAMILY[0]} <post@mill.example>"])
    assert partition.find(len(texts)) == partition.find(0)


def test_thousands_under_one_key_cost_little_and_stay_apart() -> None:
    crowd = [f"Zip{number} Zap{number} <post@mill.example>" for number in range(5000)]
    crowd += [f"Zup{number} Zop{number} <millwork77@h{number}.example>" for number in range(5000)]
    assert apart(*crowd)


def test_pinned_accounts_stay_apart_through_any_chain() -> None:
    partition = Partition(4, [{0: "one", 3: "two"}])
    assert partition.join(0, 1, "a")
    assert partition.join(2, 3, "b")
    assert not partition.join(1, 2, "c")
    assert partition.find(1) != partition.find(2)
    assert [join.reason for join in partition.joins] == ["a", "b"]


def groups(texts: list[str]) -> frozenset[frozenset[str]]:
    partition = merged(texts)
    found: dict[int, set[str]] = {}
    for number, text in enumerate(texts):
        found.setdefault(partition.find(number), set()).add(text)
    return frozenset(frozenset(group) for group in found.values())


@settings(max_examples=80, deadline=None)
@given(account_texts(), st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(texts: list[str], luck: random.Random) -> None:
    shuffled = list(texts)
    luck.shuffle(shuffled)
    assert groups(texts) == groups(shuffled)


@settings(max_examples=80, deadline=None)
@given(account_texts(), st.permutations(FAMILY), st.permutations(GIVEN))
def test_other_names_change_nothing(texts: list[str], families: list[str], givens: list[str]) -> None:
    # Every invented name becomes another invented one, everywhere; all start with letters of their own.
    new = dict(zip([*FAMILY, *GIVEN], [*families, *givens], strict=True))
    initials = {name[0]: new[name][0] for name in GIVEN}

    def renamed(text: str) -> str:
        for old in new:
            text = text.replace(old, f"\0{old.upper()}\0").replace(old.lower(), f"\1{old.upper()}\1")
        for old, name in new.items():
            text = text.replace(f"\0{old.upper()}\0", name).replace(f"\1{old.upper()}\1", name.lower())
        return text

    plain = [text for text in texts if not any(f"{letter}." in text for letter in initials)]
    plain = [text for text in plain if renamed(text).count("@") == text.count("@")]
    free = [
        text for text in plain if not any((i + f).lower() in text.lower() for i in initials for f in FAMILY)
    ]
    there = groups([renamed(text) for text in free])
    assert there == frozenset(frozenset(renamed(text) for text in group) for group in groups(free))


@settings(max_examples=60, deadline=None)
@given(account_texts())
def test_every_join_is_one_account_less(texts: list[str]) -> None:
    partition = merged(texts)
    assert len({partition.find(number) for number in range(len(texts))}) == len(texts) - len(partition.joins)
    assert all(join.reason for join in partition.joins)


@settings(max_examples=60, deadline=None)
@given(account_texts(), st.data())
def test_accounts_kept_apart_are_left_alone(texts: list[str], data: st.DataObject) -> None:
    if not texts:
        return
    chosen = frozenset(data.draw(st.sets(st.integers(0, len(texts) - 1))))
    partition = merged(texts, kept_apart=chosen)
    assert all(chosen.isdisjoint(join[:2]) for join in partition.joins)
