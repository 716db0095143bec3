import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.people import names

WORDS = st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=8), min_size=1, max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amabel Oddworth", "oddworth amabel"),
        ("Amabel Oddworth", "A. Oddworth"),
        ("Bob Oddworth", "Robert Oddworth"),
        ("Amabel Oddworth", "Amable Oddworth"),
        ("Amabel Oddworth", "Amabel Odworth"),
        ("Amabel Oddworth", "Amabel Quill Oddworth"),
        ("Zoë Müller", "Zoe Muller"),
        ("Alexandra Oddworth", "Alex Oddworth"),
    ],
)
def test_forms_of_one_name_are_alike(one: str, other: str) -> None:
    assert names.alike(names.tokens(one), names.tokens(other))
    assert names.alike(names.tokens(other), names.tokens(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amabel Oddworth", "Bertolf Oddworth"),
        ("Amabel Oddworth", "Amabel Ravensmoor"),
        ("A. B.", "A. B."),
        ("Amabel Oddworth", "Bertolf Ravensmoor"),
    ],
)
def test_different_names_are_not_alike(one: str, other: str) -> None:
    assert not names.alike(names.tokens(one), names.tokens(other)) or one == other


def test_folding_takes_accents_and_letters_of_other_alphabets() -> None:
    assert names.tokens("Łukasz Øþór-Đæl O'Ney") == ("lukasz", "othor", "dael", "oney")


@given(WORDS, WORDS)
def test_alike_and_related_are_symmetric(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert names.alike(one, other) == names.alike(other, one)
    assert names.related(one, other) == names.related(other, one)


@given(WORDS)
def test_what_is_alike_is_related(words: tuple[str, ...]) -> None:
    if names.is_full(words):
        assert names.related(words, tuple(reversed(words)))


@pytest.mark.parametrize("name", ["root", "Your Name", "unknown", "0000-Admin", "", "123"])
def test_names_of_nobody(name: str) -> None:
    assert names.is_placeholder(names.tokens(name))
