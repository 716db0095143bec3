"""Signs in invented trees: licences by their words, agreements by whom they name, hints that never count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.gitlog.tree import Tree
from allmende.typology.draft import draft
from allmende.typology.facts import parse_facts
from allmende.typology.signs import dated_holders, dated_licences, hints, is_sign, tree_evidence

PERMISSIVE = "Permission is hereby granted, free of charge, to any person"
COPYLEFT = "GNU GENERAL PUBLIC LICENSE\n  Version 2"


def tree(**texts: str) -> Tree:
    named = {
        path.replace("__", "/").replace("_md", ".md").replace("_yml", ".yml"): text
        for path, text in texts.items()
    }
    return Tree("a" * 40, tuple(named), named, 1_700_000_000)


def told(**texts: str) -> dict[str, list[str]]:
    return {one.criterion: list(one.levels) for one in tree_evidence(tree(**texts))}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (PERMISSIVE, "permissive"),
        ("Apache License\n  Version 2.0", "permissive"),
        ("Redistribution and use in\nsource and binary forms", "permissive"),
        (COPYLEFT, "copyleft"),
        ("Mozilla Public License Version 2.0", "copyleft"),
        ("Business Source License 1.1", "source_available"),
        ("Server Side Public License VERSION 1", "source_available"),
        ("Creative Commons Attribution", "content"),
    ],
)
def test_licences_are_known_by_their_words(text: str, level: str) -> None:
    assert told(LICENSE=text) == {"licence": [level]}


def test_two_licences_are_mixed_and_bundled_ones_are_others() -> None:
    assert told(LICENSE=PERMISSIVE, COPYING=COPYLEFT) == {"licence": ["mixed"]}
    bundled = Tree("a" * 40, (), {"LICENSE": PERMISSIVE, "LICENSES_bundled.txt": COPYLEFT})
    assert [list(one.levels) for one in tree_evidence(bundled)] == [["permissive"]]
    rails = Tree("a" * 40, (), {"MIT-LICENSE": PERMISSIVE})
    assert [list(one.levels) for one in tree_evidence(rails)] == [["permissive"]]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Sign the Contributor License Agreement of the Village Foundation first.", "cla_foundation"),
        ("Sign our Contributor License Agreement with Acme Inc. first.", "cla_company"),
        ("Commits carry a Signed-off-by line.", "dco"),
        ("Talk to us first.", None),
    ],
)
def test_agreements_name_whom_rights_go_to(text: str, level: str | None) -> None:
    assert told(CONTRIBUTING_md=text) == ({"agreement": [level]} if level else {})


def test_an_agreement_is_not_read_out_of_a_licence() -> None:
    assert "agreement" not in told(LICENSE=PERMISSIVE + " under the contributor license agreement")


def test_evidence_names_file_and_commit() -> None:
    (one,) = tree_evidence(tree(LICENSE=PERMISSIVE))
    assert one.reference == "LICENSE at aaaaaaaaaaaa"


def test_hints_never_count() -> None:
    texts = {
        "FUNDING_yml": "github: ada",
        "GOVERNANCE_md": "The Village Foundation decides.",
        "NOTICE": "Copyright 2020 Acme, Inc.",
    }
    found = {(one.criterion, one.text) for one in hints(tree(**texts))}
    assert ("marks_owner", "copyright of Acme, Inc.: perhaps company") in found
    assert any(criterion == "main_funding" for criterion, _ in found)
    assert any("Village Foundation" in text for _, text in found)
    assert tree_evidence(tree(**texts)) == []


def test_the_steward_of_a_licence_is_no_owner() -> None:
    assert hints(tree(LICENSE="Server Side Public License\nCopyright 2018 MongoDB, Inc.\n")) == []


@pytest.mark.parametrize(
    "path", ["LICENSE", "COPYING.txt", ".github/FUNDING.yml", "docs/GOVERNANCE.md", "MIT-LICENSE"]
)
def test_signs(path: str) -> None:
    assert is_sign(path)


@pytest.mark.parametrize("path", ["src/license_check.py", "a/b/LICENSE", "main.c", "LICENSES/MIT.txt"])
def test_no_signs(path: str) -> None:
    assert not is_sign(path)


def test_licences_over_time_are_told_when_they_change() -> None:
    trees = [
        Tree("a" * 40, (), {"LICENSE": PERMISSIVE}, 100),
        Tree("b" * 40, (), {"LICENSE": PERMISSIVE + " 2010"}, 200),
        Tree("c" * 40, (), {}, 250),
        Tree("d" * 40, (), {"LICENSE": "Business Source License"}, 300),
    ]
    changes = dated_licences(trees)
    assert [(at, *one.levels) for at, one in changes] == [(100, "permissive"), (300, "source_available")]


def test_holders_of_copyright_over_time_are_organisations() -> None:
    trees = [
        Tree("a" * 40, (), {"LICENSE": "Copyright (c) 2009 Ada Example\n" + PERMISSIVE}, 100),
        Tree("b" * 40, (), {"LICENSE": "Copyright (c) 2015 Acme, Inc.\n" + PERMISSIVE}, 200),
        Tree("c" * 40, (), {"LICENSE": "Copyright (c) 2016 Acme, Inc.\n" + PERMISSIVE}, 300),
        Tree("d" * 40, (), {"LICENSE": "Copyright 2020 The Village Foundation\n" + PERMISSIVE}, 400),
    ]
    assert dated_holders(trees) == [(200, ("Acme, Inc.",)), (400, ("The Village Foundation",))]
    text = draft("village", trees)
    assert "1970-01: Acme, Inc." in text
    assert "Ada" not in text


def test_a_draft_is_a_facts_file_with_what_was_found() -> None:
    text = draft('a "village"\n', [tree(LICENSE=PERMISSIVE, CONTRIBUTING_md="Signed-off-by, please")])
    dossier = parse_facts(text)
    assert dossier.community == 'a "village"?'
    (period,) = dossier.periods
    assert period.facts == {"licence": {"permissive": 1.0}, "agreement": {"dco": 1.0}}
    assert period.sources["licence"] == "LICENSE at aaaaaaaaaaaa"
    assert "# value_captor = " in text
    assert text.index("value_captor") < text.index("marks_owner") < text.index("initiator")


@given(st.text(max_size=60), st.text(max_size=200))
def test_a_draft_of_anything_can_be_read_again(name: str, text: str) -> None:
    strange = Tree(
        "a" * 40, (), {"LICENSE": PERMISSIVE + text, "NOTICE": f"Copyright {text} Inc.", "README": text}
    )
    assert len(parse_facts(draft(name, [strange])).periods) == 1


@given(st.text(max_size=400))
def test_any_text_gives_known_levels_only(text: str) -> None:
    for one in tree_evidence(tree(LICENSE=text, CONTRIBUTING_md=text)):
        assert abs(sum(one.levels.values()) - 1) < 1e-9
