"""What is written down goes before every rule: a mailmap joins and separates, an override also splits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.people.accounts import parse
from allmende.people.bots import recognise
from allmende.people.mailmap import parse as parse_mailmap
from allmende.people.merging import Partition, merge
from allmende.people.placing import Placement, place
from invented import account_texts


def placed(texts: list[str], *, mailmap: bytes = b"", overrides: bytes = b"") -> Placement:
    accounts = [parse(text) for text in texts]
    found = place(accounts, mailmap=parse_mailmap(mailmap), overrides=parse_mailmap(overrides))
    bots = [recognise(account) != "" for account in accounts]
    merge(accounts, bots=bots, kept_apart=found.overridden, into=found.partition)
    return found


def same(partition: Partition, one: int, other: int) -> bool:
    return partition.find(one) == partition.find(other)


AMABEL, ZIPPY, OTHER = (
    "Amabel Oddworth <ao@a.example>",
    "zippy <z@b.example>",
    "Amabel Oddworth <xx@c.example>",
)


def test_a_mailmap_joins_with_accounts_written_properly_and_through_them() -> None:
    found = placed([AMABEL, ZIPPY, OTHER], mailmap=b"Amabel Oddworth <ao@a.example> <z@b.example>\n")
    assert same(found.partition, 0, 1)
    assert same(found.partition, 0, 2)
    assert found.partition.joins[0].reason == ".mailmap"


def test_a_mailmap_keeps_people_of_different_full_names_apart() -> None:
    texts = ["Amabel Oddworth <oddworth@a.example>", "A. Oddworth <oddworth@b.example>"]
    assert same(placed(texts).partition, 0, 1)
    apart = b"Amabel Oddworth <oddworth@a.example>\nArbogast Oddworth <oddworth@b.example>\n"
    assert not same(placed(texts, mailmap=apart).partition, 0, 1)


def test_an_override_joins_anything() -> None:
    line = b"Amabel Oddworth <ao@a.example> <z@b.example>\n"
    found = placed([AMABEL, ZIPPY, OTHER], overrides=line)
    assert same(found.partition, 0, 1)
    assert same(found.partition, 0, 2)


def test_an_override_splits_what_rules_and_the_mailmap_join() -> None:
    mailmap = b"Amabel Oddworth <ao@a.example> <xx@c.example>\n"
    line = b"Amabel Oddworth <xx@c.example> <xx@c.example>\n"
    assert same(placed([AMABEL, OTHER], mailmap=mailmap).partition, 0, 1)
    assert not same(placed([AMABEL, OTHER], mailmap=mailmap, overrides=line).partition, 0, 1)


def test_an_override_of_the_proper_identity_speaks_of_all_that_the_mailmap_puts_there() -> None:
    mailmap = b"Zippy Vexley <zv@d.example> <z@b.example>\n"
    line = b"Amabel Oddworth <ao@a.example> <zv@d.example>\n"
    assert same(placed([AMABEL, ZIPPY], mailmap=mailmap, overrides=line).partition, 0, 1)


PROPER = st.sampled_from(
    ["One Person <one@over.example>", "Two Person <two@over.example>", "Six <six@over.example>"]
)


@settings(max_examples=80, deadline=None)
@given(account_texts(), account_texts(), st.data())
def test_an_override_always_wins(texts: list[str], mapped: list[str], data: st.DataObject) -> None:
    # A line with an address alone would speak of every name there.
    named = [text for text in texts if text.endswith(">") and "@" in text and not text.startswith(" <")]
    chosen = {text: data.draw(PROPER) for text in named if data.draw(st.booleans())}
    overrides = "".join(f"{proper} {text}\n" for text, proper in chosen.items())
    mailmap = "".join(f"Map Person <map@x.example> {text}\n" for text in mapped if text.endswith(">"))
    found = placed(texts, mailmap=mailmap.encode(), overrides=overrides.encode())
    wanted = {text.lower(): proper for text, proper in chosen.items()}
    for one, first in enumerate(texts):
        for other, second in enumerate(texts):
            if first.lower() in wanted and second.lower() in wanted:
                together = wanted[first.lower()] == wanted[second.lower()]
                assert same(found.partition, one, other) == together, (first, second)
            elif first.lower() in wanted and second.lower() not in wanted:
                # Nobody of another identity is dragged along: the proper identity does not itself act here.
                assert not same(found.partition, one, other), (first, second)
